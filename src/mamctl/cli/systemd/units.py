"""systemd units for this configuration: a hardened service and a timer for each job, and what to do when one fails."""

from __future__ import annotations

import pwd
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from mamctl.adapters.private_files import credential_name
from mamctl.cli.cron import SCHEDULED
from mamctl.cli.cron.lines import Task, wanted_tasks
from mamctl.config import Config, Loaded
from mamctl.config.secrets import secret_files
from mamctl.dataclass import dataclass
from mamctl.domain.schedule import Schedule, parse_schedule
from mamctl.errors import MamctlError

MARK = "# written by mamctl systemd install; what you change here is lost. A drop-in stays: systemctl edit UNIT"
FAILED = "mamctl-failed@.service"
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")

# Without a privilege that a user's systemd lacks.
_CAREFUL = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @mount @swap @reboot @obsolete @cpu-emulation @debug
UMask=0077"""
_ALONE = """\
CapabilityBoundingSet=
AmbientCapabilities=
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
ProtectSystem=strict
RemoveIPC=yes
RestrictNamespaces=yes"""
_OWN_TMP = "PrivateTmp=yes"
_SHARED_TMP = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - what PrivateTmp puts empty folders over


@dataclass(frozen=True, slots=True)
class Where:
    """For whom the units are: `user` for a systemd of one's own, else the machine's, as this user."""

    program: str
    user: bool


def make_units(loaded: Loaded, where: Where) -> dict[str, str]:
    """The text of each unit by its name. Raises MamctlError for a path that no unit can hold."""
    units = {FAILED: _failed(where)}
    for task in wanted_tasks(loaded.config):
        schedule = parse_schedule(task.schedule(loaded.config))
        if schedule is not None:
            name = unit_name(task)
            units[f"{name}.service"] = _service(loaded, task, where)
            units[f"{name}.timer"] = _timer(task, schedule)
    return units


def unit_name(task: Task) -> str:
    """mamctl-meta-scan for the job meta.scan."""
    return f"mamctl-{task.job.replace('.', '-')}"


def _service(loaded: Loaded, task: Task, where: Where) -> str:
    config = loaded.config
    words = [where.program, *task.command.split(), "--config", _quoted(str(loaded.path))]
    lines = [
        "Type=oneshot",
        f"ExecStart={' '.join(words)}",
        "# 3: done, and something needs your attention; 11: another run is under way",
        "SuccessExitStatus=3 11",
        f"Environment={SCHEDULED}=1",
        *(f"Environment={name}={_quoted(value)}" for name, value in _environment(loaded).items()),
        *(f"LoadCredential={credential_name(path)}:{_plain(path)}" for path in secret_files(config)),
        _CAREFUL,
    ]
    if not where.user:
        lines += [
            f"User={_owner(loaded.path)}",
            _ALONE,
            *_temporary(loaded, where),
            f"ReadWritePaths={_writable(config)}",
        ]
    return _unit(f"mamctl: {task.purpose}", ["Wants=network-online.target", "After=network-online.target",
                 f"OnFailure={FAILED.replace('@', '@%N')}"], "Service", lines)  # fmt: skip


def _timer(task: Task, schedule: Schedule) -> str:
    times = [f"OnCalendar={text}" for text in calendar(schedule)]
    # As with cron, a time that was missed is not made up for.
    return _unit(f"mamctl: {task.purpose}", [], "Timer", [*times, "AccuracySec=1s", "Persistent=no"],
                 "[Install]\nWantedBy=timers.target\n")  # fmt: skip


def _failed(where: Where) -> str:
    journal = "journalctl --user" if where.user else "journalctl"
    lines = [
        "Type=oneshot",
        f'ExecStart=logger --priority user.err --tag mamctl "%i failed: {journal} --unit %i"',
        _CAREFUL,
    ]
    if not where.user:
        lines += ["DynamicUser=yes", "PrivateNetwork=yes", *_ALONE.splitlines(), _OWN_TMP]
    return _unit("mamctl: %i has failed", [], "Service", lines)


def _unit(description: str, unit: Iterable[str], kind: str, lines: Iterable[str], rest: str = "") -> str:
    head = "\n".join([MARK, "[Unit]", f"Description={description}", *unit])
    body = "\n".join([f"[{kind}]", *lines])
    return f"{head}\n\n{body}\n" + (f"\n{rest}" if rest else "")


def calendar(schedule: Schedule) -> Iterator[str]:
    """The schedule as systemd writes it; two lines where either kind of day is enough."""
    clock = f"{_list(schedule.hours, 24)}:{_list(schedule.minutes, 60)}:00"
    months = "*" if len(schedule.months) == 12 else ",".join(f"{month:02d}" for month in sorted(schedule.months))
    days = "*" if len(schedule.days) == 31 else ",".join(f"{day:02d}" for day in sorted(schedule.days))
    week = "" if len(schedule.weekdays) == 7 else ",".join(_DAYS[day] for day in sorted(schedule.weekdays)) + " "
    if schedule.either_day:
        yield f"*-{months}-{days} {clock}"
        yield f"{week}*-{months}-* {clock}"
    else:
        yield f"{week}*-{months}-{days} {clock}"


def _list(numbers: tuple[int, ...], every: int) -> str:
    return "*" if len(numbers) == every else ",".join(f"{number:02d}" for number in numbers)


def _environment(loaded: Loaded) -> Mapping[str, str]:
    """Where the store is found here, unless the configuration names it."""
    if "store.path" in loaded.origins:
        return {}
    return {"XDG_STATE_HOME": str(loaded.config.store.path.parent.parent)}


def _writable(config: Config) -> str:
    """Where a service writes: beside the database, in the library, and where the report's files go; "-" where one may
    be missing.
    """
    library, report = config.library, config.report
    folders = [config.store.path.parent, *library.folders, *([library.file_into] if library.file_into else [])]
    folders += [file.parent for file in (report.output, report.metrics) if file]
    return " ".join(f"-{_plain(folder)}" for folder in dict.fromkeys(folders))


def _temporary(loaded: Loaded, where: Where) -> tuple[str, ...]:
    """A private folder for temporary files; the machine's, where it holds something that the service needs."""
    needed = (Path(where.program), loaded.path, *_paths_in(loaded.config))
    if not any(map(_is_temporary, needed)):
        return (_OWN_TMP,)
    shared = " ".join(map(str, _SHARED_TMP))
    return (f"# no PrivateTmp: something of this configuration lies below {shared}", f"ReadWritePaths={shared}")


def _paths_in(value: object) -> Iterator[Path]:
    """Every path of a section, however deep."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _paths_in(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _paths_in(getattr(value, one.name))


def _is_temporary(path: Path) -> bool:
    """Whether it is reached through one of those folders, or leads there."""
    return any(one.is_relative_to(folder) for one in (path, path.resolve()) for folder in _SHARED_TMP)


def _owner(path: Path) -> str:
    """Whose configuration it is: the services run as this user."""
    try:
        return pwd.getpwuid(path.stat().st_uid).pw_name
    except (KeyError, OSError):
        return "root"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != text or " " in text else text


def _plain(path: Path) -> str:
    """A path where systemd understands no quotes. Raises MamctlError."""
    text = str(path)
    if any(sign in text for sign in " \t\n\"'\\:"):
        raise MamctlError(
            f"{text}: systemd cannot be given a path with blanks, quotes or colons here",
            subject=text,
            remedy="move it, or use cron",
            code="unit_path",
        )
    return text.replace("%", "%%")

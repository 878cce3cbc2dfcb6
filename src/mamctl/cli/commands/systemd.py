"""`mamctl systemd`: a service and a timer for each job of this configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.cron.lines import program
from mamctl.cli.runtime import Runtime
from mamctl.cli.systemd.units import MARK, Where, make_units
from mamctl.cli.wiring.own_files import write_private
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError
from mamctl.output.screen import Screen, Tone

app = typer.Typer()
_SYSTEM = Path("/etc/systemd/system")

User = Annotated[bool, typer.Option("--user", help="For your own systemd, without root.")]
Folder = Annotated[
    Path | None, typer.Option("--folder", metavar="DIR", help="Another folder; systemctl is then not called.")
]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: its name and its text; `written` is whether this command wrote (or removed) its file."""

    name: str
    text: str
    written: bool = False


@dataclass(frozen=True, slots=True)
class UnitsData:
    """The units, and the folder they belong to."""

    folder: Path
    units: tuple[Unit, ...]


def render_units(screen: Screen, data: UnitsData) -> None:
    """The text of every unit, each behind its name."""
    for unit in data.units:
        screen.raw(f"# {data.folder / unit.name}")
        screen.raw(unit.text)


def render_install(screen: Screen, data: UnitsData) -> None:
    """What was written."""
    written = [unit.name for unit in data.units if unit.written]
    for name in written:
        screen.line(f"{data.folder / name}")
    would = screen.choose("", "would be ")
    nothing = screen.choose("Nothing had to be written.", "Nothing would be written.")
    screen.line(f"{count_of(len(written), 'unit')} {would}written." if written else nothing, Tone.GOOD)


def render_remove(screen: Screen, data: UnitsData) -> None:
    """What was removed."""
    for unit in data.units:
        screen.line(f"{data.folder / unit.name}")
    screen.line(f"{count_of(len(data.units), 'unit')} {screen.choose('', 'would be ')}removed.", Tone.GOOD)


@command(app, "show", schema="mamctl.systemd.show/1", render=render_units, paste=True)
def show(runtime: Runtime, user: User = False) -> Result:
    """Print the units for this configuration."""
    return Result(UnitsData(_folder(None, user=user), _units(runtime, user=user)))


@command(app, "install", schema="mamctl.systemd.install/1", render=render_install, dry_run=True, yes=True)
def install(runtime: Runtime, user: User = False, folder: Folder = None) -> Result:
    """Write the units, and start the timers.

    Only files that mamctl wrote are replaced; those of jobs that are no longer configured are removed.
    """
    place = _folder(folder, user=user)
    require_yes(runtime, f"Write mamctl's units into {place}?")
    units = _units(runtime, user=user)
    for unit in units:
        _check_ours(place / unit.name)
    done = tuple(Unit(unit.name, unit.text, _text(place / unit.name) != unit.text) for unit in units)
    gone = [path.name for path in _ours(place) if path.name not in {unit.name for unit in units}]
    problems: tuple[Problem, ...] = ()
    if not runtime.options.dry_run:
        timers = [unit.name for unit in units if unit.name.endswith(".timer")]
        if gone and folder is None:
            _systemctl(user, "disable", "--now", *[name for name in gone if name.endswith(".timer")])
        for name in gone:
            (place / name).unlink(missing_ok=True)
        for unit in done:
            if unit.written:
                _write(place / unit.name, unit.text)
        if folder is None:
            problems = _systemctl(user, "daemon-reload") or _systemctl(user, "enable", "--now", *timers)
    return Result.of(UnitsData(place, done), problems)


@command(app, "remove", schema="mamctl.systemd.remove/1", render=render_remove, dry_run=True, yes=True)
def remove(runtime: Runtime, user: User = False, folder: Folder = None) -> Result:
    """Stop the timers, and remove the units that mamctl wrote."""
    place = _folder(folder, user=user)
    require_yes(runtime, f"Remove mamctl's units from {place}?")
    found = _ours(place)
    units = tuple(Unit(path.name, _text(path) or "", written=not runtime.options.dry_run) for path in found)
    problems: tuple[Problem, ...] = ()
    if not runtime.options.dry_run and found:
        timers = [path.name for path in found if path.suffix == ".timer"]
        if folder is None and timers:
            problems = _systemctl(user, "disable", "--now", *timers)
        for path in found:
            path.unlink(missing_ok=True)
        if folder is None:
            problems = problems or _systemctl(user, "daemon-reload")
    return Result.of(UnitsData(place, units), problems)


def _units(runtime: Runtime, *, user: bool) -> tuple[Unit, ...]:
    return tuple(Unit(name, text) for name, text in make_units(runtime.loaded, Where(program(), user)).items())


def _folder(folder: Path | None, *, user: bool) -> Path:
    if folder is not None:
        return folder
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return config / "systemd/user" if user else _SYSTEM


def _ours(place: Path) -> list[Path]:
    return [path for path in sorted(place.glob("mamctl-*.*")) if (_text(path) or "").startswith(MARK)]


def _check_ours(path: Path) -> None:
    text = _text(path)
    if text is not None and not text.startswith(MARK):
        raise MamctlError(
            f"{path}: not written by mamctl; nothing was changed",
            subject=str(path),
            remedy="move it away, or keep it and leave out mamctl systemd install",
            code="unit_foreign",
        )


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_private(path, text)
    path.chmod(0o644)  # systemd reads it, and it holds no secret


def _systemctl(user: bool, *words: str) -> tuple[Problem, ...]:
    """Call systemctl; the problem with the command to give by hand, when it did not work."""
    call = ["systemctl", *(["--user"] if user else []), *words]
    program_path = shutil.which(call[0])
    if program_path is None:
        found = "systemctl not found"
    else:
        done = subprocess.run([program_path, *call[1:]], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ()
        found = f"systemctl failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
    return (Problem("systemctl_failed", found, "systemctl", f"the files are in place; run: {' '.join(call)}"),)

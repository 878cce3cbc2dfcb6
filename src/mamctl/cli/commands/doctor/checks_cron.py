"""Whether cron really runs mamctl: the lines that are installed, and how the last scheduled runs ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.cron import SCHEDULED
from mamctl.cli.cron.crontab import assignments, find_block, lines_outside
from mamctl.cli.cron.lines import Task, block_for, cron_environment, wanted_tasks
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.own_files import CrontabError, NoCrontabProgramError, read_crontab
from mamctl.domain.heartbeat import names_job
from mamctl.store.runs import LastRun, first_scheduled, last_runs

_INSTALL = "run: mamctl cron install"
_LARGEST = 1024**2  # bytes of a system's table that are looked at
_ENDED_WELL = ("ok", "attention")


def cron(runtime: Runtime) -> Check:
    """The lines of this configuration are installed, and the last scheduled run of each job ended well."""
    lines = _lines(runtime)
    runs = {run.job: run for run in last_runs(runtime.store)}
    tasks = wanted_tasks(runtime.config)
    began = min((at for task in tasks if (at := first_scheduled(runtime.store, task.job))), default=None)
    found = [_overdue(task, runs.get(task.job), runtime.now(), began) for task in tasks]
    trouble = next((text for text in found if text), None)
    if lines.grade is not Grade.OK:
        detail = f"{lines.detail}; {trouble}" if trouble and lines.grade is Grade.WARN else lines.detail
        return Check("cron", lines.grade, detail, lines.remedy)
    if trouble:
        remedy = "see cron's mail and mamctl status; is the cron service running?"
        return Check("cron", Grade.WARN, f"{lines.detail}; {trouble}", remedy)
    daily = runs["vip"].last_scheduled_at if "vip" in runs else None
    last = f"last ran at {daily:%Y-%m-%d %H:%M} UTC" if daily else "has yet to run"
    return Check("cron", Grade.OK, f"{lines.detail}; the daily task {last}")


def heartbeat(runtime: Runtime) -> Check:
    """Each job that cron runs has a check of its own; nothing is sent."""
    notify = runtime.config.notify
    jobs = [task.job for task in wanted_tasks(runtime.config) if task.recorded]
    addresses = {job: found[0] for job in jobs if (found := notify.heartbeat_of(job))}
    if not addresses:
        return Check("heartbeat", Grade.SKIPPED, "none configured (notify.heartbeat_url)")
    shared = [job for job, url in addresses.items() if not names_job(url) and list(addresses.values()).count(url) > 1]
    if shared:
        detail = f"one address for {', '.join(shared)}: a success of one hides the failure of another"
        remedy = "write {job} in notify.heartbeat_url, or an address for each job into [notify.heartbeat_urls]"
        return Check("heartbeat", Grade.WARN, detail, remedy)
    return Check("heartbeat", Grade.OK, f"an address for {', '.join(addresses)}")


def _lines(runtime: Runtime) -> Check:
    """Where the lines stand that run mamctl, as far as this user can see."""
    try:
        crontab = read_crontab() or ""
    except NoCrontabProgramError:
        crontab = ""
    except CrontabError as error:
        return Check("cron", Grade.WARN, error.message.removesuffix("; nothing was changed"), error.remedy)
    installed = find_block(crontab)
    if installed is not None:
        block = block_for(runtime.loaded, os.environ, cron_environment(assignments(crontab)))
        if [line.rstrip() for line in installed] != block:
            return Check("cron", Grade.WARN, "the lines in the crontab do not match this configuration", _INSTALL)
        return Check("cron", Grade.OK, "installed")
    if lines_outside(crontab):
        return Check("cron", Grade.OK, f"lines written by hand (they need {SCHEDULED}=1 to count as scheduled)")
    if place := next(_other_schedulers(), None):
        return Check("cron", Grade.OK, f"not in your crontab, perhaps in {place} ({SCHEDULED}=1 marks scheduled runs)")
    return Check("cron", Grade.WARN, "no line of your crontab runs mamctl", _INSTALL)


def _other_schedulers() -> Iterator[Path]:
    """Files of the system's cron and of systemd that name mamctl."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    units = (Path("/etc/systemd/system"), Path("/etc/systemd/user"), config / "systemd/user")
    for folder in units:
        yield from sorted(folder.glob("*mamctl*.timer")) or sorted(folder.glob("*mamctl*.service"))
    for place in (Path("/etc/crontab"), *sorted(Path("/etc/cron.d").glob("*"))):
        try:
            with place.open("rb") as file:
                if any(b"mamctl" in line and not line.lstrip().startswith(b"#") for line in file.readlines(_LARGEST)):
                    yield place
        except OSError:
            continue


def _overdue(task: Task, run: LastRun | None, now: datetime, began: datetime | None) -> str | None:
    """What is wrong with the scheduled runs of a task; `began` is when the first of all tasks ran.

    One whose time cannot have come since then, and a weekly one that has not come yet, are not missed.
    """
    name = task.command.split(" --")[0]
    if run is None or run.last_scheduled_at is None:
        waits = began is not None and now - began < task.max_age
        return None if waits or task.max_age > timedelta(days=2) else f"no scheduled run of {name} yet"
    ended, age = run.last_scheduled_status, now - run.last_scheduled_at
    this = f"scheduled {name} of {run.last_scheduled_at:%Y-%m-%d %H:%M} UTC"
    if age > task.max_age:
        return f"the {this} was the last; the next is overdue"
    if ended is None:
        return None if age < timedelta(hours=12) else f"the {this} has not ended"
    return None if ended in _ENDED_WELL else f"the {this} ended as {ended}"

"""The lines that cron runs: each task of this configuration, with whatever makes it the same run as in this shell."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from mamctl import paths
from mamctl.cli.cron import SCHEDULED
from mamctl.cli.cron.crontab import Line, render_block
from mamctl.config import Config, Loaded
from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Task:
    """One line: when, what, why, and whether this configuration has a use for it.

    `job` is the name under which its runs are kept; one that is older than `max_age` is overdue. Of a task that is not
    `recorded` no runs are kept, so nothing can be said of how they ended.
    """

    schedule: Callable[[Config], str]
    command: str
    purpose: str
    job: str
    max_age: timedelta
    wanted: Callable[[Config], bool] = lambda config: True
    recorded: bool = True


def _pushes_daily(config: Config) -> bool:
    return config.audiobookshelf.url is not None and config.audiobookshelf.push_daily


def _listens_at_night(config: Config) -> bool:
    """Only where it is asked for: it needs an engine, and a paid service costs money."""
    return config.speech.nightly


# Each command prints nothing unless something needs your attention.
TASKS: tuple[Task, ...] = (
    Task(
        lambda _: "0 12 * * *",
        "vip check --quiet",
        "the daily task: VIP, rules, wanted titles",
        "vip",
        timedelta(hours=36),
    ),
    Task(
        lambda config: every(config.ratio.period),
        "ratio watch --quiet",
        "the ratio guard: freeze below the floor, restore at the recovery",
        "ratio",
        timedelta(hours=2),
        lambda config: bool(config.qbittorrent),
    ),
    Task(
        lambda _: "*/10 * * * *",
        "queue run --quiet",
        "the download queue: release, watch, verify, file",
        "queue",
        timedelta(hours=2),
        lambda config: bool(config.qbittorrent),
    ),
    Task(
        lambda _: "50 2 * * *",
        "meta scan --changed-only --quiet",
        "the library: what is new or changed is read and checked for damage",
        "meta.scan",
        timedelta(hours=48),
        lambda config: bool(config.library.folders),
    ),
    Task(
        lambda _: "50 3 * * *",
        "meta listen --quiet",
        "the recordings: what is new is listened to for its narrator",
        "meta.listen",
        timedelta(hours=48),
        _listens_at_night,
    ),
    Task(
        lambda _: "20 4 * * 0",
        "drift fix --quiet",
        "drift: every book is compared with the catalogues once a month",
        "drift",
        timedelta(days=15),
    ),
    Task(
        lambda _: "10 5 * * *",
        "abs push --all --quiet",
        "Audiobookshelf: what differs is sent, nothing over what someone set there",
        "abs.push",
        timedelta(days=3),
        _pushes_daily,
    ),
    Task(
        lambda _: "*/15 * * * *",
        "tracker ip update --quiet",
        "the seedbox address: registered again where it has changed",
        "address",
        timedelta(hours=2),
        lambda config: config.tracker.register_address,
    ),
    Task(
        lambda _: "30 1 * * *",
        "change checkpoint --quiet",
        "a rollback point of the night; old ones are thinned",
        "change",
        timedelta(days=3),
    ),
    Task(
        lambda _: "40 5 * * *",
        "spec check --quiet",
        "the specification: what mamctl promises is checked against what it did",
        "spec",
        timedelta(days=3),
    ),
    Task(
        lambda _: "7 * * * *",
        "report --quiet",
        "the page that shows it all",
        "report",
        timedelta(hours=6),
        lambda config: config.report.output is not None,
    ),
    Task(
        lambda _: "*/5 * * * *",
        "report metrics --quiet",
        "the figures for Prometheus",
        "report.metrics",
        timedelta(days=3),
        lambda config: config.report.metrics is not None,
        recorded=False,  # every five minutes; Prometheus sees the age of the file itself
    ),
)


def verb(command: str) -> str:
    """The words of a task's command, without its options."""
    return command.partition(" --")[0]


def task_of(words: Iterable[str]) -> Task | None:
    """The task that a line with these words after `mamctl` runs: of several the one with the most words, since
    `report metrics` is another task than `report`, and `tracker ip` alone, which only looks, is none.
    """
    plain = tuple(without_options(words))
    named = {tuple(verb(task.command).split()): task for task in TASKS}
    return next((named[key] for key in sorted(named, key=len, reverse=True) if plain[: len(key)] == key), None)


def without_options(words: Iterable[str]) -> Iterator[str]:
    """The words of a command but for options, which may stand anywhere: `tracker ip --quiet update`."""
    rest = iter(words)
    for word in rest:
        if word == "--config":
            next(rest, None)
        elif not word.startswith("-"):
            yield word


def every(seconds: float) -> str:
    """The schedule that runs at least so often: cron knows whole minutes, evenly spaced where they divide the hour."""
    minutes = max((part for part in range(1, 31) if 60 % part == 0 and part * 60 <= seconds), default=1)
    return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"


def wanted_tasks(config: Config) -> tuple[Task, ...]:
    """The tasks that this configuration has a use for."""
    return tuple(task for task in TASKS if task.wanted(config))


def block_for(loaded: Loaded, environ: Mapping[str, str], cron_environ: Mapping[str, str]) -> list[str]:
    """mamctl's block for this configuration: run with `cron_environ` it does what it does in this shell (`environ`).

    Raises MamctlError for a path that no crontab can hold.
    """
    pins = pinned(loaded, environ, cron_environ)
    before = "".join(f"{name}={shlex.quote(value)} " for name, value in pins.items())
    option = f" --config {shlex.quote(str(loaded.path))}" if needs_config(loaded, {**cron_environ, **pins}) else ""
    return render_block(
        Line(task.schedule(loaded.config), f"{before}{SCHEDULED}=1 {program()} {task.command}{option}", task.purpose)
        for task in wanted_tasks(loaded.config)
    )


def pinned(loaded: Loaded, environ: Mapping[str, str], cron_environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that each line sets, so that "~" and the store are what they are in this shell."""
    pins: dict[str, str] = {}
    home = environ.get("HOME", "")
    if home.startswith("/") and Path(home) != Path(cron_environ.get("HOME", home)):
        pins["HOME"] = home
    store = loaded.config.store.path
    if "store.path" not in loaded.origins and store != paths.default_store({**cron_environ, **pins}):
        pins["XDG_STATE_HOME"] = str(store.parent.parent)
    return pins


def needs_config(loaded: Loaded, cron_environ: Mapping[str, str]) -> bool:
    """Whether cron would find another configuration than the one in use."""
    return loaded.path != paths.default_config(cron_environ)


def cron_environment(assigned: Mapping[str, str]) -> dict[str, str]:
    """The variables that cron runs a line with: its own few, and those that the crontab itself sets."""
    return {"HOME": account_home(), "PATH": "/usr/bin:/bin", **assigned}


def account_home() -> str:
    """The home folder that this account has by the system's list; cron uses it whatever HOME is in a shell."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:  # a container may run with a number that has no name
        return str(Path.home())


def program() -> str:
    """This program as a line of cron or a unit begins it."""
    found = shutil.which(sys.argv[0])
    return shlex.quote(str(Path(found).absolute())) if found else f"{shlex.quote(sys.executable)} -m mamctl"

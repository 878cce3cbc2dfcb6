"""`mamctl cron`: the crontab lines for this configuration."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.crontab import Line, merge_block, render_block
from mamctl.cli.runtime import Runtime
from mamctl.domain.outcome import Result
from mamctl.errors import MamctlError
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.config import Config

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Task:
    """One line: when, what, why, and whether this configuration has a use for it."""

    schedule: Callable[[Config], str]
    command: str
    purpose: str
    wanted: Callable[[Config], bool] = lambda config: True


# Each command prints nothing unless a person is needed.
TASKS: tuple[Task, ...] = (
    Task(lambda _: "0 12 * * *", "vip check --quiet", "the daily task: VIP, rules, wanted titles"),
    Task(
        lambda config: every(config.ratio.period),
        "ratio watch --quiet",
        "the ratio guard: freeze below the floor, put back at the recovery",
        lambda config: bool(config.qbittorrent),
    ),
    Task(
        lambda _: "50 2 * * *",
        "meta scan --changed-only --quiet",
        "the library: what is new or changed is read and checked for damage",
        lambda config: bool(config.library.folders),
    ),
    Task(
        lambda _: "20 4 * * 0",
        "drift fix --quiet",
        "drift: every book is compared with the catalogues once a month",
    ),
)


def every(seconds: float) -> str:
    """The schedule that runs at least so often: cron knows whole minutes, evenly spaced where they divide the hour."""
    minutes = max((part for part in range(1, 31) if 60 % part == 0 and part * 60 <= seconds), default=1)
    return "* * * * *" if minutes == 1 else f"*/{minutes} * * * *"


@dataclass(frozen=True, slots=True)
class CronData:
    """The lines, as they stand or would stand in the crontab."""

    lines: tuple[str, ...]
    installed: bool


def render_cron(screen: Screen, data: CronData) -> None:
    """The lines, ready to be pasted."""
    for line in data.lines:
        screen.raw(line)
    if data.installed:
        screen.line("Installed; every other line of the crontab is as it was.", Tone.GOOD)


@command(app, "show", schema="mamctl.cron.show/1", render=render_cron)
def show(runtime: Runtime) -> Result:
    """Print the lines for this configuration."""
    return Result(CronData(tuple(render_block(_lines(runtime))), installed=False))


@command(app, "install", schema="mamctl.cron.install/1", render=render_cron, dry_run=True, yes=True)
def install(runtime: Runtime) -> Result:
    """Put the lines into this user's crontab; other lines stay as they are."""
    require_yes(runtime, "Write mamctl's lines into your crontab?")
    merged = merge_block(_read(), render_block(_lines(runtime)))
    if not runtime.options.dry_run:
        _write(merged)
    return Result(CronData(tuple(render_block(_lines(runtime))), installed=not runtime.options.dry_run))


def _lines(runtime: Runtime) -> tuple[Line, ...]:
    program = shutil.which(sys.argv[0]) or f"{shlex.quote(sys.executable)} -m mamctl"
    config = runtime.options.config
    option = f" --config {shlex.quote(str(config.resolve()))}" if config else ""
    settings = runtime.config
    return tuple(
        Line(task.schedule(settings), f"{_absolute(program)} {task.command}{option}", task.purpose)
        for task in TASKS
        if task.wanted(settings)
    )


def _absolute(program: str) -> str:
    return program if " -m " in program else shlex.quote(str(Path(program).absolute()))


def _read() -> str:
    done = _crontab("-l", "")
    return done.stdout if done.returncode == 0 else ""


def _write(text: str) -> None:
    done = _crontab("-", text)
    if done.returncode != 0:
        raise MamctlError(f"crontab refused the lines: {done.stderr.strip()}", subject="crontab")


def _crontab(argument: str, text: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["crontab", argument], input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MamctlError(
            "there is no crontab program",
            subject="crontab",
            remedy="install cron, or use the lines with your scheduler",
        ) from error

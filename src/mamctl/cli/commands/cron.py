"""`mamctl cron`: the crontab lines for this configuration."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.cron.crontab import CrontabBlockError, assignments, find_block, lines_outside, merge_block, remove_block
from mamctl.cli.cron.lines import block_for, cron_environment, wanted_tasks
from mamctl.cli.cron.missing import find_lacks
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.own_files import CrontabError, read_crontab, replace_crontab, write_private
from mamctl.config import Config
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError
from mamctl.output.screen import Screen, Tone
from mamctl.store.runs import job_lock

app = typer.Typer()
_KEPT_COPIES = 10


@dataclass(frozen=True, slots=True)
class CronData:
    """The lines of this configuration, and whether they stand in the crontab.

    `installed` is whether mamctl's block is in the crontab now, `current` whether its lines are these; both are None
    when the crontab cannot be read. `changed` is whether this command changed the crontab, `backup` the copy of what
    was there before.
    """

    lines: tuple[str, ...]
    installed: bool | None
    current: bool | None
    changed: bool = False
    backup: Path | None = None


def render_lines(screen: Screen, data: CronData) -> None:
    """The lines, ready to be pasted."""
    for line in data.lines:
        screen.raw(line)


def render_install(screen: Screen, data: CronData) -> None:
    """The lines, and what was done with them."""
    if screen.dry_run and not data.current:
        screen.line("Would write these lines into your crontab:")
    render_lines(screen, data)
    if data.changed:
        screen.line("Installed; no other line of the crontab was changed.", Tone.GOOD)
    elif data.current:
        screen.line(f"Already installed; nothing {screen.choose('was', 'would be')} changed.", Tone.GOOD)
    if data.backup:
        screen.line(f"The crontab as it was before: {data.backup}", Tone.DIM)


def render_remove(screen: Screen, data: CronData) -> None:
    """What was done."""
    if data.changed:
        screen.line("Removed; no other line of the crontab was changed.", Tone.GOOD)
        if data.backup:
            screen.line(f"The crontab as it was before: {data.backup}", Tone.DIM)
    elif data.installed:
        screen.line("Would remove these lines from your crontab:")
        render_lines(screen, data)
    else:
        nothing = f"nothing {screen.choose('was', 'would be')} changed"
        screen.line(f"The crontab contains no lines of mamctl; {nothing}.", Tone.GOOD)


@command(app, "show", schema="mamctl.cron.show/1", render=render_lines, paste=True)
def show(runtime: Runtime) -> Result:
    """Print the lines for this configuration."""
    try:
        crontab = read_crontab() or ""
        installed = find_block(crontab)
        assigned = assignments(crontab)
    except (CrontabError, CrontabBlockError):
        block, problems = _block(runtime, {})
        return Result.of(CronData(tuple(block), None, None), problems)
    block, problems = _block(runtime, assigned)
    data = CronData(tuple(block), installed is not None, installed is not None and _same(installed, block))
    return Result.of(data, problems)


@command(app, "install", schema="mamctl.cron.install/1", render=render_install, dry_run=True, yes=True)
def install(runtime: Runtime) -> Result:
    """Write mamctl's lines into your crontab.

    Other lines stay as they are.
    """
    require_yes(runtime, "Write mamctl's lines into your crontab?", lambda screen: _show_tasks(screen, runtime.config))
    block, problems = _block(runtime, {})
    try:
        with job_lock(runtime.config.store.path, "cron"):
            before = read_crontab()
            block, problems = _block(runtime, assignments(before or ""))
            after = merge_block(before or "", block)
            problems += tuple(_duplicates(before or ""))
            data = _replace(runtime, before, after, block)
    except (CrontabError, CrontabBlockError) as error:
        return Result(CronData(tuple(block), None, None), problems, error=error)
    return Result.of(data, problems)


def _show_tasks(screen: Screen, config: Config) -> None:
    """When cron would run what; `mamctl cron show` has the lines themselves."""
    rows = [(task.schedule(config), f"mamctl {task.command}", task.purpose) for task in wanted_tasks(config)]
    screen.table(("schedule", "command", "what for"), rows)


@command(app, "remove", schema="mamctl.cron.remove/1", render=render_remove, dry_run=True, yes=True)
def remove(runtime: Runtime) -> Result:
    """Remove mamctl's lines from your crontab.

    Other lines stay as they are.
    """
    require_yes(runtime, "Remove mamctl's lines from your crontab?")
    with job_lock(runtime.config.store.path, "cron"):
        before = read_crontab()
        return Result(_replace(runtime, before, remove_block(before or ""), []))


def _replace(runtime: Runtime, before: str | None, after: str, block: list[str]) -> CronData:
    """Make `after` the crontab, unless it is so already or this is a dry run."""
    held = find_block(before or "")
    if after == (before or "") or runtime.options.dry_run:
        return CronData(tuple(block or held or ()), held is not None, held is not None and _same(held, block))
    backup = _keep_copy(runtime, before) if before else None
    try:
        replace_crontab(before, after)
    except CrontabError as error:
        if backup is not None:
            error.remedy = f"{error.remedy}; the crontab as it was before: {backup}"
        raise
    return CronData(tuple(block or held or ()), bool(block), bool(block), changed=True, backup=backup)


def _block(runtime: Runtime, assigned: dict[str, str]) -> tuple[list[str], tuple[Problem, ...]]:
    """The block under a crontab that sets these variables, and what cron will lack there."""
    environ, cron_environ = dict(os.environ), cron_environment(assigned)
    block = block_for(runtime.loaded, environ, cron_environ)
    return block, tuple(find_lacks(runtime.loaded, environ, cron_environ))


def _same(installed: tuple[str, ...], block: list[str]) -> bool:
    return [line.rstrip() for line in installed] == block


def _duplicates(crontab: str) -> list[Problem]:
    """Jobs of mamctl that someone wrote by hand: with the block they would run twice."""
    return [
        Problem(
            "cron_duplicate",
            f"another line of the crontab runs mamctl too: {line[:120]}",
            "crontab",
            "remove it with crontab -e",
        )
        for line in lines_outside(crontab)
    ]


def _keep_copy(runtime: Runtime, crontab: str) -> Path:
    """A copy of the crontab beside the store, readable by its owner only; the last ten are kept."""
    folder = runtime.config.store.path.parent
    stem = f"crontab-{runtime.now():%Y%m%dT%H%M%SZ}"
    copies = (folder / f"{stem}{suffix}.bak" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
    copy = next(path for path in copies if not path.exists())
    try:
        write_private(copy, crontab)
        for old in sorted(folder.glob("crontab-*.bak"), key=lambda path: path.stat().st_mtime)[:-_KEPT_COPIES]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise MamctlError(
            f"{folder}: the crontab cannot be copied there: {error.strerror}; nothing was changed", subject=str(folder)
        ) from error
    return copy

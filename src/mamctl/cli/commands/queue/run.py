"""`mamctl queue run`, `slots` and `plan`: a pass, what bounds it, and what the next one would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.queue.data import SlotsData, limit_words, show_slots
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.jobs.queue.plan import PlannedStep, known_slots, plan_queue
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.cli.context import Requests
    from mamctl.jobs.queue.context import ItemNote
    from mamctl.jobs.queue.run import QueueRun

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class RunData:
    """What the pass did, and what it left; `held` and `unclear` are all that are so now."""

    released: tuple[ItemNote, ...]
    completed: tuple[ItemNote, ...]
    filed: tuple[ItemNote, ...]
    refused: tuple[ItemNote, ...]
    held: tuple[ItemNote, ...]
    failed: tuple[ItemNote, ...]
    unclear: tuple[ItemNote, ...]
    slots: SlotsData | None
    requests: Requests

    @classmethod
    def of(cls, run: QueueRun, requests: Requests) -> RunData:
        """The pass as it is shown."""
        done = run.done
        return cls(
            tuple(done.released),
            tuple(done.completed),
            tuple(done.filed),
            tuple(done.refused),
            tuple(done.held),
            tuple(done.failed),
            tuple(done.unclear),
            SlotsData.of(run.slots) if run.slots else None,
            requests,
        )


def render_run(screen: Screen, data: RunData) -> None:
    """What was done, item by item."""
    if data.slots is not None:
        show_slots(screen, data.slots)
    released = screen.choose("Released", "Would release")
    kinds = (
        (released, data.released, Tone.GOOD), ("Completed", data.completed, Tone.GOOD),
        ("Filed", data.filed, Tone.GOOD), ("Refused", data.refused, Tone.WARN), ("Failed", data.failed, Tone.WARN),
        ("Unclear", data.unclear, Tone.WARN), ("Held", data.held, Tone.PLAIN),
    )  # fmt: skip
    for word, notes, tone in kinds:
        for reason, alike in _by_reason(notes):
            if len(alike) == 1:
                screen.line(f"{word}: {alike[0].id}  {alike[0].title} ({reason})", tone)
                continue
            screen.line(f"{word}, {reason}:", tone)
            for note in alike:
                screen.line(f"  {note.id}  {note.title}")
    if not any(notes for _, notes, _ in kinds) and data.slots is None:
        screen.line(screen.choose("Nothing was done.", "Nothing would be done."))


def _by_reason(notes: Iterable[ItemNote]) -> Iterator[tuple[str, list[ItemNote]]]:
    """The notes by their reason, in the order in which each came first."""
    found: dict[str, list[ItemNote]] = {}
    for note in notes:
        found.setdefault(note.reason, []).append(note)
    return iter(found.items())


@command(app, "run", schema="mamctl.queue.run/1", render=render_run, dry_run=True)
def run_(runtime: Runtime) -> Result:
    """Make one pass: release, watch, verify, file."""
    from mamctl.cli.wiring.queue import queue_context
    from mamctl.jobs.queue.run import run_queue

    with runtime.run("queue") as run:
        done = run_queue(queue_context(runtime, run))
        return run.finish(RunData.of(done, runtime.requests()))


def render_slots(screen: Screen, data: SlotsData) -> None:
    """The slots and every limit."""
    show_slots(screen, data)
    screen.table(
        ("limit", "slots", "for", "detail"),
        [(limit_words(one.name), "–" if one.slots is None else one.slots, one.kind, one.detail) for one in data.limits],
        right=(1,),
        elastic=(),
        wrapped=(3,),
    )


@command(app, "slots", schema="mamctl.queue.slots/1", render=render_slots)
def slots(runtime: Runtime) -> Result:
    """Show free and paid slots, and their limits; no request."""
    config = runtime.config
    return Result(SlotsData.of(known_slots(runtime.store, config.queue, config.events, runtime.now())))


@dataclass(frozen=True, slots=True)
class PlanData:
    """What the next pass would do; `figures_at` is when the account was last read."""

    slots: SlotsData
    steps: tuple[PlannedStep, ...]
    figures_at: datetime | None


def render_plan(screen: Screen, data: PlanData) -> None:
    """The slots, and a line for each item."""
    show_slots(screen, data.slots)
    if not data.steps:
        screen.line("Nothing waits in the queue. Add a book: mamctl queue add WORDS --author NAME")
        return
    screen.table(
        ("id", "title", "next", "why"),
        [(step.id, step.title, step.action, step.reason) for step in data.steps],
        right=(0,),
        elastic=(1,),
        wrapped=(3,),
    )


@command(app, "plan", schema="mamctl.queue.plan/1", render=render_plan)
def plan(runtime: Runtime) -> Result:
    """Show what the next pass would do, and why; no request."""
    config = runtime.config
    found = plan_queue(runtime.store, config.queue, config.events, runtime.now())
    return Result(PlanData(SlotsData.of(found.slots), found.steps, found.figures_at))

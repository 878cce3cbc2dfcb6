"""`mamctl queue list`, `show`, `retry` and `remove`: the downloads on record, and your word on one."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.queue.data import ItemData, Rule, duration_text, show_rules
from mamctl.cli.format import bytes_text, day, number
from mamctl.cli.options import read_text
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.bounds import TITLE
from mamctl.domain.outcome import Result
from mamctl.domain.queue.filing import FiledFile
from mamctl.domain.queue.states import State
from mamctl.domain.text.quantities import count_of
from mamctl.errors import UsageError
from mamctl.output.screen import LONG, Screen, Tone
from mamctl.store.queue.items import QueueItem, find_item, list_items, move_item, note_item, remove_item
from mamctl.store.queue.records import filed_files, item_history, item_verdicts

app = typer.Typer()

_Id = Annotated[int, typer.Argument(metavar="ITEM", min=1, help="The number in the list.")]
# What may be tried again: it has left the way, or waits for something.
_RETRIED = frozenset({State.FAILED, State.UNCLEAR, State.HELD, State.WAITING})


@dataclass(frozen=True, slots=True)
class ListData:
    """The queue, oldest first; `state` is the only one that was asked for, null for all."""

    items: tuple[ItemData, ...]
    state: str | None


def render_list(screen: Screen, data: ListData) -> None:
    """One row a download."""
    if not data.items:
        none = f"No download is {data.state.replace('_', ' ')}." if data.state else "The queue is empty."
        screen.line(none if data.state else f"{none} Add a book: mamctl queue add WORDS --author NAME")
        return
    screen.table(
        ("id", "title", "state", "paid", "progress", "seeds still", "reason"),
        [
            (
                one.id,
                one.title,
                one.state.replace("_", " "),
                {True: "paid", False: "free", None: ""}[one.paid],
                "" if one.progress is None else f"{one.progress:.0%}",
                duration_text(one.seed_seconds_left),
                one.why,
            )
            for one in data.items
        ],
        right=(0, 4),
        elastic=(1,),
        optional=(3, 4, 5),
        wrapped=(6,),
    )
    if len(data.items) > LONG:
        states = Counter(one.state.replace("_", " ") for one in data.items)
        counted = ", ".join(f"{count} {state}" for state, count in states.items())
        screen.line(f"{count_of(len(data.items), 'download')}: {counted}", Tone.DIM)


@command(app, "list", schema="mamctl.queue.list/1", render=render_list)
def list_(
    runtime: Runtime,
    state: Annotated[State | None, typer.Option("--state", help="Only those in this state.")] = None,
) -> Result:
    """List downloads, with state and seeding time left."""
    items = list_items(runtime.store, *([state] if state else []))
    hold = runtime.config.queue.seed_hold
    return Result(ListData(tuple(ItemData.of(item, hold) for item in items), state.value if state else None))


@dataclass(frozen=True, slots=True)
class StepData:
    """One change of state."""

    at: datetime
    from_state: str | None
    to_state: str
    reason: str


@dataclass(frozen=True, slots=True)
class VerdictData:
    """The rules on one torrent, before the download (`claimed`) or after it (`measured`)."""

    torrent_id: int
    stage: str
    judged_at: datetime
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class ShowData:
    """One download whole."""

    item: ItemData
    torrent_title: str | None
    free: str | None
    ratio_after: str | None
    wedges_before: int | None
    wedges_after: int | None
    frozen_at: datetime | None
    frozen_ratio: float | None
    hold_code: str | None
    held_state: str | None
    history: tuple[StepData, ...]
    verdicts: tuple[VerdictData, ...]
    folder: str | None
    files: tuple[FiledFile, ...]


def render_show(screen: Screen, data: ShowData) -> None:
    """The item, its history, its verdicts, its files."""
    item = data.item
    screen.heading(f"{item.id}  {item.title} – {item.author}")
    screen.pairs(
        [
            ("state", f"{item.state.replace('_', ' ')}: {item.why}"),
            ("torrent", "  ".join(map(str, filter(None, (item.torrent_id, data.torrent_title)))) or "–"),
            ("size", bytes_text(item.size_bytes)),
            ("paid", {True: f"yes; the ratio after it: {data.ratio_after or 'unknown'}", False: f"free ({data.free})",
                      None: "not known yet"}[item.paid]),
            *([("frozen", f"{day(data.frozen_at)}, ratio {number(data.frozen_ratio)}")] if data.frozen_at else []),
            *([("wedges", f"{data.wedges_before} → {data.wedges_after}")] if data.wedges_before is not None else []),
            *([("not before", day(item.not_before))] if item.not_before else []),
            *([("seeds still", duration_text(item.seed_seconds_left))] if item.seed_seconds_left else []),
            *([("folder", data.folder)] if data.folder else []),
        ]
    )  # fmt: skip
    screen.heading("History")
    for step in data.history:
        screen.line(f"  {day(step.at)}  {step.to_state.replace('_', ' ')}: {step.reason}")
    for verdict in data.verdicts:
        screen.heading(f"Torrent {verdict.torrent_id}, {verdict.stage}")
        show_rules(screen, verdict.rules)


@command(app, "show", schema="mamctl.queue.show/1", render=render_show)
def show(runtime: Runtime, item: _Id) -> Result:
    """Show one download: history, verdicts, why it waits."""
    found = _find_any(runtime, item)
    return Result(
        ShowData(
            item=ItemData.of(found, runtime.config.queue.seed_hold),
            torrent_title=found.torrent_title,
            free=found.free,
            ratio_after=found.ratio_after,
            wedges_before=found.wedges_before,
            wedges_after=found.wedges_after,
            frozen_at=found.frozen_at,
            frozen_ratio=found.frozen_ratio,
            hold_code=found.hold_code,
            held_state=found.held_state.value if found.held_state else None,
            history=tuple(
                StepData(step.at, step.from_state.value if step.from_state else None, step.to_state.value, step.reason)
                for step in item_history(runtime.store, found.id)
            ),
            verdicts=tuple(
                VerdictData(one.torrent_id, one.stage, one.judged_at, tuple(Rule.of(rule) for rule in one.rules))
                for one in item_verdicts(runtime.store, found.id)
            ),
            folder=found.folder,
            files=filed_files(runtime.store, found.id),
        )
    )


@dataclass(frozen=True, slots=True)
class ChangedData:
    """The download after the change."""

    item: ItemData


def render_retry(screen: Screen, data: ChangedData) -> None:
    """One line."""
    state = f"{screen.choose('', 'would be ')}{data.item.state.replace('_', ' ')}"
    screen.line(f"{data.item.id}  {data.item.title}: {state}", Tone.GOOD)


def render_remove(screen: Screen, data: ChangedData) -> None:
    """One line."""
    done = screen.choose("Removed from the list", "Would remove from the list")
    screen.line(f"{done}: {data.item.id}  {data.item.title}", Tone.GOOD)


@command(app, "retry", schema="mamctl.queue.retry/1", render=render_retry, dry_run=True)
def retry(
    runtime: Runtime,
    item: _Id,
    title: Annotated[str, typer.Option("--title", help="File it under this title.")] = "",
    author: Annotated[str, typer.Option("--author", help="File it under this author.")] = "",
) -> Result:
    """Try again; an unclear one only when it is in no client."""
    found = listed_or_refuse(runtime, item)
    if found.state not in _RETRIED:
        raise UsageError(
            f"{item} is {found.state.value.replace('_', ' ')}: there is nothing to try again",
            subject=str(item),
            remedy=f"mamctl queue show {item}",
        )
    given = {"title": title.strip(), "author": author.strip()}
    names = {f"named_{name}": read_text(name, text, TITLE) for name, text in given.items() if text}
    if names:
        found = note_item(runtime.store, found, **names)
    return Result(ChangedData(ItemData.of(_tried_again(runtime, found), runtime.config.queue.seed_hold)))


def _tried_again(runtime: Runtime, found: QueueItem) -> QueueItem:
    db, now = runtime.store, runtime.now()
    if found.state is State.WAITING:
        return note_item(db, found, not_before=None, reason="tried again by you")
    if found.hold_code == "not_free":
        found = note_item(db, found, paid=None)
    after = found.held_state if found.state is State.HELD and found.held_state else State.WAITING
    if after is not State.WAITING or found.state is State.HELD:
        return move_item(db, found, after, "tried again by you", now)
    return move_item(
        db, found, after, "tried again by you", now,
        info_hash=None, contents=None, add_sent_at=None, handed_over_at=None, left_bytes=None, progress=None,
    )  # fmt: skip


@command(app, "remove", schema="mamctl.queue.remove/1", render=render_remove, dry_run=True)
def remove(runtime: Runtime, item: _Id) -> Result:
    """Take it off the list; nothing in a client is touched."""
    found = listed_or_refuse(runtime, item)
    remove_item(runtime.store, found, runtime.now())
    return Result(ChangedData(ItemData.of(found, runtime.config.queue.seed_hold)))


def listed_or_refuse(runtime: Runtime, number_: int) -> QueueItem:
    """The download of that number, while it is on the list. Raises UsageError."""
    found = _find_any(runtime, number_)
    if found.removed_at is not None:
        text = f"{number_} was taken off the list: nothing more is done for it"
        raise UsageError(text, subject=str(number_), remedy=f"mamctl queue show {number_}")
    return found


def _find_any(runtime: Runtime, number_: int) -> QueueItem:
    try:
        return find_item(runtime.store, number_)
    except LookupError:
        raise UsageError(f"{number_}: no such download", subject=str(number_), remedy="mamctl queue list") from None

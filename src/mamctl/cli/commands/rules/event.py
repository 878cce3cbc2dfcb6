"""`mamctl rules event`: site-wide events that you know of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.format import day
from mamctl.cli.options import read_text
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.bounds import NOTE
from mamctl.domain.outcome import Result
from mamctl.domain.site.rules import EventKind
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone
from mamctl.store.site.rules import add_event, end_event, list_events

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class AddData:
    """The event's id and its end."""

    id: int
    kind: str
    ends_at: datetime | None


def render_add(screen: Screen, data: AddData) -> None:
    """One line."""
    until = f"until {day(data.ends_at)}" if data.ends_at else "until it is ended"
    screen.line(f"{screen.choose('Event', 'Would add event')} {data.id}: {data.kind}, {until}", Tone.GOOD)


@command(app, "add", schema="mamctl.rules.event.add/1", render=render_add, dry_run=True)
def add(
    runtime: Runtime,
    kind: Annotated[EventKind, typer.Argument(help="What kind of event.")],
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Its end: 2026-12-01 or 2026-12-01T18:00Z.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="A note about it.")] = None,
) -> Result:
    """Note an event that is under way."""
    now = runtime.now()
    ends_at = parse_end(until) if until else None
    if ends_at is not None and ends_at <= now:
        raise UsageError(f"--until {until}: that has passed already", subject="--until")
    note = read_text("note", note, NOTE) if note and note.strip() else None
    number = add_event(runtime.store, kind, "person", now, ends_at, note, now)
    return Result(AddData(number, kind.value, ends_at))


def parse_end(text: str) -> datetime:
    """A date (the event ends at its midnight's end, UTC) or a moment. Raises UsageError."""
    try:
        if len(text) == len("2026-12-01"):
            last = date.fromisoformat(text)
            return datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"--until {text}: not a date", subject="--until", remedy="write it as 2026-12-01 or 2026-12-01T18:00Z"
        ) from error


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is listed."""

    id: int
    kind: EventKind
    source: str
    active: bool
    starts_at: datetime
    ends_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ListData:
    """Events, newest first; `active` says which are under way."""

    events: tuple[Event, ...]


def render_list(screen: Screen, data: ListData) -> None:
    """One row an event."""
    if not data.events:
        screen.line("No event is known.")
        return
    screen.table(
        ("id", "event", "known from", "now", "from", "until", "note"),
        [
            (
                e.id,
                e.kind,
                "you" if e.source == "person" else e.source,
                "under way" if e.active else "",
                day(e.starts_at),
                day(e.ends_at),
                e.note,
            )
            for e in data.events
        ],
        right=(0,),
        optional=(2, 6, 3),
    )


@command(app, "list", schema="mamctl.rules.event.list/1", render=render_list)
def list_(runtime: Runtime) -> Result:
    """List the known events."""
    now = runtime.now()
    events = tuple(view(Event, event, active=event.active(now)) for event in list_events(runtime.store))
    return Result(ListData(events))


@dataclass(frozen=True, slots=True)
class EndData:
    """The event that was ended."""

    id: int


def render_end(screen: Screen, data: EndData) -> None:
    """One line."""
    screen.line(f"Event {data.id} {screen.choose('is over', 'would end now')}.")


@command(app, "end", schema="mamctl.rules.event.end/1", render=render_end, dry_run=True)
def end(runtime: Runtime, event: Annotated[int, typer.Argument(metavar="EVENT", help="The event's number.")]) -> Result:
    """End an event now."""
    if not end_event(runtime.store, event, runtime.now()):
        raise UsageError(
            f"{event}: no event under way has this number", subject=str(event), remedy="mamctl rules event list"
        )
    return Result(EndData(event))

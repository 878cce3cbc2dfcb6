"""What the drift commands answer, as programs and as people see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mamctl.domain.catalogues.drift import Change
from mamctl.domain.metadata.observation import Field, Source, value_to_json
from mamctl.domain.problem import Problem
from mamctl.domain.text.durations import spell_duration
from mamctl.output.screen import Screen
from mamctl.store.catalogues.drift import RecordedChange

_SHOWN = 60
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class DriftData:
    """The changes that are news; `made` of them were corrected, `open` wait for a person from this or earlier runs."""

    books: int
    left: int
    made: int
    open: int
    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class HistoryData:
    """Recorded changes, the newest first; `ref` is what `drift undo` takes."""

    changes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class UndoData:
    """The changes that were taken back, by their `ref`."""

    undone: tuple[str, ...]


def render_check(screen: Screen, data: DriftData) -> None:
    """What a correction would do."""
    safe = sum(one["kind"] == "safe" for one in data.changes)
    screen.pairs(
        [("books compared", data.books), ("would be corrected", safe), ("for a person", len(data.changes) - safe)]
    )
    _render_changes(screen, data.changes)


def render_fix(screen: Screen, data: DriftData) -> None:
    """What was corrected, and what is left."""
    screen.pairs(
        [("books compared", data.books), ("left for the next run", data.left), ("corrected", data.made),
         ("waiting for a person", data.open)]
    )  # fmt: skip
    _render_changes(screen, data.changes)


def render_history(screen: Screen, data: HistoryData) -> None:
    """Every change with the number that `drift undo` takes."""
    rows = [
        (one["ref"], one["run"], one["title"], one["field"], *_both(one), _said_by(one["source"]), one["state"])
        for one in data.changes[:_SHOWN]
    ]
    if rows:
        screen.table(("change", "run", "title", "field", "was", "became", "from", "state"), rows)
        _more(screen, len(data.changes))
    else:
        screen.line("nothing was corrected or proposed yet")


def render_undo(screen: Screen, data: UndoData) -> None:
    """What was taken back."""
    screen.line(f"taken back: {', '.join(data.undone)}" if data.undone else "nothing was taken back")


def _render_changes(screen: Screen, changes: tuple[dict[str, Any], ...]) -> None:
    rows = [
        (one["book"], one["title"], one["field"], *_both(one), _said_by(one["source"]), one["kind"], one["reason"])
        for one in changes[:_SHOWN]
    ]
    if rows:
        screen.table(("book", "title", "field", "was", "becomes", "from", "kind", "why"), rows, right=(0,))
        _more(screen, len(changes))


def _more(screen: Screen, count: int) -> None:
    if count > _SHOWN:
        screen.line(f"… and {count - _SHOWN} more; --json has them all")


def _both(change: dict[str, Any]) -> tuple[str, str]:
    return _short(change["field"], change["old"]), _short(change["field"], change["new"])


def _short(field: str, value: object) -> str:
    """A value of JSON in a few words."""
    if isinstance(value, list):
        texts = [
            " #".join(filter(None, (part["name"], part["position"]))) if isinstance(part, dict) else str(part)
            for part in value
        ]
        value = ", ".join(texts)
    if field == Field.DURATION and isinstance(value, (int, float)):
        value = spell_duration(value)
    text = "–" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _said_by(source: str) -> str:
    return "audible, by ASIN" if source == Source.CATALOGUE_ASIN else source


def told_problem(change: Change, title: str | None) -> Problem:
    """A change that is not made without a person."""
    field, book = change.field.value, change.book
    new = _short(field, value_to_json(change.new))
    other = change.field is Field.DURATION
    return Problem(
        f"drift_{change.kind.value}",
        f"the {field} of book {book} (“{title or '?'}”): {_said_by(change.source)} has “{new}”; {change.reason}",
        f"{field} of book {book}",
        f"mamctl meta match {book}" if other else f"if it is right: mamctl meta set {book} {field} VALUE",
    )


def change_data(change: Change, title: str | None) -> dict[str, Any]:
    """A difference that was found."""
    return {
        "book": change.book,
        "title": title,
        "field": change.field,
        "old": value_to_json(change.old) if change.old is not None else None,
        "new": value_to_json(change.new),
        "source": change.source,
        "kind": change.kind,
        "reason": change.reason,
    }


def recorded_data(change: RecordedChange) -> dict[str, Any]:
    """A change as it was recorded."""
    return {
        "ref": f"c{change.id}",
        "run": f"r{change.run}",
        "book": change.book,
        "title": change.title,
        "field": change.field,
        "old": change.old,
        "new": change.new,
        "source": change.source,
        "kind": change.kind,
        "state": change.state,
        "reason": change.reason,
        "made_at": change.made_at,
        "undone_at": change.undone_at,
    }

"""What enrichment answers, as programs and as people see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.metadata.observation import Field, value_to_json
from mamctl.jobs.catalogues.enrich import EnrichFigures
from mamctl.jobs.catalogues.record_result import Enriched
from mamctl.output.screen import Screen

_SHOWN = 40
_FEW = 3
_FIRST = frozenset({Field.TITLE, Field.AUTHORS, Field.NARRATORS, Field.SERIES, Field.YEAR})
_NAMED = 3


@dataclass(frozen=True, slots=True)
class EnrichData:
    """How many books were asked about and what came of it; `books` lists those with a change or without a match."""

    asked: int
    matched: int
    ambiguous: int
    none: int
    unavailable: int
    left: int
    changes: int
    requests: dict[str, int]
    keyless: tuple[str, ...]
    books: tuple[dict[str, Any], ...]


def render_enrich(screen: Screen, data: EnrichData) -> None:
    """The figures, then what is new: field by field for a few books, a line a book for many."""
    if not data.asked:
        screen.line("no book to ask about: all were asked about before, which --all does again")
        return
    screen.pairs(
        [
            ("books asked about", data.asked),
            ("matched", data.matched),
            ("ambiguous", data.ambiguous),
            ("not known", data.none),
            *((("no catalogue answered", data.unavailable),) if data.unavailable else ()),
            *((("left for the next run", data.left),) if data.left else ()),
            ("values changed", data.changes),
            ("requests", ", ".join(f"{name} {count}" for name, count in data.requests.items()) or "none"),
            *((("not asked for want of a key", ", ".join(data.keyless)),) if data.keyless else ()),
        ]
    )
    changed = [book for book in data.books if book["changes"]]
    if not changed:
        return
    if data.asked <= _FEW:
        _show_fields(screen, changed)
    else:
        _show_books(screen, changed)


def _show_fields(screen: Screen, books: list[dict[str, Any]]) -> None:
    rows = [
        (book["id"], book["title"] or book["path"], change["field"], _short(change["new"]), change["source"])
        for book in books
        for change in book["changes"]
    ]
    screen.table(("book", "title", "field", "now", "from"), rows, right=(0,))


def _show_books(screen: Screen, books: list[dict[str, Any]]) -> None:
    rows = [
        (
            book["id"],
            book["title"] or book["path"],
            _fields(change["field"] for change in book["changes"] if change["old"] is None),
            _fields(change["field"] for change in book["changes"] if change["old"] is not None),
            ", ".join(book["records"]),
        )
        for book in books[:_SHOWN]
    ]
    screen.table(("book", "title", "new", "changed", "records"), rows, right=(0,))
    if len(books) > _SHOWN:
        screen.line(f"… and {len(books) - _SHOWN} more; --json has them all")


def _fields(changed: Iterable[Field]) -> str:
    """The fields that a person looks for first, and the number of the others."""
    named = sorted(changed, key=lambda field: (field not in _FIRST, list(Field).index(field)))
    more = len(named) - _NAMED
    return ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def enrich_data(
    figures: EnrichFigures, told: list[Enriched], requests: dict[str, int], keyless: tuple[str, ...]
) -> EnrichData:
    return EnrichData(
        asked=figures.books,
        matched=figures.outcomes[Outcome.MATCH],
        ambiguous=figures.outcomes[Outcome.AMBIGUOUS],
        none=figures.outcomes[Outcome.NONE],
        unavailable=figures.outcomes[Outcome.UNAVAILABLE],
        left=figures.left,
        changes=figures.changes,
        requests=requests,
        keyless=keyless,
        books=tuple(_book(book) for book in told),
    )


def _book(book: Enriched) -> dict[str, Any]:
    return {
        "id": book.book_id,
        "path": book.path,
        "title": book.title,
        "outcome": book.outcome,
        "reason": book.reason,
        "records": book.records,
        "changes": [
            {
                "field": change.field,
                "old": value_to_json(change.old) if change.old is not None else None,
                "new": value_to_json(change.new),
                "source": change.source,
            }
            for change in book.changes
        ],
    }


def _short(value: Any) -> str:
    if isinstance(value, list):
        value = ", ".join(_short(part) for part in value)
    if isinstance(value, dict):
        value = f"{value['name']} #{value['position']}" if value["position"] else value["name"]
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"

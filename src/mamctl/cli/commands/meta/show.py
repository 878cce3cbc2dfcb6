"""`mamctl meta show`: what is agreed on a book, and with `--evidence` every observation, and why one value won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from mamctl.cli.command import command, view
from mamctl.cli.commands.meta.parse import readings_data, render_readings
from mamctl.cli.field_values import spell_value
from mamctl.cli.options import Book, find_book
from mamctl.cli.runtime import Runtime
from mamctl.domain.library.book import BookRecord
from mamctl.domain.library.paths.left_over import left_over
from mamctl.domain.library.paths.reading import ReadPath
from mamctl.domain.metadata.merge import Agreement, Candidate, rank_candidates
from mamctl.domain.metadata.observation import Field, Source, Value
from mamctl.domain.metadata.source_priority import source_priority
from mamctl.domain.outcome import Result
from mamctl.jobs.library.read_names import NameReader
from mamctl.output.book_json import book_to_json
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.agreed import load_book

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class AgreedData:
    """The value of a field that holds, how sure it is (0..1), and why."""

    value: Value | None
    confidence: float
    source: Source
    reason: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ObservedData:
    """One observation; `trust` is the rank of its source for this field, 0 the first."""

    value: Value
    source: Source
    trust: int
    confidence: float
    place: str


@dataclass(frozen=True, slots=True)
class RankedData:
    """One value with the observations that speak for it."""

    value: Value
    confidence: float
    won: bool
    observations: tuple[ObservedData, ...]


@dataclass(frozen=True, slots=True)
class FieldData:
    """A field with the value that holds and every value that was observed, the likeliest first."""

    field: Field
    value: Value | None
    confidence: float
    source: Source
    reason: str
    verified: bool
    candidates: tuple[RankedData, ...]


def render_show(screen: Screen, data: dict[str, Any]) -> None:
    """The agreed values with how certain they are; or for each field all that was observed."""
    screen.heading(f"{data['id']}: {data['title'] or data['path']}")
    screen.line(f"  {data['path']}", Tone.DIM)
    agreed: dict[str, AgreedData] = data["agreed"]
    fields: list[FieldData] | None = data["fields"]
    if fields is None:
        rows = [
            (name, spell_value(one.value, name), _certainty(one), one.source, one.reason)
            for name, one in agreed.items()
        ]
        screen.table(("field", "value", "sure", "from", "why"), rows, right=(2,))
        return
    for field in fields:
        _render_field(screen, field)
    if data["readings"]:
        screen.line()
        screen.heading("readings of its path, the likeliest first")
        render_readings(screen, data)


def _certainty(agreed: AgreedData | FieldData) -> str:
    return "verified" if agreed.verified else f"{agreed.confidence:.0%}"


def _render_field(screen: Screen, field: FieldData) -> None:
    screen.line()
    screen.heading(f"{field.field}: {spell_value(field.value, field.field)} ({_certainty(field)})")
    screen.line(f"  because {field.reason}")
    rows = [
        ("*" if ranked.won else "", spell_value(one.value, field.field), one.source, one.trust + 1,
         f"{one.confidence:.0%}", one.place)
        for ranked in field.candidates
        for one in ranked.observations
    ]  # fmt: skip
    if rows:
        screen.table(("", "value", "source", "rank", "sure", "where"), rows, right=(3, 4))


@command(app, "show", schema="mamctl.meta.show/1", render=render_show)
def show(
    runtime: Runtime,
    book: Book,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="Every observation, its trust, why one won, and the readings of the path."),
    ] = False,
) -> Result:
    """Show what is agreed on a book, and why."""
    record = load_book(runtime.store, find_book(runtime.store, book))
    agreed = {field.value: view(AgreedData, record.agreed[field]) for field in Field if field in record.agreed}
    fields = _ranked_fields(record) if evidence else None
    read = NameReader(runtime.store).read(record.id, record.observations) if evidence else None
    return Result({**book_to_json(record), "agreed": agreed, "fields": fields, **_names(read)})


def _names(read: ReadPath | None) -> dict[str, Any]:
    """The readings of the book's path and what stands in it and in no field; null when they were not asked for."""
    if read is None:
        return {"readings": None, "doubtful": None, "dropped": None}
    return {"readings": readings_data(read), "doubtful": read.is_doubtful, "dropped": list(left_over(read))}


def _ranked_fields(record: BookRecord) -> list[FieldData]:
    """Each field with its decision and all candidates; the value that holds may be yours."""
    decided = rank_candidates(record.observations)
    fields = [field for field in Field if field in decided or field in record.agreed]
    return [_field(record, field, decided.get(field)) for field in fields]


def _field(record: BookRecord, field: Field, decision: Agreement | None) -> FieldData:
    holds = record.agreed.get(field)
    candidates = [] if decision is None else [decision.winner, *decision.others]
    yours = holds is not None and holds.source is Source.USER
    shown = tuple(_candidate(field, one, won=not yours and one is candidates[0]) for one in candidates)
    if holds is not None:
        return view(FieldData, holds, candidates=shown)
    assert decision is not None
    return view(FieldData, decision.chosen, value=None, verified=False, field=field, candidates=shown)


def _candidate(field: Field, candidate: Candidate, *, won: bool) -> RankedData:
    observed = tuple(
        view(ObservedData, one, trust=source_priority(field, one.source, one.confidence))
        for one in candidate.observations
    )
    return RankedData(candidate.value, candidate.confidence, won, observed)

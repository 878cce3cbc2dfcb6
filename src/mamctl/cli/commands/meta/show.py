"""`mamctl meta show`: what is agreed on a book, and with `--evidence` every observation, and why one value won."""

from __future__ import annotations

from dataclasses import field
from typing import Annotated

import typer

from mamctl.cli.book_options import Book, find_book
from mamctl.cli.command import command, view
from mamctl.cli.commands.meta.parse import NOT_ASKED, ReadingsData, render_readings
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.library.book import BookRecord
from mamctl.domain.metadata.merge import Agreement, Candidate, rank_candidates
from mamctl.domain.metadata.observation import Field, Source, Value
from mamctl.domain.metadata.source_priority import source_priority
from mamctl.domain.outcome import FLAT, Result
from mamctl.jobs.library.read_names import NameReader
from mamctl.output.book_json import BookData
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


@dataclass(frozen=True, slots=True)
class ShowData:
    """A book with what is agreed on it; `fields` and the readings of its path only where they were asked for."""

    book: BookData = field(metadata=FLAT)
    agreed: dict[Field, AgreedData]
    fields: tuple[FieldData, ...] | None
    read: ReadingsData = field(metadata=FLAT)


def render_show(screen: Screen, data: ShowData) -> None:
    """The agreed values with how certain they are; or for each field all that was observed."""
    screen.heading(f"{data.book.id}: {data.book.values.title or data.book.path}")
    screen.line(f"  {data.book.path}", Tone.DIM)
    if data.fields is None:
        rows = [
            (name, spell_value(one.value, name), _certainty(one), one.source.replace("_", " "), one.reason)
            for name, one in data.agreed.items()
        ]
        screen.table(("field", "value", "sure", "from", "why"), rows, right=(2,))
        return
    for one in data.fields:
        _render_field(screen, one)
    if data.read.readings:
        screen.line()
        screen.heading("readings of its path, the likeliest first")
        render_readings(screen, data.read)


def _certainty(agreed: AgreedData | FieldData) -> str:
    return "verified" if agreed.verified else f"{agreed.confidence:.0%}"


def _render_field(screen: Screen, shown: FieldData) -> None:
    screen.line()
    screen.heading(f"{shown.field}: {spell_value(shown.value, shown.field)} ({_certainty(shown)})")
    screen.line(f"  because {shown.reason}")
    rows = [
        ("*" if ranked.won else "", spell_value(one.value, shown.field), one.source.replace("_", " "),
         one.trust + 1, f"{one.confidence:.0%}", one.place)
        for ranked in shown.candidates
        for one in ranked.observations
    ]  # fmt: skip
    if rows:
        screen.table(
            ("", "value", "source", "rank", "sure", "where"), rows, right=(3, 4), elastic=(1, 5), optional=(3,)
        )


@command(app, "show", schema="mamctl.meta.show/1", render=render_show)
def show(
    runtime: Runtime,
    book: Book,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="Every observation, its trust, why one won, and the readings of the path."),
    ] = False,
) -> Result:
    """Show the values of a book, and why each one won."""
    record = load_book(runtime.store, find_book(runtime.store, book))
    agreed = {field: view(AgreedData, record.agreed[field]) for field in Field if field in record.agreed}
    fields = _ranked_fields(record) if evidence else None
    read = NameReader(runtime.store).read(record.id, record.observations) if evidence else None
    return Result(ShowData(BookData.of(record), agreed, fields, ReadingsData.of(read) if read else NOT_ASKED))


def _ranked_fields(record: BookRecord) -> tuple[FieldData, ...]:
    """Each field with its decision and all candidates; the value that holds may be yours."""
    decided = rank_candidates(record.observations)
    fields = [field for field in Field if field in decided or field in record.agreed]
    return tuple(_field(record, field, decided.get(field)) for field in fields)


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

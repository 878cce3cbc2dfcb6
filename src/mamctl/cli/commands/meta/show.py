"""`mamctl meta show`: what is agreed on a book, and with `--evidence` who said what, and why one value won."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.meta.parse import readings_data, render_readings
from mamctl.cli.field_values import spell_value
from mamctl.cli.options import Book, find_book
from mamctl.cli.runtime import Runtime
from mamctl.domain.library.book import BookRecord
from mamctl.domain.library.paths.left_over import left_over
from mamctl.domain.library.paths.reading import ReadPath
from mamctl.domain.metadata.merge import Agreement, Candidate, rank_candidates
from mamctl.domain.metadata.observation import Field, value_to_json
from mamctl.domain.metadata.source_priority import source_priority
from mamctl.domain.outcome import Result
from mamctl.jobs.library.read_names import NameReader
from mamctl.output.book_json import book_to_json
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.agreed import load_book

app = typer.Typer()


def render_show(screen: Screen, data: dict[str, Any]) -> None:
    """The agreed values with how certain they are; or for each field all that was said."""
    screen.heading(f"{data['id']}: {data['title'] or data['path']}")
    screen.line(f"  {data['path']}", Tone.DIM)
    if data["fields"] is None:
        rows = [
            (name, spell_value(value["value"], name), _certainty(value), value["source"], value["reason"])
            for name, value in data["agreed"].items()
        ]
        screen.table(("field", "value", "sure", "from", "why"), rows, right=(2,))
        return
    for field in data["fields"]:
        _render_field(screen, field)
    if data["readings"]:
        screen.line()
        screen.heading("readings of its path, the likeliest first")
        render_readings(screen, data)


def _certainty(value: dict[str, Any]) -> str:
    return "verified" if value["verified"] else f"{value['confidence']:.0%}"


def _render_field(screen: Screen, field: dict[str, Any]) -> None:
    screen.line()
    screen.heading(f"{field['field']}: {spell_value(field['value'], field['field'])} ({_certainty(field)})")
    screen.line(f"  because {field['reason']}")
    rows = [
        ("*" if candidate["won"] else "", spell_value(said["value"], field["field"]), said["source"],
         f"{said['trust'] + 1}", f"{said['confidence']:.0%}", said["place"])
        for candidate in field["candidates"]
        for said in candidate["observations"]
    ]  # fmt: skip
    if rows:
        screen.table(("", "value", "said by", "rank", "sure", "where"), rows, right=(3, 4))


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
    agreed = {field.value: _agreed(record, field) for field in Field if field in record.agreed}
    fields = _weighed(record) if evidence else None
    read = NameReader(runtime.store).read(record.id, record.observations) if evidence else None
    return Result({**book_to_json(record), "agreed": agreed, "fields": fields, **_names(read)})


def _names(read: ReadPath | None) -> dict[str, Any]:
    """The readings of the book's path and what stands in it and in no field; null when they were not asked for."""
    if read is None:
        return {"readings": None, "doubtful": None, "dropped": None}
    return {"readings": readings_data(read), "doubtful": read.is_doubtful, "dropped": list(left_over(read))}


def _agreed(record: BookRecord, field: Any) -> dict[str, Any]:
    value = record.agreed[field]
    return {
        "value": value_to_json(value.value),
        "confidence": value.confidence,
        "source": value.source.value,
        "reason": value.reason,
        "verified": value.verified,
    }


def _weighed(record: BookRecord) -> list[dict[str, Any]]:
    """Each field with its decision and all candidates; the value that holds may be yours."""
    decided = rank_candidates(record.observations)
    fields = [field for field in Field if field in decided or field in record.agreed]
    return [_field(record, field, decided.get(field)) for field in fields]


def _field(record: BookRecord, field: Any, decision: Agreement | None) -> dict[str, Any]:
    holds = _agreed(record, field) if field in record.agreed else None
    candidates = [] if decision is None else [decision.winner, *decision.others]
    if holds is None:
        assert decision is not None
        chosen = decision.chosen
        holds = {"value": None, "confidence": chosen.confidence, "source": chosen.source.value,
                 "reason": chosen.reason, "verified": False}  # fmt: skip
    by_person = holds["source"] == "person"
    shown = [_candidate(field, one, won=not by_person and one is candidates[0]) for one in candidates]
    return {"field": field.value, **holds, "candidates": shown}


def _candidate(field: Any, candidate: Candidate, *, won: bool) -> dict[str, Any]:
    said = [
        {
            "value": value_to_json(one.value),
            "source": one.source.value,
            "trust": source_priority(field, one.source, one.confidence),
            "confidence": one.confidence,
            "place": one.place,
        }
        for one in candidate.observations
    ]
    return {
        "value": value_to_json(candidate.value),
        "confidence": candidate.confidence,
        "won": won,
        "observations": said,
    }

"""What `meta match` answers, as programs and as people see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mamctl.domain.text.durations import spell_duration
from mamctl.output.screen import Screen

if TYPE_CHECKING:
    from mamctl.domain.matching.match import Candidate
    from mamctl.domain.matching.records import BookQuery
    from mamctl.jobs.catalogues.record_result import Change

_SHOWN = 8
_NONE_LIKELY = 3
_SHOWN_READINGS = 3


@dataclass(frozen=True, slots=True)
class MatchData:
    """The verdict over all candidates; `chosen` is the candidate of a match, or the record that a person chose, and
    `changed` what that choice has made of the book. `keyless` are the catalogues that lack their key. Of a path,
    `readings` are all ways to read it, `answered` the index of the one asked about that was answered.
    """

    book: int | None
    asked: dict[str, Any]
    verdict: str
    reason: str
    chosen: dict[str, Any] | None
    chosen_by: str | None
    candidates: tuple[dict[str, Any], ...]
    keyless: tuple[str, ...]
    changed: tuple[str, ...] = ()
    readings: tuple[dict[str, Any], ...] = ()
    answered: int | None = None
    requests: int | None = None


def render_match(screen: Screen, data: MatchData) -> None:
    """The verdict, then the candidates with what speaks against them, then what a person can do."""
    screen.line(f"{data.verdict}: {data.reason}")
    for number, one in enumerate(data.readings[:_SHOWN_READINGS], start=1):
        series = "; ".join(" #".join(filter(None, (s["name"], s["position"]))) for s in one["series"])
        told = " | ".join(filter(None, (one["title"], ", ".join(one["authors"]), series)))
        screen.line(f"  reading {number} ({one['confidence']:.0%}): {told}")
    shown = [one for one in data.candidates if one["score"] > 0][:_SHOWN] or data.candidates[:_NONE_LIKELY]
    rows = [
        (
            f"{one['score']:.2f}",
            f"{one['source']}:{one['id'].partition(' ')[0]}",
            one["title"],
            ", ".join(one["authors"]),
            ", ".join(one["narrators"]),
            spell_duration(one["duration"]) if one["duration"] else "",
            "; ".join(f"{p['name']} {p['amount']:+.2f}" for p in one["penalties"] if p["amount"]) or "–",
        )
        for one in shown
    ]
    if rows:
        headers = ("score", "record", "title", "authors", "narrators", "length", "off the score")
        screen.table(headers, rows, right=(0, 5))
    if len(data.candidates) > len(shown):
        screen.line(f"… and {len(data.candidates) - len(shown)} less likely; --json has them all")
    if data.chosen_by == "person" and data.chosen:
        screen.line(f"values of the book that are new: {', '.join(data.changed) or 'none'}")
    elif data.keyless:
        screen.line(f"not asked for want of a key: {', '.join(data.keyless)}")
    if data.book is not None and data.verdict == "ambiguous":
        screen.line(f"choose one: mamctl meta match {data.book} --choose RECORD, or say --none")


def asked_data(book_query: BookQuery) -> dict[str, Any]:
    """What was asked about; None where nothing is known."""
    return {
        "title": book_query.title,
        "author": book_query.author,
        "narrator": book_query.narrator,
        "duration": book_query.duration_s,
        "asin": book_query.asin,
        "isbn": book_query.isbn,
        "series": book_query.series,
        "language": book_query.language,
        "abridged": book_query.abridged,
    }


def candidate_data(candidate: Candidate) -> dict[str, Any]:
    """A candidate; `source:id` is what `--choose` takes."""
    record = candidate.record
    return {
        "source": record.catalogue,
        "id": record.id,
        "title": record.title,
        "subtitle": record.subtitle,
        "authors": record.authors,
        "narrators": record.narrators,
        "series": record.series,
        "duration": record.duration_s,
        "published": record.published or record.first_published,
        "language": record.language,
        "abridged": record.abridged,
        "asin": record.asin,
        "isbn": record.isbn,
        "region": record.region,
        "url": record.url,
        "score": candidate.match.score,
        "penalties": [
            {"name": one.name, "amount": one.amount, "detail": one.detail} for one in candidate.match.penalties
        ],
    }


def changed_fields(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """The names of the fields that changed."""
    return tuple(change.field.value for change in changes)

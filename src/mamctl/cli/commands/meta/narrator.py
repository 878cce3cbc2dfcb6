"""`mamctl meta narrator`: who reads a book, by every source, and what its recording says."""

from __future__ import annotations

from datetime import datetime

import typer

from mamctl.cli.book_options import Book, find_book
from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.outcome import Result
from mamctl.domain.speech.verdict import Heard, SpeechVerdict
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.agreed import load_book
from mamctl.store.library.speech import load_listened

app = typer.Typer()
_METHODS = {
    Source.USER: "set by you",
    Source.TRACKER: "tracker record",
    Source.SPEECH: "speech",
    Source.CATALOGUE_ASIN: "Audible, by ASIN",
    Source.AUDIBLE: "Audible, found by search",
    Source.AUDNEXUS: "Audnexus",
}


@dataclass(frozen=True, slots=True)
class SourceData:
    """What one source says: its method, how sure it is (0 to 1), where it says it."""

    names: tuple[str, ...]
    source: str
    method: str
    confidence: float
    place: str


@dataclass(frozen=True, slots=True)
class HeardData:
    """One reader heard, `accepted` or only a hint; `score`: how alike it sounds (0 to 100), null without candidate."""

    name: str
    heard_as: str
    place: str
    confidence: float
    score: float | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class ListenedData:
    """The last listening to the book."""

    heard: Heard
    readers: tuple[HeardData, ...]
    agrees: bool | None
    engine: str
    listened_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class AgreedData:
    """The value in force and why it won."""

    names: tuple[str, ...]
    confidence: float
    source: str
    reason: str
    verified: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NarratorsData:
    """A book's readers; `listened` is null when nothing has listened to it yet."""

    book: int
    path: str
    title: str | None
    agreed: AgreedData | None
    sources: tuple[SourceData, ...]
    listened: ListenedData | None


def render_narrator(screen: Screen, data: NarratorsData) -> None:
    """Who reads it and why; then a line a source; then what was heard."""
    name = data.title or data.path
    if data.agreed is None:
        screen.line(f"No narrator is known for {name}.")
    else:
        lock = ", verified" if data.agreed.verified else ""
        screen.line(f"{name} is read by {', '.join(data.agreed.names)} ({data.agreed.confidence:.0%}{lock})")
        screen.line(f"  {data.agreed.reason}", Tone.DIM)
    if data.sources:
        rows = [(", ".join(one.names), one.method, f"{one.confidence:.0%}", one.place) for one in data.sources]
        screen.table(("reader", "method", "sure", "where"), rows, right=(2,), elastic=(0, 1, 3))
    if data.listened is None:
        screen.line(f"Not listened to yet → mamctl meta listen {data.book}", Tone.DIM)
        return
    readers = [
        f"{one.name}, heard as “{one.heard_as}” ({one.place}{'' if one.accepted else ', a hint only'})"
        for one in data.listened.readers
    ]
    words = data.listened.heard.value.replace("_", " ")
    screen.line(f"Heard: {words}{': ' if readers else ''}{'; '.join(readers)}")
    if data.listened.detail:
        screen.line(f"  {data.listened.detail}", Tone.DIM)


@command(app, "narrator", schema="mamctl.meta.narrator/1", render=render_narrator)
def narrator(runtime: Runtime, book: Book) -> Result:
    """Show who reads a book: every source, with its reason."""
    db = runtime.store
    record = load_book(db, find_book(db, book))
    listened = load_listened(db, record.id)
    agreed = record.agreed.get(Field.NARRATORS)
    title = record.agreed.get(Field.TITLE)
    data = NarratorsData(
        book=record.id,
        path=record.path,
        title=str(title.value) if title else None,
        agreed=AgreedData(_names(agreed.value), agreed.confidence, agreed.source.value, agreed.reason, agreed.verified)
        if agreed
        else None,
        sources=tuple(_source(one) for one in record.observations if one.field is Field.NARRATORS),
        listened=None
        if listened is None
        else ListenedData(
            listened.verdict.heard,
            _heard(listened.verdict),
            listened.verdict.agrees,
            listened.engine,
            listened.listened_at,
            listened.verdict.detail,
        ),
    )
    return Result(data)


def _source(observation: Observation) -> SourceData:
    method = _METHODS.get(observation.source, observation.source.value.replace("_", " "))
    return SourceData(
        _names(observation.value), observation.source.value, method, observation.confidence, observation.place
    )


def _heard(verdict: SpeechVerdict) -> tuple[HeardData, ...]:
    return tuple(
        HeardData(
            one.heard.name, one.heard.heard_as, one.place.value, one.heard.confidence, one.heard.score,
            one.heard.accepted,
        )
        for one in verdict.narrators
    )  # fmt: skip


def _names(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()

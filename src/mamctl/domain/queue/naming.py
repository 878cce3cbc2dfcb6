"""The names a finished book is filed under: what the site, the files and the catalogues agree on, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.extract import extract_people, extract_title
from mamctl.domain.metadata.merge import Agreement, rank_candidates
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source, Value
from mamctl.domain.metadata.source_priority import CREDIBLE
from mamctl.domain.queue.filing import FiledBook
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.series import SeriesEntry, parse_position

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.domain.site.search import TorrentRow


@dataclass(frozen=True, slots=True)
class NamedBook:
    """The values for the path, and all agreed values for the sidecar."""

    book: FiledBook
    values: Mapping[Field, Value]


@dataclass(frozen=True, slots=True)
class NamesNotAgreed:
    """Why a book is not filed: which of its names is missing or disputed."""

    detail: str


def observe_row(row: TorrentRow, seen_at: datetime) -> tuple[Observation, ...]:
    """What the site's row states of the book in its torrent."""
    origin = Origin(Source.TRACKER, f"torrent {row.id}", seen_at)
    series = tuple(SeriesEntry(entry.name, parse_position(entry.label)) for entry in row.series)
    return (
        *extract_title(origin, row.title, 0.95, people=row.authors),
        *extract_people(origin, Field.AUTHORS, row.authors, 0.95),
        *extract_people(origin, Field.NARRATORS, row.narrators, 0.95),
        *origin.observe(Field.SERIES, series, 0.95),
        *origin.observe(Field.LANGUAGE, parse_language(row.language) if row.language else None, 0.9),
    )


def observe_your_names(title: str | None, author: str | None, seen_at: datetime) -> tuple[Observation, ...]:
    """What you said the book is called."""
    origin = Origin(Source.USER, "mamctl queue retry ID", seen_at)
    return (
        *origin.observe(Field.TITLE, title, 1.0),
        *origin.observe(Field.AUTHORS, (author,) if author else None, 1.0),
    )


def name_book(observations: Iterable[Observation]) -> NamedBook | NamesNotAgreed:
    """The agreed names, or why there are none.

    Title and author must be stated, and no independent source may credibly state another one, unless a second one
    stands behind the winner or you said so.
    """
    decided = rank_candidates(observations)
    for field in (Field.TITLE, Field.AUTHORS):
        if field not in decided:
            return NamesNotAgreed(f"no source states its {_WORDS[field]}")
        if disputed := _disputed(decided[field]):
            return NamesNotAgreed(disputed)
    values = {field: agreement.winner.value for field, agreement in decided.items()}
    return NamedBook(_filed(values), values)


_WORDS = {Field.TITLE: "title", Field.AUTHORS: "author"}


def _disputed(agreement: Agreement) -> str | None:
    """Who contradicts the value, where only one source has it."""
    winner = agreement.winner
    if winner.source is Source.USER or len(winner.groups) > 1:
        return None
    rival = next(
        (
            other
            for other in agreement.others
            if other.groups - winner.groups and any(one.confidence >= CREDIBLE for one in other.observations)
        ),
        None,
    )
    if rival is None:
        return None
    word = _WORDS[agreement.field]
    return (
        f"{winner.source.value} says the {word} is {_spelt(winner.value)},"
        f" {rival.source.value} says {_spelt(rival.value)}"
    )


def _spelt(value: Value) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)


def _filed(values: Mapping[Field, Value]) -> FiledBook:
    series = cast("tuple[SeriesEntry, ...]", values.get(Field.SERIES, ()))
    main = series[0] if series else None
    narrators = cast("tuple[str, ...]", values.get(Field.NARRATORS, ()))
    year = values.get(Field.YEAR)
    language = values.get(Field.LANGUAGE)
    return FiledBook(
        author=_people(cast("tuple[str, ...]", values[Field.AUTHORS])),
        title=str(values[Field.TITLE]),
        series=main.name if main else None,
        position=main.position if main else None,
        narrator=_people(narrators) or None,
        year=None if year is None else str(year),
        language=None if language is None else str(language),
    )


def _people(names: tuple[str, ...]) -> str:
    """At most three of them: a full cast is not a name of a folder."""
    return ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")

"""The answer of `meta match`: the candidates for a book as data, as a list to read, as a choice at the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from enum import Enum

from mamctl.cli.commands.abs.corrections import CorrectionData, render_correction
from mamctl.cli.field_values import spell_value
from mamctl.cli.questions import at_words, read_line
from mamctl.dataclass import dataclass
from mamctl.domain.library.paths.reading import PathReading
from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.records import BookQuery
from mamctl.domain.matching.scoring import Candidate
from mamctl.domain.text.durations import spell_duration
from mamctl.domain.text.series import SeriesEntry
from mamctl.output.screen import Screen, Tone

SHOWN = 8
_NONE_LIKELY = 3
_SHOWN_READINGS = 3


@dataclass(frozen=True, slots=True)
class CandidateData:
    """One record with its score, 0..1; `source:id` is what `--choose` takes. Duration in seconds."""

    source: str
    id: str
    title: str
    subtitle: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    duration: float | None
    published: str | None
    language: str | None
    abridged: bool | None
    publisher: str | None
    asin: str | None
    isbn: str | None
    region: str | None
    url: str | None
    score: float
    penalties: tuple[Penalty, ...]

    @classmethod
    def of(cls, candidate: Candidate) -> CandidateData:
        """The candidate as it is shown."""
        record, match = candidate.record, candidate.match
        return cls(
            source=record.catalogue,
            id=record.id,
            title=record.title,
            subtitle=record.subtitle,
            authors=record.authors,
            narrators=record.narrators,
            series=record.series,
            duration=record.duration_s,
            published=record.published or record.first_published,
            language=record.language,
            abridged=record.abridged,
            publisher=record.publisher,
            asin=record.asin,
            isbn=record.isbn,
            region=record.region,
            url=record.url,
            score=match.score,
            penalties=match.penalties,
        )

    @property
    def key(self) -> str:
        """What `--choose` takes, without the part behind a blank that providers without ids add."""
        return f"{self.source}:{self.id.partition(' ')[0]}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the catalogues were asked about; None where nothing is known. Duration in seconds."""

    title: str | None
    author: str | None
    narrator: str | None
    duration: float | None
    asin: str | None
    isbn: str | None
    series: SeriesEntry | None
    language: str | None
    abridged: bool | None

    @classmethod
    def of(cls, query: BookQuery) -> Asked:
        """The query under the names that JSON has."""
        return cls(
            query.title, query.author, query.narrator, query.duration_s, query.asin, query.isbn, query.series,
            query.language, query.abridged,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatchData:
    """The verdict over all candidates; `chosen` is the candidate of a match, or the record that you chose, and
    `changed` the fields of the book that this choice changed. `keyless` are the catalogues that lack their key. Of a
    path, `readings` are all ways to read it, `answered` the index of the one asked about that was answered. After a
    choice, `audiobookshelf` is what it brought there (None where none is configured).
    """

    book: int | None
    asked: Asked
    verdict: str
    reason: str
    chosen: CandidateData | None
    chosen_by: str | None
    candidates: tuple[CandidateData, ...]
    keyless: tuple[str, ...]
    changed: tuple[str, ...] = ()
    readings: tuple[PathReading, ...] = ()
    answered: int | None = None
    requests: int | None = None
    audiobookshelf: CorrectionData | None = None


@dataclass(frozen=True, slots=True)
class ChoicesData:
    """Several books, and how many of them you decided on, passed over, or are left; `interactive` at a terminal.

    `audiobookshelf` is what the decisions brought there (None where none is configured, or without a decision).
    """

    books: tuple[MatchData, ...]
    chosen: int
    ruled_out: int
    skipped: int
    left: int
    interactive: bool
    audiobookshelf: CorrectionData | None = None


class Answer(Enum):
    """What the user says instead of a number."""

    NONE = "n"
    SKIP = "s"
    QUIT = "q"


def likely(candidates: Sequence[CandidateData]) -> Sequence[CandidateData]:
    """Those worth a look, the likeliest first: with any score, or the first few where none has one."""
    return [one for one in candidates if one.score > 0][:SHOWN] or candidates[:_NONE_LIKELY]


def _close(candidates: Sequence[CandidateData]) -> Sequence[CandidateData]:
    """Of those worth a look the ones that score at least half as much as the first."""
    found = likely(candidates)
    return [one for one in found if one.score >= found[0].score / 2]


def render_candidates(screen: Screen, candidates: Sequence[CandidateData]) -> None:
    """Numbered: the record and its title, then what tells it from the others, then why it scores less."""
    for number, one in enumerate(candidates, start=1):
        title = f"{one.title}: {one.subtitle}" if one.subtitle else one.title
        by = f" – {', '.join(one.authors)}" if one.authors else ""
        screen.line(screen.fit(f"{number:>2}  {one.key}  {one.score:.2f}  {title}{by}"))
        screen.flow(_traits(one), indent=4)
        if less := "; ".join(_less(penalty) for penalty in one.penalties if penalty.amount):
            screen.line(screen.fit(f"    {less}"), Tone.DIM)


def _traits(one: CandidateData) -> list[str]:
    """What tells one edition from another, as far as the catalogue knows it."""
    edition = {True: "abridged", False: "unabridged", None: None}[one.abridged]
    parts = (
        f"read by {', '.join(one.narrators)}" if one.narrators else "no narrator",
        spell_duration(one.duration) if one.duration else "no length",
        spell_value(one.series, "series") if one.series else None,
        one.published,
        edition,
        one.language,
        one.publisher,
        f"region {one.region}" if one.region else None,
    )
    return [text for text in parts if text]


def _less(penalty: Penalty) -> str:
    amount = f"{-penalty.amount:+.2f}".replace("-", "−")
    return f"{penalty.name.replace('_', ' ')} {amount} ({penalty.detail})"


def describe_query(query: BookQuery) -> list[str]:
    """What is known of the book, to compare the candidates with."""
    known = (
        f"{query.title or '?'} – {query.author or '?'}",
        f"read by {query.narrator}" if query.narrator else None,
        spell_duration(query.duration_s) if query.duration_s else None,
        spell_value((query.series,), "series") if query.series else None,
        query.language,
    )
    return [text for text in known if text]


def render_match(screen: Screen, data: MatchData | ChoicesData) -> None:
    """Of one book the verdict, the candidates and what you can do; of several what became of them."""
    if isinstance(data, MatchData):
        _render_one(screen, data)
    else:
        _render_several(screen, data)
    render_correction(screen, data.audiobookshelf)


def _render_several(screen: Screen, data: ChoicesData) -> None:
    if not data.books and not data.left:
        screen.line("No book is ambiguous.")
        return
    for one in () if data.interactive else data.books:  # at the terminal they have just been seen
        screen.heading(f"book {one.book}: {one.asked.title or '?'}: {one.reason}")
        render_candidates(screen, _close(one.candidates))
    if data.interactive and len(data.books) + data.left == 1:
        return
    counts = {"chosen": data.chosen, "ruled out": data.ruled_out, "passed over": data.skipped, "left": data.left}
    screen.line(", ".join(f"{count} {word}" for word, count in counts.items() if count))


def _render_one(screen: Screen, data: MatchData) -> None:
    screen.line(f"{data.verdict}: {data.reason}")
    for number, one in enumerate(data.readings[:_SHOWN_READINGS], start=1):
        series = "; ".join(" #".join(filter(None, (part.name, part.position))) for part in one.series)
        parts = " | ".join(filter(None, (one.title, ", ".join(one.authors), series)))
        screen.line(f"  reading {number} ({one.confidence:.0%}): {parts}")
    shown = likely(data.candidates)
    render_candidates(screen, shown)
    if len(data.candidates) > len(shown):
        screen.line(f"… and {len(data.candidates) - len(shown)} less likely; --json has them all")
    if data.chosen_by == "person" and data.chosen:
        new = screen.choose("new values of the book", "values of the book that would be new")
        screen.line(f"{new}: {', '.join(data.changed) or 'none'}", Tone.GOOD)
    elif data.keyless:
        screen.line(f"Skipped, no key configured: {', '.join(data.keyless)}")
    if data.book is not None and data.verdict == "ambiguous":
        screen.line(f"Choose one: mamctl meta match {data.book} --choose RECORD, or --none")


def ask_which(screen: Screen, candidates: Sequence[CandidateData]) -> CandidateData | Answer:
    """The candidate that the user names by its number or record, or what they say instead; asks until it is clear.

    The end of the input means to quit, an empty line to skip.
    """
    shown = likely(candidates)
    more = f", m all {len(candidates)}" if len(candidates) > len(shown) else ""
    which = f"1–{len(shown)}" if len(shown) > 1 else "1"
    while True:
        sys.stdout.write(at_words(f"Which one is it? {which}, n none of them, s skip{more}, q quit: "))
        sys.stdout.flush()
        line = read_line()
        text = line.strip().casefold()
        if not line:
            screen.line()
            return Answer.QUIT
        if text == "m" and more:
            shown, which, more = candidates, f"1–{len(candidates)}", ""
            render_candidates(screen, shown)
        elif (chosen := _meant(text, shown, candidates)) is not None:
            return chosen
        else:
            screen.line(f"“{line.strip()}” is not one of the choices.", Tone.WARN)


def _meant(
    text: str, shown: Sequence[CandidateData], candidates: Sequence[CandidateData]
) -> CandidateData | Answer | None:
    if text in {"", "s", "skip"}:
        return Answer.SKIP
    words = {"n": Answer.NONE, "none": Answer.NONE, "q": Answer.QUIT, "quit": Answer.QUIT}
    if text in words:
        return words[text]
    if re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= len(shown):
        return shown[int(text) - 1]
    return next((one for one in candidates if one.key.casefold() == text), None)

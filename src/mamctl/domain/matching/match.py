"""Which catalogue record, if any, is the book asked about: right rather than eager.

A score is 1 less its named penalties. Hard penalties tell two books or recordings apart and stay, whatever else
agrees; agreement elsewhere only makes up for doubts. The best candidate must be clearly ahead of every other
work and every other recording, or nothing is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import combinations

from mamctl.dataclass import dataclass
from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.people import compare_authors
from mamctl.domain.matching.recording import (
    compare_abridged,
    compare_languages,
    compare_lengths,
    compare_narrators,
)
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.title_input import TitleInput, known_words
from mamctl.domain.matching.title_markers import EditionMarker
from mamctl.domain.matching.title_variants import read_title
from mamctl.domain.matching.titles import compare_titles
from mamctl.domain.matching.words import SMALL_WORDS
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.identifiers import isbn13

# So many content words are hardly ever the title of two books: such a title needs less of an author.
_TELLING_TITLE = 4
_MOST_NEAR = 12  # candidates compared with each other; a search finds hardly more that fit
_CUT_SHORT = frozenset({"subtitle_missing", "subtitle_partly", "only_series_named"})
_AGREEING = frozenset({"duration_agrees", "narrator_agrees", "id_agrees"})
_OF_THE_RECORDING = frozenset({"other_narrator", "other_recording", "abridged", "language", "position"})


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """`accept` is the least score of a match, `possible` the least worth showing to you, `gap` the least
    distance to the best candidate that is another work or recording."""

    accept: float = 0.85
    possible: float = 0.6
    gap: float = 0.1


DEFAULT_MATCH_POLICY = MatchPolicy()


@dataclass(frozen=True, slots=True)
class MatchScore:
    """`score` in 0..1 is 1 less the sum of the penalties; `certain` when ISBN or ASIN agree."""

    score: float
    penalties: tuple[Penalty, ...]
    certain: bool = False

    @property
    def refused(self) -> bool:
        """Whether a difference rules this record out."""
        return any(penalty.hard for penalty in self.penalties)

    @property
    def other_work(self) -> bool:
        """Whether it is another work, not only another recording, place or language."""
        return any(penalty.hard and penalty.name not in _OF_THE_RECORDING for penalty in self.penalties)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record and how well it fits."""

    record: CatalogueRecord
    match: MatchScore


class VerdictKind(StrEnum):
    """What came of comparing all candidates."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`chosen` only for a match; `candidates` best first; `reason` is for people to read."""

    kind: VerdictKind
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    reason: str


def score(book_query: BookQuery, record: CatalogueRecord) -> MatchScore:
    """How well a record fits what is known of a book. What either side does not know costs nothing or little."""
    certain = _ids_agree(book_query.isbn, book_query.asin, record)
    found = (
        *compare_titles(_our_side(book_query), _their_side(record)),
        *_authors(book_query, record),
        *compare_narrators(_people(book_query.narrator), record.narrators),
        *compare_lengths(book_query.duration_s, record.duration_s),
        *compare_abridged(_abridged(book_query.abridged, book_query.title), _abridged(record.abridged, record.title)),
        *compare_languages(book_query.language, record.language),
        *((Penalty("id_agrees", -0.3, "the same ISBN or ASIN"),) if certain else ()),
    )
    return _sum_up(found, certain)


def judge_match(
    book_query: BookQuery, candidates: Iterable[CatalogueRecord], policy: MatchPolicy = DEFAULT_MATCH_POLICY
) -> Verdict:
    """The verdict over all candidates; it does not depend on their order."""
    return judge_scored((Candidate(record, score(book_query, record)) for record in candidates), policy)


def judge_scored(candidates: Iterable[Candidate], policy: MatchPolicy = DEFAULT_MATCH_POLICY) -> Verdict:
    """The same over candidates whose scores are known."""
    ranked = tuple(sorted(candidates, key=_rank))
    if not ranked or ranked[0].match.score < policy.possible or ranked[0].match.refused:
        return _no_match(ranked)
    best = ranked[0]
    if best.match.score < policy.accept:
        return Verdict(VerdictKind.AMBIGUOUS, None, ranked, f"the best candidate scores {best.match.score:.2f}")
    rivals = _rivals(ranked, policy)
    if rivals is not None:
        return Verdict(VerdictKind.AMBIGUOUS, None, ranked, f"{_name(rivals[0])} and {_name(rivals[1])} fit alike")
    return Verdict(VerdictKind.MATCH, best, ranked, f"{_name(best)} fits with {best.match.score:.2f}")


def same_recording(a: CatalogueRecord, b: CatalogueRecord) -> bool:
    """Whether two records may describe one recording of one work: another source's or region's listing of it."""
    if _ids_agree(a.isbn, a.asin, b):
        return True
    found = (
        *compare_titles(_their_side(a), _their_side(b)),
        *compare_authors(a.authors, b.authors),
        *compare_narrators(a.narrators, b.narrators),
        *compare_lengths(a.duration_s, b.duration_s),
        *compare_abridged(_abridged(a.abridged, a.title), _abridged(b.abridged, b.title)),
        *compare_languages(a.language, b.language),
    )
    return not any(penalty.hard for penalty in found) and sum(max(0.0, p.amount) for p in found) <= 0.25


def _sum_up(found: tuple[Penalty, ...], certain: bool) -> MatchScore:
    """Agreement gives back at most what doubts took: it can neither lift a hard penalty nor exceed 1."""
    kept = [penalty for penalty in found if penalty.amount > 0]
    doubts = sum([penalty.amount for penalty in kept if not penalty.hard])
    for penalty in found:
        if penalty.amount < 0:
            given = min(-penalty.amount, doubts)
            doubts -= given
            kept.append(Penalty(penalty.name, -round(given, 4) + 0.0, penalty.detail))
    value = 1 - sum([penalty.amount for penalty in kept])
    return MatchScore(round(min(1.0, max(0.0, value)), 4), tuple(kept), certain)


def _no_match(ranked: tuple[Candidate, ...]) -> Verdict:
    """None fits; but an ISBN or ASIN that agrees where the rest does not needs your decision."""
    certain = next((one for one in ranked if one.match.certain), None)
    if certain is not None:
        return Verdict(VerdictKind.AMBIGUOUS, None, ranked, f"the id of {_name(certain)} agrees, the rest does not")
    if not ranked:
        return Verdict(VerdictKind.NONE, None, ranked, "no candidate")
    if _is_unsaid_play(ranked):
        reason = f"{_name(ranked[0])} is dramatized, and its length is the same to the minute"
        return Verdict(VerdictKind.AMBIGUOUS, None, ranked, reason)
    against = max(ranked[0].match.penalties, key=lambda penalty: penalty.amount)
    return Verdict(VerdictKind.NONE, None, ranked, f"{_name(ranked[0])} is not the book: {against.detail}")


def _is_unsaid_play(ranked: tuple[Candidate, ...]) -> bool:
    """A full-cast recording whose files do not say so: that is the only difference, and its length agrees."""
    first, *others = ranked
    hard = {penalty.name for penalty in first.match.penalties if penalty.hard}
    close = any(
        penalty.name == "duration_agrees" and _is_to_the_minute(penalty.detail) for penalty in first.match.penalties
    )
    return hard == {"dramatized"} and close and all(other.match.refused for other in others)


def _is_to_the_minute(detail: str) -> bool:
    minutes = re.findall(r"\d+", detail)
    return len(minutes) == 2 and abs(int(minutes[0]) - int(minutes[1])) <= 1


def _rivals(ranked: tuple[Candidate, ...], policy: MatchPolicy) -> tuple[Candidate, Candidate] | None:
    """Two that fit nearly alike and are not one recording; being one recording is not transitive, so every pair counts.
    An id that agrees is more than any score."""
    best = ranked[0]
    near = [
        one
        for one in ranked
        if not one.match.refused and one.match.certain >= best.match.certain and _is_near(best, one, policy)
    ][:_MOST_NEAR]
    return next(
        ((one, other) for one, other in combinations(near, 2) if not same_recording(one.record, other.record)), None
    )


def _is_near(best: Candidate, other: Candidate, policy: MatchPolicy) -> bool:
    """Nearly as good a score; or both are called by the asked name only as far as the colon ("Halo: …")."""
    if other.match.score > best.match.score - policy.gap:
        return True
    return other.match.score >= policy.possible and _is_cut_short(best) and _is_cut_short(other)


def _is_cut_short(candidate: Candidate) -> bool:
    return any(penalty.name in _CUT_SHORT for penalty in candidate.match.penalties)


def _rank(candidate: Candidate) -> tuple[object, ...]:
    """Best first; among equals the record that knows most of the recording, then by source and id."""
    record, match = candidate.record, candidate.match
    known = sum(map(bool, (record.narrators, record.duration_s, record.series, record.asin, record.description)))
    agreeing = sum(penalty.name in _AGREEING for penalty in match.penalties)
    order = (_SOURCE_ORDER[record.source], record.region or "", record.id, _Spelled(record))
    return (match.refused, not match.certain, -match.score, -agreeing, -known, *order)


_SOURCE_ORDER = {source: at for at, source in enumerate(Source)}


class _Spelled:
    """A record in the order of its full text, which is written out only where all before it is equal."""

    __slots__ = ("record",)

    def __init__(self, record: CatalogueRecord) -> None:
        self.record = record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelled) and repr(self.record) == repr(other.record)

    def __hash__(self) -> int:
        return hash(repr(self.record))

    def __lt__(self, other: _Spelled) -> bool:
        return repr(self.record) < repr(other.record)


def _name(candidate: Candidate) -> str:
    record = candidate.record
    return f'"{record.title}" ({record.catalogue}:{record.id.partition(" ")[0]})'


def _people(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _our_side(book_query: BookQuery) -> TitleInput:
    series = ((book_query.series.name, book_query.series.position),) if book_query.series else ()
    return TitleInput(
        book_query.title or "", "", series, known_words(book_query.author or "", book_query.narrator or "")
    )


def _their_side(record: CatalogueRecord) -> TitleInput:
    dates = (date[:4] for date in (record.published, record.first_published) if date)
    series = tuple((entry.name, entry.position) for entry in record.series)
    known = known_words(*record.authors, *record.narrators, record.publisher or "", *dates)
    return TitleInput(record.title, record.subtitle or "", series, known)


def _authors(book_query: BookQuery, record: CatalogueRecord) -> tuple[Penalty, ...]:
    found = compare_authors(_people(book_query.author), record.authors)
    if found and found[0].name == "author_missing" and _is_telling(book_query.title or ""):
        return (Penalty("author_missing", 0.12, f"{found[0].detail}, but the title is a distinctive one"),)
    return found


def _is_telling(title: str) -> bool:
    main_title = read_title(title).variants[0].main_title
    return len([word for word in main_title if word not in SMALL_WORDS]) >= _TELLING_TITLE


def _abridged(stated: bool | None, title: str | None) -> bool | None:
    """The stated value, else the one in the title."""
    markers = read_title(title or "").markers
    if stated is not None:
        return stated
    return True if EditionMarker.ABRIDGED in markers else False if EditionMarker.UNABRIDGED in markers else None


def _ids_agree(isbn: str | None, asin: str | None, record: CatalogueRecord) -> bool:
    if asin and record.asin and asin.upper() == record.asin.upper():
        return True
    return bool(isbn and record.isbn) and isbn13(isbn or "") == isbn13(record.isbn or "")

"""How well one catalogue record fits what is known of a book: a score of 1 less its named penalties.

Hard penalties tell two books or recordings apart and stay, whatever else agrees; agreement elsewhere only makes up for
doubts. Most of what a search answers is another book by its author or by a word of its title, which costs little to
see; the whole score of such a record is worked out only where somebody asks for it.
"""

from __future__ import annotations

from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.people import OTHER_AUTHOR, are_strangers, compare_authors
from mamctl.domain.matching.recording import (
    LengthVerdict,
    compare_abridged,
    compare_languages,
    compare_lengths,
    compare_narrators,
    judge_lengths,
)
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.title_input import TitleInput, known_words
from mamctl.domain.matching.title_markers import EditionMarker
from mamctl.domain.matching.title_variants import read_title
from mamctl.domain.matching.titles import compare_titles
from mamctl.domain.matching.unlike_titles import UNLIKE, are_unlike
from mamctl.domain.matching.words import SMALL_WORDS
from mamctl.domain.text.identifiers import isbn13
from mamctl.domain.text.series import SeriesEntry

# So many content words are hardly ever the title of two books: such a title needs less of an author.
_TELLING_TITLE = 4
_OF_THE_RECORDING = frozenset({"other_narrator", "other_recording", "abridged", "language", "position"})


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


class Candidate:
    """A record beside the query that it may answer.

    `ceiling` is the most that its score can be by what costs little to compare; below 1 it is refused.
    """

    __slots__ = ("_match", "_other_work", "_titles", "book_query", "ceiling", "record")

    def __init__(self, book_query: BookQuery, record: CatalogueRecord) -> None:
        self.book_query = book_query
        self.record = record
        self._match: MatchScore | None = None
        self._titles = _our_side(book_query), their_side(record)
        work = _most_of_work(book_query, record, *self._titles)
        self._other_work = work < 1
        self.ceiling = work if self._other_work else _most_of_recording(book_query, record)

    @property
    def match(self) -> MatchScore:
        """How well the record fits, worked out when it is first asked for."""
        if self._match is None:
            self._match = _score(self.book_query, self.record, *self._titles)
        return self._match

    @property
    def ruled_out(self) -> bool:
        """Whether the score is known to be refused without having been worked out."""
        return self.ceiling < 1

    @property
    def certain(self) -> bool:
        """As `MatchScore.certain`."""
        return ids_agree(self.book_query.isbn, self.book_query.asin, self.record)

    @property
    def other_work(self) -> bool:
        """As `MatchScore.other_work`."""
        return self._other_work or self.match.other_work

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Candidate):
            return NotImplemented
        return self.book_query == other.book_query and self.record == other.record

    def __hash__(self) -> int:
        return hash((self.book_query, self.record))

    def __repr__(self) -> str:
        return f"Candidate({self.record!r}, {self.match!r})"


def score(book_query: BookQuery, record: CatalogueRecord) -> MatchScore:
    """How well a record fits what is known of a book. What either side does not know costs nothing or little."""
    return _score(book_query, record, _our_side(book_query), their_side(record))


def _score(book_query: BookQuery, record: CatalogueRecord, ours: TitleInput, theirs: TitleInput) -> MatchScore:
    certain = ids_agree(book_query.isbn, book_query.asin, record)
    found = (
        *compare_titles(ours, theirs),
        *_authors(book_query, record),
        *compare_narrators(_people(book_query.narrator), record.narrators),
        *compare_lengths(book_query.duration_s, record.duration_s),
        *compare_abridged(abridged(book_query.abridged, book_query.title), abridged(record.abridged, record.title)),
        *compare_languages(book_query.language, record.language),
        *((Penalty("id_agrees", -0.3, "the same ISBN or ASIN"),) if certain else ()),
    )
    return _sum_up(found, certain)


def same_recording(a: CatalogueRecord, b: CatalogueRecord) -> bool:
    """Whether two records may describe one recording of one work: another source's or region's listing of it."""
    if ids_agree(a.isbn, a.asin, b):
        return True
    found = (
        *compare_titles(their_side(a), their_side(b)),
        *compare_authors(a.authors, b.authors),
        *compare_narrators(a.narrators, b.narrators),
        *compare_lengths(a.duration_s, b.duration_s),
        *compare_abridged(abridged(a.abridged, a.title), abridged(b.abridged, b.title)),
        *compare_languages(a.language, b.language),
    )
    return not any(penalty.hard for penalty in found) and sum(max(0.0, p.amount) for p in found) <= 0.25


def _most_of_work(book_query: BookQuery, record: CatalogueRecord, ours: TitleInput, theirs: TitleInput) -> float:
    """The most that the score can be by the authors and the words of the titles; 1 leaves it open."""
    if are_strangers(_people(book_query.author), record.authors):
        return 1 - OTHER_AUTHOR
    return 1 - UNLIKE if are_unlike(ours, theirs) else 1.0


def _most_of_recording(book_query: BookQuery, record: CatalogueRecord) -> float:
    """The most that the score can be by length, narrator and language; 1 leaves it open."""
    other_length = judge_lengths(book_query.duration_s, record.duration_s) is LengthVerdict.OTHER
    found = (
        *(compare_lengths(book_query.duration_s, record.duration_s) if other_length else ()),
        *compare_narrators(_people(book_query.narrator), record.narrators),
        *compare_languages(book_query.language, record.language),
    )
    return round(max(0.0, 1 - sum([penalty.amount for penalty in found if penalty.hard])), 4)


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


def _people(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _our_side(book_query: BookQuery) -> TitleInput:
    return _side_of_query(book_query.title or "", book_query.series, book_query.author or "", book_query.narrator or "")


@lru_cache(maxsize=128)
def _side_of_query(title: str, series: SeriesEntry | None, author: str, narrator: str) -> TitleInput:
    entries = ((series.name, series.position),) if series else ()
    return TitleInput(title, "", entries, known_words(author, narrator))


def their_side(record: CatalogueRecord) -> TitleInput:
    """A record's side of a comparison of titles."""
    dates = tuple([date[:4] for date in (record.published, record.first_published) if date])
    people = (*record.authors, *record.narrators, record.publisher or "", *dates)
    return _side_of_record(record.title, record.subtitle or "", record.series, people)


@lru_cache(maxsize=1_024)
def _side_of_record(title: str, subtitle: str, series: tuple[SeriesEntry, ...], known: tuple[str, ...]) -> TitleInput:
    entries = tuple((entry.name, entry.position) for entry in series)
    return TitleInput(title, subtitle, entries, known_words(*known))


def _authors(book_query: BookQuery, record: CatalogueRecord) -> tuple[Penalty, ...]:
    found = compare_authors(_people(book_query.author), record.authors)
    if found and found[0].name == "author_missing" and _is_telling(book_query.title or ""):
        return (Penalty("author_missing", 0.12, f"{found[0].detail}, but the title is a distinctive one"),)
    return found


def _is_telling(title: str) -> bool:
    main_title = read_title(title).variants[0].main_title
    return len([word for word in main_title if word not in SMALL_WORDS]) >= _TELLING_TITLE


def abridged(stated: bool | None, title: str | None) -> bool | None:
    """The stated value, else the one in the title."""
    if stated is not None:
        return stated
    markers = read_title(title or "").markers
    return True if EditionMarker.ABRIDGED in markers else False if EditionMarker.UNABRIDGED in markers else None


def ids_agree(isbn: str | None, asin: str | None, record: CatalogueRecord) -> bool:
    """Whether the record has this ASIN or ISBN."""
    if asin and record.asin and asin.upper() == record.asin.upper():
        return True
    return bool(isbn and record.isbn) and isbn13(isbn or "") == isbn13(record.isbn or "")

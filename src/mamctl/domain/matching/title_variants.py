"""The parts of a written title: the words that name the book, and the extra text people add.

"Lantern Cycle, Book 2 - The Salt Road (Unabridged)" names "The Salt Road"; the rest is series, place in it and
form. Which part is the name cannot be told from the text alone ("Salt: A History" against "Mistborn: The Final
Empire"), so a title has several variants, and the comparison takes the pair that agrees best.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.matching.title_markers import EditionMarker, take_markers, take_part
from mamctl.domain.text.common_words import GENERIC_WORDS
from mamctl.domain.text.numbers import as_number, parse_count
from mamctl.domain.text.title_words import clean_title, words_of
from mamctl.regex import regex

_LONGEST = 400  # characters; more is a description that strayed into the title
_MOST_SEGMENTS = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a title between separators. `position` is its labelled place in a series ("2", "1-3"); a volume's
    ("Vol. 2") is the work's own, not a series'."""

    words: tuple[str, ...]
    position: str | None = None
    bracketed: bool = False
    is_volume: bool = False


class Where(StrEnum):
    """Where extra text stands relative to the name: a series goes before, a subtitle after."""

    BEFORE = "before"
    AFTER = "after"
    BRACKET = "bracket"


@dataclass(frozen=True, slots=True)
class Extra:
    """Words besides the main title."""

    words: tuple[str, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class TitleVariant:
    """`main_title` names the book; `extras` is everything else. `position` belongs to `series`, or to the main_title
    itself when `series` is None ("The Salt Road, Book 2"). `rank` 0 is the most usual variant. `of_the_work`: a volume
    of the work, or a number behind a name that is nothing else; `is_bare`: the number has no label."""

    main_title: tuple[str, ...]
    extras: tuple[Extra, ...]
    position: str | None
    series: tuple[str, ...] | None
    rank: int
    of_the_work: bool = False
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class TitleVariants:
    """All variants of one written title, at least one; `part` is "1" for "Part 1 of 2"."""

    variants: tuple[TitleVariant, ...]
    markers: frozenset[EditionMarker]
    part: str | None


_NUMBER = r"(?:\d{1,4}(?:\.\d{1,2})?(?:\s?-\s?\d{1,3}(?:\.\d{1,2})?)?|[a-z]{1,12})"
_LABEL = r"(?:book|bk|volume|vol|band|bd|tome|libro|deel|nr(?=\.)|v(?=\d))\.?"
_VOLUME = regex(r"vol(?:ume)?\.?\s*$")
_PLACE = regex(
    rf"^(?P<before>.*?)[\s,]*(?:\b{_LABEL}\s*\#?\s*|\#\s?)(?P<number>{_NUMBER})"
    r"(?:\s+(?:of|in)\s+(?:the\s+)?(?P<whole>\D.*))?(?P<after>[\s,.].*)?$"
)
_ORDINAL_PLACE = regex(
    r"^(?:the\s+)?(?P<number>[a-z]+)\s+(?:book|novel|volume|instal?lment)\s+(?:of|in)\s+(?:the\s+)?(?P<whole>.+)$"
)
_BARE_START = regex(r"^(?P<number>\d{1,3}(?:\.\d{1,2})?(?:-\d{1,3})?)(?:\.\s+|$)(?P<rest>.*)$")
_BARE_END = regex(r"^(?P<before>\D.*?)[\s,]+(?P<number>\d{1,2}(?:\.\d{1,2})?)$")
_NUMBERED = regex(r"(?<=[\w,])\s+no\.?\s*(?=\d{1,3}\s*[)\]])")  # "(Lantern Cycle, No. 2)"
_NOVEL = regex(
    r",\s+(?=an? (?:novel|novella|memoir|thriller|mystery|romance|fantasy|story|true story)\b[^,:(\[]*$)"
    r"|\.\s+(?=(?:ein )?(?:roman|thriller|krimi|kriminalroman|novelle)\s*$)"
    r"|[,;]\s+(?=or,\s)|,\s+(?=or(?: \w+){3})"
)
_EDITION = regex(
    r"[\s,(\[:-]*\b(?:(?:\d+(?:st|nd|rd|th)|first|second|third|(?:[a-z]+[ -])?[a-z]+th(?=[ -]anniversary)"
    r"|anniversary|revised|updated|expanded|special|deluxe"
    r"|international|extended|illustrated|audio|audible|unabridged|legacy|definitive|collectors?|kindle|annotated|uk|us"
    r"|authors?|preferred|and|&)\s+)+(?:editions?\b|ed\.)[)\]]?"
    r"|[\s,]*[(\[]\s*version \d+\s*[)\]]|[\s,(\[:-]*\b(?:\d+th|[a-z]+th)[ -]anniversary\b[)\]]?\s*$"
    r"|[,(\[:-]+\s*(?:the )?(?:authors|directors) cut\b[)\]]?|[\s,(\[-]+(?:cd|disc|disk)\s?\d{1,2}\b[)\]]?"
    r"|[(\[]\s*(?:movie |tv )?tie[ -]in[^)\]]*[)\]]"
    r"|[,(\[:-]+\s*(?:completely |fully |newly )?(?:revised|updated|expanded)"
    r"(?:(?:,| and)+ (?:revised|updated|expanded))*\s*(?:[)\]]|$)"
    r"|[\s,(\[:-]*\b(?:an )?audible originals?(?: \w+)?\s*(?:[)\]]|$)"
    r"|[,(\[:-]+\s*(?:[\w#]+ ){0,5}(?:bestseller|book club(?: pick| edition)?)\s*(?=[)\](\[]|$)[)\]]?"
)
_EDITION_WORDS = (
    "edition ed. version anniversary cut cd disc disk tie revised updated expanded original bestseller club".split()
)
"""Words of which one stands in every text that `_EDITION` finds; looking for them is quicker."""
_NOISE = regex(
    r"\d+ ?k(?:bps|bit)?|\d+(?:\.\d+)? ?[mg]b|mp3|m4[ab]|flac|aac|vbr|v0|retail|nmr|audio ?books?|audio|horbuch|livre"
    r"|\d{1,3}[.;:]\d{2}(?:[.;:]\d{2})?|b0[0-9a-z]{8}|(?:97[89])?\d{9}[\dx]"
)
_READER = regex(
    r"^(?:read|narrated|performed|gelesen|gesprochen|lu|narrado|written)\s+(?:for you\s+)?(?:by|von|par|por)\b.*"
)
_READ_BY = regex(r"(?<=\w),?\s+(?:read|narrated|performed|gelesen)\s+(?:for you\s+)?(?:by|von)\s[^()\[\]]*$")
_EXTENSION = regex(r"\.(?:m4[ab]|mp3|flac|aac|ogg|opus|wma)$")
_BRACKETS = regex(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_SEPARATORS = regex(r"\s+-+\s+|\s*:\s+|:(?!\d)|\s+[|/]\s+|;\s+|\s-(?=\S)|(?<=\w)-\s+")
_TWO_WORKS = regex(r"(?P<one>[^/()\[\]]*[a-z0-9][^/()\[\]]*) / (?P<other>[^/()\[\]]*[a-z0-9]{2,}[^/()\[\]]*)")
_NAMELESS = GENERIC_WORDS | {"a", "an", "the"}
_YEAR = regex(r"(?:1[4-9]|20)\d{2}")


class _People:
    """The words of known names; `looked_for` are the words that were tried as a name, in their order."""

    __slots__ = ("looked_for", "words")

    def __init__(self, words: frozenset[str]) -> None:
        self.words = words
        self.looked_for: list[tuple[str, ...]] = []

    def have(self, words: tuple[str, ...]) -> bool:
        self.looked_for.append(words)
        return self.words.issuperset(words)


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    found: TitleVariants
    looked_for: tuple[tuple[str, ...], ...]


def read_title(text: str, people: frozenset[str] = frozenset()) -> TitleVariants:
    """All variants of a title. `people` are the words of known names, so that "… by Mara Vell" is seen through."""
    return (_read_title(text, people) if has_name(text, people) else _read_title(text, _NO_PEOPLE)).found


def has_name(text: str, people: frozenset[str]) -> bool:
    """Whether the title is read otherwise with these words of names than without: hardly any title is, so that it is
    read once for all the names that it is compared by."""
    return any(map(people.issuperset, _read_title(text, _NO_PEOPLE).looked_for))


_NO_PEOPLE: frozenset[str] = frozenset()


@lru_cache(maxsize=2_048)
def _read_title(text: str, names: frozenset[str]) -> _Reading:
    people = _People(names)
    plain, markers = take_markers(_EXTENSION.sub("", clean_title(text[:_LONGEST])))
    if (two := _TWO_WORKS.fullmatch(plain)) and len(words_of(two["one"])) and len(words_of(two["other"])):
        markers |= {EditionMarker.OMNIBUS}
    plain = _NOVEL.sub(": ", _NUMBERED.sub(" #", _READ_BY.sub("", plain)))
    if any(word in plain for word in _EDITION_WORDS):
        plain = _EDITION.sub(" ", plain)
    plain, part = take_part(plain, dramatized=EditionMarker.DRAMATIZED in markers)
    segments = _segments(plain, people)
    found = TitleVariants(_variants(segments) or (_whole(text),), markers, part)
    return _Reading(found, tuple(dict.fromkeys(people.looked_for)))


def _whole(text: str) -> TitleVariant:
    return TitleVariant(words_of(text), (), None, None, 0)


def _segments(text: str, people: _People) -> list[Segment]:
    """The pieces in their order, brackets last, without noise, names of people and years of publication."""
    bracketed = [piece for piece in _BRACKETS.findall(text) if piece.strip()]
    pieces = _SEPARATORS.split(_BRACKETS.sub(" - ", text))
    open_ = [segment for piece in pieces for segment in _read_piece(_without_author(piece, people))]
    closed = [segment for piece in bracketed for segment in _read_bracket(piece)]
    kept = [one for one in open_ if not _is_people(one.words, people)] or open_
    return [*kept, *closed][:_MOST_SEGMENTS]


def _read_bracket(piece: str) -> list[Segment]:
    """One or more series stand in a bracket: "(A, #1; B, #4)"; years and technical notes are not statements."""
    if _YEAR.fullmatch(piece.strip()):
        return []
    parts = [segment for part in piece.split(";") for segment in _read_piece(part)]
    return [Segment(part.words, part.position, bracketed=True, is_volume=part.is_volume) for part in parts]


def _read_piece(piece: str) -> list[Segment]:
    """A piece between separators as segments: usually one, none for noise, two for "02. The Salt Road"."""
    piece = " ".join(word for word in piece.split() if not _NOISE.fullmatch(word.strip(",."))).strip(" ,.-")
    if not piece or _NOISE.fullmatch(piece) or _READER.match(piece):
        return []
    if bare := _BARE_START.match(piece):
        rest = words_of(bare["rest"])
        return [Segment((), _position(bare["number"])), *([Segment(rest)] if rest else [])]
    return _read_place(piece) or [Segment(words_of(piece))]


def _read_place(piece: str) -> list[Segment]:
    """A labelled place in a series: "Lantern Cycle, Book 2", "Book Two of the Lantern Cycle", "#2"."""
    if (found := _ORDINAL_PLACE.match(piece)) and (number := as_number(found["number"])):
        return [Segment(words_of(found["whole"]), number)]
    found = _PLACE.match(piece)
    if found is None or (position := _position(found["number"])) is None:
        return []
    name = words_of(found["before"])
    whole, after = words_of(found["whole"] or ""), words_of(found["after"] or "")
    if whole:
        return [*([Segment(name)] if name else []), Segment(whole, position)]
    volume = bool(_VOLUME.search(piece[found.end("before") : found.start("number")]))
    return [Segment(name, position, is_volume=volume), *([Segment(after)] if after else [])]


def _position(text: str) -> str | None:
    first, dash, last = (part.strip() for part in text.partition("-"))
    low, high = _place_number(first), _place_number(last) if dash else None
    return f"{low}-{high}" if low and high else low


def _place_number(text: str) -> str | None:
    """A number as titles have it, or as a word of another language after a label: "Band Zwei"."""
    number = as_number(text) or parse_count(text)
    return str(number) if number else None


def _without_author(piece: str, people: _People) -> str:
    """ "The Salt Road by Mara Vell" → "The Salt Road", if Mara and Vell are the author's names."""
    for sign in (" by ", " of "):
        before, by, name = piece.rpartition(sign)
        words = words_of(name)
        if by and before.strip() and words and (len(words) > 1 or sign == " of ") and people.have(words):
            return before
    return piece


def _is_people(words: tuple[str, ...], people: _People) -> bool:
    return len(words) > 1 and people.have(words)


def _variants(segments: list[Segment]) -> tuple[TitleVariant, ...]:
    """Each open segment may be the name, the first most likely; or all of them together are."""
    opened = [segment for segment in segments if not segment.bracketed and segment.words]
    chosen = opened or [segment for segment in segments if segment.words]
    whole = _joined(segments, opened) if len(opened) > 1 else []
    telling = [segment for segment in chosen if not _NAMELESS.issuperset(segment.words)] or chosen
    single = [_with_main_title(segments, main_title, rank) for rank, main_title in enumerate(telling)]
    bare = [variant for segment in opened[:1] for variant in _bare_variants(segments, segment, len(single))]
    return (*single, *whole, *bare)


def _joined(segments: list[Segment], opened: list[Segment]) -> list[TitleVariant]:
    """All open segments as one name: "Star Wars" + "Thrawn"; a labelled number keeps its own place."""
    words = tuple(word for segment in opened for word in segment.words)
    labelled = next((segment for segment in segments if segment.position), None)
    extras = _extras_of(segments, [segment for segment in segments if not segment.bracketed])
    position = labelled.position if labelled else None
    series = labelled.words if labelled and not labelled.is_volume else None
    return [TitleVariant(words, extras, position, series, len(opened))]


def _with_main_title(segments: list[Segment], main_title: Segment, rank: int) -> TitleVariant:
    at = next(index for index, segment in enumerate(segments) if segment is main_title)
    segments = [*(_with_bare_place(segment) for segment in segments[:at]), *segments[at:]]
    labelled = next((segment for segment in segments if segment.position and segment is not main_title), None)
    extras = _extras_of(segments, [main_title])
    if labelled is not None and labelled.is_volume and labelled.words and not labelled.bracketed:
        return TitleVariant(main_title.words, extras, labelled.position, None, rank, of_the_work=True)
    if labelled is not None:
        return TitleVariant(main_title.words, extras, labelled.position, labelled.words or None, rank)
    alone = main_title.position is not None and len([one for one in segments if one.words]) == 1
    return TitleVariant(
        main_title.words, extras, main_title.position, None, rank, of_the_work=main_title.is_volume or alone
    )


def _with_bare_place(segment: Segment) -> Segment:
    """ "Lantern Cycle 3" before a name, where the number is the place in that series."""
    if segment.position or segment.bracketed or len(segment.words) < 2:
        return segment
    *name, last = segment.words
    number = as_number(last)
    return Segment(tuple(name), number) if number and len(number) < 3 else segment


def _extras_of(segments: list[Segment], main_title: list[Segment]) -> tuple[Extra, ...]:
    """Every other segment and where it stands."""
    first = next(index for index, segment in enumerate(segments) if any(segment is one for one in main_title))
    return tuple(
        Extra(
            segment.words,
            Where.BRACKET if segment.bracketed else Where.BEFORE if index < first else Where.AFTER,
        )
        for index, segment in enumerate(segments)
        if segment.words and not any(segment is one for one in main_title)
    )


def _bare_variants(segments: list[Segment], first: Segment, rank: int) -> list[TitleVariant]:
    """ "The Salt Road 2" with the number as a place in a series."""
    found = _BARE_END.match(" ".join(first.words))
    if found is None or first.position is not None:
        return []
    main_title = words_of(found["before"])
    return [
        TitleVariant(main_title, _extras_of(segments, [first]), as_number(found["number"]), None, rank, is_bare=True)
    ]

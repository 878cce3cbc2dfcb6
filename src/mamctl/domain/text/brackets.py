"""What a bracket in a name or title means: a year, an edition, data about files, a reader, a series, or text.

`read_bracket` answers without changing anything; `TitleText` collects what several brackets say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field
from enum import StrEnum
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.text.credits import AUTHOR, NARRATOR, looks_like_names, parse_credits, role_of, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.durations import parse_duration
from mamctl.domain.text.identifiers import find_asin, parse_asin, parse_isbn
from mamctl.domain.text.languages import language_code, parse_language
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.numbers import COUNTED
from mamctl.domain.text.person_weight import person_weight
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import A_LABEL, LABELLED, SeriesEntry, parse_position, parse_series
from mamctl.domain.text.vocabulary import (
    A_READING,
    ABRIDGED_MARK,
    AN_ABRIDGEMENT,
    MEDIA_PIECE,
    READ_BY,
    SERIES_WORDS,
    is_abridged,
    is_edition_note,
    is_form,
    is_read_by_author,
    is_shelf,
)
from mamctl.regex import regex


@dataclass(slots=True)
class TitleText:
    """Facts in a title besides the title itself. `position` has no series' name with it; `notes` were left out."""

    title: str = ""
    subtitle: str | None = None
    series: tuple[SeriesEntry, ...] = ()
    position: str | None = None
    narrators: tuple[str, ...] = ()
    year: int | None = None
    abridged: bool | None = None
    asin: str | None = None
    isbn: str | None = None
    language: str | None = None
    duration: float | None = None
    notes: list[str] = field(default_factory=list)

    def copy(self) -> TitleText:
        """The same facts, to be added to. A dozen times as quick as `replace`, for names are read again and again."""
        return TitleText(
            self.title, self.subtitle, self.series, self.position, self.narrators, self.year, self.abridged,
            self.asin, self.isbn, self.language, self.duration, list(self.notes),
        )  # fmt: skip

    def merge(self, other: TitleText) -> None:
        """Take over what is not known yet."""
        for name in ("position", "year", "asin", "isbn", "language", "duration", "abridged"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))
        self.series, self.narrators = self.series or other.series, self.narrators or other.narrators
        self.notes += other.notes


class Meaning(StrEnum):
    """What kind of thing a bracket is."""

    FACT = "fact"  # said for certain: a year, a reader, an edition
    NOTE = "note"  # about files or the edition: put aside
    SERIES = "series"  # with or without a place
    PLACE = "place"  # a place alone
    PEOPLE = "people"  # names without a word who they are
    PART = "part"  # "1 of 3": belongs to the title, which nothing else tells from the other parts
    TEXT = "text"  # part of the title


@dataclass(frozen=True, slots=True)
class Bracket:
    """A bracket's meaning, and what it says."""

    meaning: Meaning
    facts: TitleText = field(default_factory=TitleText)


_ABRIDGED = regex(rf"{ABRIDGED_MARK}\.?", re.IGNORECASE, needs=AN_ABRIDGEMENT)
_BITRATE = regex(r"\d{2,4}\s*k(?:b(?:it|ps|/s)?)?s?\b|\d[.,]?\d*\s*[mg]i?b\b", re.IGNORECASE)
_CLOCK = regex(r"\d{1,3}([:;.])\d{2}\1\d{2}")
_RATES = regex(r"[A-Z]{1,2}|\d{2,3}\.\d{2}")
_YEAR_INSIDE = regex(r"(?:^|[\s,.])((?:19|20)\d{2})(?=$|[\s,.])")
_YEARS = regex(r"[12]\d{3}\s*[-–]\s*[12]\d{3}")
_YEAR = regex(
    r"(?:©\s*|first published |published |audible |released )?([12]\d{3})(?:\s*(?:г|год|r|rok)\.?)?", re.IGNORECASE
)
_BEFORE_YEAR = regex(r"(?P<rest>.*[^\W\d].*?)[\s,.–-]+(?P<year>(?:1[5-9]|20)\d{2})")
_FILES_OF = regex(
    r"(?:disc|disk|cd|file|track|chapter)s?\s*\d{1,4}(?:\s*(?:of|von|/)\s*\d{1,4})?|(?:mp3|m4b)\s*[-–]?\s*\d{2,3}",
    re.IGNORECASE,
)
_MOST_PARTS = 8  # of a list in a bracket
_COUNT = r"(?:\d{1,3}|[^\W\d_]{1,6})"
_PART_OF = regex(rf"(?:parts?|teil|pt|vol(?:ume)?)?\.?\s*{_COUNT}\s*(?:of|von|/)\s*{_COUNT}", re.IGNORECASE)
_READ = regex(rf"(?:{READ_BY})(?P<names>\S.*)", re.IGNORECASE, needs=A_READING)
_NOTED_READER = regex(r"(?P<note>[^-]+) - (?P<names>[^-]+)")
_OTHER_NAME = regex(
    r"(?:(?:also |now )?(?:writing|written|published|publishing|known) as|a\.?\s?k\.?\s?a\.?"
    r"|pseud(?:onym)?\.?(?: (?:of|for))?:?|pen name of|alias|alter ego of|sous le nom de|unter dem pseudonym"
    r"|(?P<as>as))\s+(?P<name>\S.*)",
    re.IGNORECASE,
)
_BARE_NUMBER = regex(r"\d{1,3}(?:\s*[-–]\s*\d{1,3})?")
_LABEL = regex(LABELLED, re.IGNORECASE, needs=A_LABEL, rare=COUNTED)
_DRAMATIZED = regex(r"dramati[sz]ed|dramatisation|dramatization|adaptation", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def read_bracket(content: str, kind: str = "(") -> Bracket:
    """The meaning of a bracket's content; `kind` is the sign that opens it."""
    for read in _READERS:
        found = read(content, kind)
        if found is not None:
            return found
    return Bracket(Meaning.TEXT)


def _note(content: str) -> Bracket:
    return Bracket(Meaning.NOTE, TitleText(notes=[content]))


def _read_identifier(content: str, _: str) -> Bracket | None:
    asin = parse_asin(content) if content == content.upper() else None
    labelled = re.match(r"(?:asin|audible)\W*", content, re.IGNORECASE)
    regional = re.fullmatch(r"(?:[A-Z]{2}\.)?(B0[A-Z0-9]{8})(?:_[a-z]{2})?", content)
    asin = asin or (find_asin(content.upper()) if labelled else regional[1] if regional else None)
    isbn = None if asin else parse_isbn(content)
    return Bracket(Meaning.FACT, TitleText(asin=asin, isbn=isbn)) if asin or isbn else None


def _read_edition(content: str, _: str) -> Bracket | None:
    mark = is_abridged(content)
    if mark is not None and (is_form(fold(content)) or _ABRIDGED.fullmatch(content)):
        return Bracket(Meaning.FACT, TitleText(abridged=mark))
    if is_read_by_author(content) or is_edition_note(content) or _is_role(content) or not content.strip(" .-"):
        return _note(content)
    return None


def _is_role(content: str) -> bool:
    """Whether this only says what the people before it did: "(editor)", "(ed.)"."""
    return role_of(content) is not None


def _read_list(content: str, kind: str) -> Bracket | None:
    """ "Unabridged, read by Tom Asher, 2015": each part for itself, where one names the reader or all are facts."""
    parts = [part for one in re.split(r"[,;|]|\s/\s", content) if (part := one.strip())]
    if len(parts) < 2 or len(parts) > _MOST_PARTS:
        return None
    read = [read_bracket(part, "[" if kind == "[" else "(") for part in parts]
    named = next((at for at, part in enumerate(parts) if _READ.fullmatch(part)), None)
    facts = {Meaning.FACT, Meaning.NOTE}
    if named is None and not all(one.meaning in facts for one in read):
        return None
    read_facts = TitleText()
    for at, (part, one) in enumerate(zip(parts, read, strict=True)):
        if one.meaning in facts:
            read_facts.merge(one.facts)
        elif one.meaning is Meaning.PEOPLE and named is not None and at > named:
            read_facts.narrators += split_people(part, NARRATOR)
        else:
            read_facts.notes = [*read_facts.notes, part]
    return Bracket(Meaning.FACT, read_facts)


def _read_files(content: str, _: str) -> Bracket | None:
    """Bit rate, size, length, container, or rates such as "U 96.22": whatever else stands in such a bracket."""
    left = MEDIA_PIECE.sub("", content)
    words = content.split()
    about = (
        bool(_BITRATE.search(content) or _FILES_OF.fullmatch(content) or is_form(content))
        or (left != content and (not any(char.isalnum() for char in left) or is_form(left)))
        or (bool(words) and "." in content and all(_RATES.fullmatch(word) for word in words))
    )
    if not about:
        return None
    facts = TitleText(notes=[content])
    if clock := _CLOCK.search(content):
        facts.duration = parse_duration(clock[0])
    if year := _YEAR_INSIDE.search(content):
        facts.year = int(year[1])
    return Bracket(Meaning.NOTE, facts)


def _read_part(content: str, _: str) -> Bracket | None:
    return Bracket(Meaning.PART) if _PART_OF.fullmatch(content) or _DRAMATIZED.search(content) else None


def _read_year(content: str, kind: str) -> Bracket | None:
    if _YEARS.fullmatch(content):
        return _note(content)
    alone = _YEAR.fullmatch(content)
    if alone and is_plausible_year(int(alone[1])):
        return Bracket(Meaning.FACT, TitleText(year=int(alone[1])))
    found = _BEFORE_YEAR.fullmatch(content)
    if found is None or not is_plausible_year(int(found["year"])):
        return None
    # "(Tom Asher, 2013)", "(Audible Studios 2013)": who, or what edition, of that year
    rest = found["rest"].strip(" ,.")
    inner = read_bracket(rest, kind)
    facts = TitleText(year=int(found["year"]), notes=[rest])
    if inner.meaning is Meaning.PEOPLE:
        facts.narrators, facts.notes = split_people(rest, NARRATOR), []
    elif inner.meaning in {Meaning.FACT, Meaning.NOTE} or is_publisher(rest):
        facts.merge(inner.facts)
    else:
        return None
    return Bracket(Meaning.FACT, facts)


def _read_reader(content: str, kind: str) -> Bracket | None:
    if reader := _READ.fullmatch(content):
        names = re.split(r"\s*-\s+|\s{2,}", reader["names"])[0]
        people = split_people(names, NARRATOR) if person_weight(names) > -1.5 or looks_like_names(names) else ()
        return Bracket(Meaning.FACT, TitleText(narrators=people)) if people else None
    if kind == "{" and looks_like_names(content):
        return Bracket(Meaning.FACT, TitleText(narrators=split_people(content, NARRATOR)))
    noted = _NOTED_READER.fullmatch(content)
    if noted and (is_form(noted["note"]) or is_edition_note(noted["note"])) and person_weight(noted["names"]) > 0:
        return Bracket(Meaning.FACT, TitleText(narrators=split_people(noted["names"], NARRATOR)))
    return None


def _read_series(content: str, _: str) -> Bracket | None:
    if _BARE_NUMBER.fullmatch(content):
        return Bracket(Meaning.PLACE, TitleText(position=parse_position(content)))
    if _LABEL.fullmatch(content.strip()):
        return Bracket(Meaning.PLACE, TitleText(position=parse_position(content)))
    named, _, place = content.rpartition(" - ")  # "(The Lantern Cycle - Book 01)"
    for text in (content, f"{named}, {place}" if named else ""):
        entries = tuple(entry for entry in parse_series(text, bare=True) if not _is_no_series(entry))
        if any(entry.position for entry in entries):
            return Bracket(Meaning.SERIES, TitleText(series=entries))
        words = fold(entries[0].name).split() if entries else []
        if words and words[-1] in SERIES_WORDS and len(words) > 1 and not is_shelf(entries[0].name):
            return Bracket(Meaning.SERIES, TitleText(series=entries))
    return None


def _is_no_series(entry: SeriesEntry) -> bool:
    """A year is not a place, nor is an edition, a container or a publisher a series."""
    year = entry.position is not None and re.fullmatch(r"[12]\d{3}", entry.position)
    return bool(year) or is_form(entry.name) or is_edition_note(entry.name) or is_publisher(entry.name)


def _read_language(content: str, kind: str) -> Bracket | None:
    words = [word for word in content.split() if not is_form(word)]
    code = kind == "[" and len(words) == 1 and len(words[0]) in {2, 3}  # "[PL]", "[audiobook ENG]"
    language = parse_language(words[0]) if code else parse_language(content) if len(content) > 3 else None
    if language is None or language_code(language) is None:
        return _note(content) if is_shelf(content) else None
    return Bracket(Meaning.FACT, TitleText(language=language))


def _read_other_name(content: str, _: str) -> Bracket | None:
    """ "(writing as Robert Gale)", "(as Robert Gale)": another name of the person before it."""
    found = _OTHER_NAME.fullmatch(content)
    if found is None or person_weight(found["name"]) <= (0.0 if found["as"] else -1.5):
        return None
    return _note(content)


def _read_people(content: str, _: str) -> Bracket | None:
    if re.search(r"\d", content):
        return None
    named = ", ".join(credit.name for credit in parse_credits(content) if credit.role in {None, AUTHOR, NARRATOR})
    return Bracket(Meaning.PEOPLE) if named and person_weight(named) > -1.3 else None


_READERS: tuple[Callable[[str, str], Bracket | None], ...] = (
    _read_identifier, _read_other_name, _read_edition, _read_list, _read_files, _read_part, _read_year, _read_reader,
    _read_series, _read_language, _read_people,
)  # fmt: skip

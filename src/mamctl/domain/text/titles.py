"""A title as people write it, taken apart: "The Salt Road: Lantern Cycle, Book 2 (Unabridged) [B00TEST123]"."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.brackets import Meaning, TitleText, read_bracket
from mamctl.domain.text.credits import looks_like_names, split_people
from mamctl.domain.text.normalize import restore_article, tidy
from mamctl.domain.text.numbers import COUNTED
from mamctl.domain.text.series import (
    A_LABEL,
    LABELLED,
    SeriesEntry,
    begins_as_set,
    fold_series,
    parse_position,
    parse_series,
)
from mamctl.domain.text.vocabulary import (
    A_READING,
    ABRIDGED_MARK,
    AN_ABRIDGEMENT,
    READ_BY,
    SERIES_WORDS,
    describes_itself,
    is_abridged,
    names_a_part,
)
from mamctl.regex import regex

LONGEST_TITLE = 400  # characters; the patterns below are not made for prose, and would take long over it
_BRACKET = regex(r"\[([^\[\]]*)\]|\(([^()]*)\)|\{([^{}]*)\}|<([^<>]*)>")
_MARKER = regex(rf"(?:^|[\s,:;–—-]+)(?<!\w){ABRIDGED_MARK}\.?\s*$", re.IGNORECASE, needs=AN_ABRIDGEMENT)
_READ_BY = regex(rf"(?:^|(?<=\W))(?:{READ_BY})(?P<names>[^\W\d].*)$", re.IGNORECASE, needs=A_READING)
_OF_THE_TITLE = frozenset({Meaning.TEXT, Meaning.PART, Meaning.PEOPLE})
_COLON = regex(r"\s*[:：꞉]\s+|\s+[:：꞉]\s*")
_LABEL = regex(LABELLED, re.IGNORECASE, needs=A_LABEL, rare=COUNTED)
_PLACE_THEN = regex(
    rf"(?P<head>[^;]+?{LABELLED});\s+(?P<tail>[^;]*[^\W\d][^;]*)", re.IGNORECASE, needs=A_LABEL, rare=COUNTED
)
_PLACE_OF = regex(
    rf"(?P<head>[^,]*[^\W_][^,]*), (?P<tail>{LABELLED} (?:of|der|des|aus) [^,]*[^\W\d_][^,]*)",
    re.IGNORECASE,
    needs=A_LABEL,
    rare=COUNTED,
)
_LABEL_LAST = regex(
    rf"(?P<title>[\W_]*[^\W_].*?)[\s,;:–—-]+(?P<label>{LABELLED})\s*$", re.IGNORECASE, needs=A_LABEL, rare=COUNTED
)


def parse_title(text: str) -> TitleText:
    """Takes off brackets that are known, markers, the reader, and series; what is left is the title.

    A title that would vanish is kept whole, and so is a text too long for a title.
    """
    return read_title(text).copy()


def read_title(text: str) -> TitleText:
    """What `parse_title` finds, shared by all who ask: to be read, not changed."""
    return _parse_title(text) if len(text) <= LONGEST_TITLE else TitleText(title=tidy(text))


@lru_cache(maxsize=2_048)
def _parse_title(text: str) -> TitleText:
    whole = tidy(text)
    found = TitleText()
    rest = take_brackets(whole, found)
    rest = take_markers(rest, found)
    _take_series(rest, found)
    found.title = restore_article(found.title) or rest or whole
    return found


def take_brackets(text: str, found: TitleText, gap: str = " ") -> str:
    """The text without the brackets whose content is understood, `gap` in their place; their content is in `found`."""
    kept, at = [], 0
    for match in _BRACKET.finditer(text):
        content = next(group for group in match.groups() if group is not None).strip()
        bracket = read_bracket(content, match[0][0])
        if bracket.meaning not in _OF_THE_TITLE:
            found.merge(bracket.facts)
            kept.append(text[at : match.start()])
            at = match.end()
    kept.append(text[at:])
    return tidy(gap.join(kept)).strip(" ,;:–—-")


def take_markers(text: str, found: TitleText) -> str:
    """The text without "Unabridged" and "read by NAME" at its end."""
    if (marker := _MARKER.search(text)) and marker.start():
        found.abridged = is_abridged(marker["mark"])
        text = text[: marker.start()]
    if (reader := _READ_BY.search(text)) and reader.start() and looks_like_names(reader["names"]):
        found.narrators = found.narrators or split_people(reader["names"], "narrator")
        text = text[: reader.start()]
    return text.strip(" ,;–—-")


def _take_series(text: str, found: TitleText) -> None:
    head, *tails = _COLON.split(text, maxsplit=1)
    tail = tails[0] if tails else ""
    if not tail and (split := _PLACE_THEN.fullmatch(text)) and _numbered(split["head"]):
        head, tail = split["head"], split["tail"]  # "Lantern Cycle, Book 3; The Salt Road"
    elif not tail and (split := _PLACE_OF.fullmatch(text)) and _names_series(split["tail"]):
        head, tail = split["head"], split["tail"]  # "The Salt Road, Book 2 of the Lantern Cycle"
    if tail and begins_as_set(text):
        entries = tuple(entry for entry in parse_series(tail, bare=True) if entry.position)
        found.series, found.title = found.series or entries, text  # "Box Set: Lantern Cycle 1-3"
    elif head and tail and (position := _label_alone(head)):
        found.position, found.title = found.position or position, tail
    elif head and tail and (entries := _numbered(head)) and describes_itself(tail):
        found.series, found.title, found.subtitle = found.series or entries, head, tail  # "Alpha 3: A LitRPG Adventure"
    elif head and tail and (entries := _numbered(head)):
        found.series, found.title = found.series or entries, tail
    elif head and tail and names_a_part(tail):
        found.title = text  # "The Salt Road: Part Two" is another book than its first part
    elif head and tail:
        _take_label_last(head, found)
        _take_subtitle(tail, found)
    else:
        _take_label_last(text, found)


def _take_subtitle(text: str, found: TitleText) -> None:
    """What stands after the colon: a series with its number, or a subtitle."""
    entries = _numbered(text)
    if entries:
        found.series = found.series or entries
    elif position := _label_alone(text):
        found.position = found.position or position
    else:
        found.subtitle = text


def _take_label_last(text: str, found: TitleText) -> None:
    """ "The Salt Road, Book 2": the number belongs to a series without a name here."""
    label = _LABEL_LAST.fullmatch(text)
    if label and names_a_part(label["label"]):
        label = None
    found.title = label["title"].strip(" ,;:–—-") if label else text
    if label:
        found.position = found.position or parse_position(label["label"])


def _numbered(text: str) -> tuple[SeriesEntry, ...]:
    entries = parse_series(text)
    return entries if any(entry.position for entry in entries) else ()


def _names_series(text: str) -> bool:
    """Whether "Book 2 of the Lantern Cycle" names a series; "Part 2 of the Trilogy" does not."""
    return any(fold_series(entry.name) not in SERIES_WORDS for entry in _numbered(text))


def _label_alone(text: str) -> str | None:
    return parse_position(text) if _LABEL.fullmatch(text.strip()) else None


def with_series_name(found: TitleText, name: str | None) -> tuple[SeriesEntry, ...]:
    """The series that a title names; a lone position goes to the series `name` when that is known otherwise, else the
    book is numbered by its own title: "The Salt Road, Vol. 2" is the second of "The Salt Road"."""
    if name is None:
        return found.series or ((SeriesEntry(found.title, found.position),) if found.position else ())
    known = [entry for entry in found.series if fold_series(entry.name) == fold_series(name)]
    position = known[0].position if known else found.position
    others = tuple(entry for entry in found.series if entry not in known)
    return (SeriesEntry(name, position), *others)

"""The lines of an NFO file: art removed, labels split from values, headings and spaced-out banners recognized."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mamctl.dataclass import dataclass
from mamctl.domain.library.labels import BOOK_HEADINGS, MEDIA_HEADINGS, Label, label_of, squeeze
from mamctl.domain.text.normalize import unescape
from mamctl.regex import regex

# Box drawing, blocks, shapes, and blanks: what stands around the text of a framed line.
_FRAME = "".join(map(chr, (*range(0x2500, 0x2600), *range(0x2600, 0x2700)))) + "|¦║ \t\v\f\xa0\u3000"
_BULLET = regex(r"^(?:\[[^\w\[\]]\]|\([^\w()]\)|[»*•·>+#~o°–—-]+(?=\s)|[»•·*>]+)\s*")
_RULE_CHARS = frozenset("=-_~*#+.:<>/\\|^ ")
_GAPS = (
    regex(r"\s*[.…·_]{2,}\s*[:=»>]?\s*"),  # dotted leaders
    regex(r"\s*[:=»：]+\s+|\s*[:=»：]\s*(?=\S)|\s*:\s*$"),
    regex(r"\s+[-–—>→▸►»]+\s+"),
    regex(r"\t+|\s{2,}"),
)
_LONGEST_LABEL = 40
_LONGEST_ROW = 1_000  # characters; longer is not a row of columns
_ITEM = regex(r"(?:[-–—*•·>+»]|\d{1,2}[.)])\s+\S")
_UNKNOWN_LABEL = regex(r"[^\W\d][^:=]{0,34}?[\s.…_]*(?:(?<!\d):(?!\d)|：|=)\s*\S")
_BBCODE = regex(
    r"\[/?(?:b|i|u|s|size|color|colour|center|left|right|quote|url|img|font|list|table|tr|td|th|hr|pre|code|spoiler|align|\*)"
    r"(?:=[^\]\n]{0,200})?\]",
    re.IGNORECASE,
)
_TAG = regex(r"</?[a-zA-Z!][^<>\n]{0,300}>")
_BREAK = regex(r"<br\s*/?>[ \t]*\n?|</(?:p|div|li|tr|h[1-6])>", re.IGNORECASE)
_CELL = regex(r"</t[dh]>\s*(?=<t[dh]\b)", re.IGNORECASE)
_ROW = regex(r"\s*\|\s*(?P<label>[^|]{1,40}?)\s*\|\s*(?P<value>[^|]+?)\s*\|?\s*")
_STARS = regex(r"\*{2,}")
_EMPHASIS = regex(r"(?<![^\W_])__(?=[^\W_])|(?<=[^\W_])__(?![^\W_])|^\s*#{1,6}\s+(?=\S)")
_SECOND = regex(r"(?<=\S)\s{2,}(?P<label>[^\W\d][\w ()/']{1,30}?)\s*[.…]*\s?[:=]\s")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` without art, `label` and `value` when it is labelled, `column` where the text begins.

    `is_item`: a bullet stood before it; `is_labelled`: something stands before a colon, known or not.
    """

    text: str
    column: int = 0
    label: Label | None = None
    value: str = ""
    is_rule: bool = False
    is_item: bool = False
    is_labelled: bool = False


def read_line(raw: str) -> Line:
    """The line without its art."""
    raw = raw.expandtabs()
    text = raw.strip(_FRAME)
    column = len(raw) - len(raw.lstrip())
    if not any(char.isalnum() for char in text):
        return Line("", column, is_rule=len(text) >= 3 and set(text) <= _RULE_CHARS)
    inner = text.strip("=-_~*#+<>/\\^ ") if text[0] in _RULE_CHARS and text[-1] in _RULE_CHARS else text
    bare = _BULLET.sub("", inner).strip()
    if not any(char.isalnum() for char in bare):
        return Line(text, column)
    item = bool(_ITEM.match(text))
    found = _labelled(bare)
    if found:
        return Line(bare, column, *found, is_item=item)
    if (alone := label_of(bare.rstrip(" :."))) is not None and (bare.endswith(":") or _is_heading(bare)):
        return Line(bare, column, alone, "", is_item=item)
    return Line(bare, column, is_item=item, is_labelled=bool(_UNKNOWN_LABEL.match(bare)))


def _is_heading(text: str) -> bool:
    """A label alone on its line, in capitals: "TITLE"."""
    return text.isupper() and len(text) > 3


def plain_lines(text: str) -> list[str]:
    """The lines of an NFO without BBCode, HTML and Markdown, a row of a table as label and value, and what stands in a
    second column on a line behind."""
    if "[" in text:
        text = _BBCODE.sub("", text)
    if "<" in text:
        text = unescape(_TAG.sub("", _BREAK.sub("\n", _CELL.sub("\t", text))))
    return [column for raw in text.split("\n") for column in _columns(_plain_row(raw))]


def _plain_row(raw: str) -> str:
    """A Markdown row without its signs: "| Title | X |" as "Title : X", "**Author:** X" as "Author: X"."""
    if "|" in raw and (row := _ROW.fullmatch(raw)) and label_of(row["label"].strip(" *")):
        return f"{row['label'].strip(' *')} : {row['value'].strip()}"
    return _EMPHASIS.sub("", _STARS.sub(_without_stars, raw))


def _without_stars(found: re.Match[str]) -> str:
    """Nothing in place of Markdown's stars; inside a word two stay ("d**n"), and more separate two words."""
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    if not (before.isalnum() and after.isalnum()):
        return ""
    return found[0] if len(found[0]) == 2 else " "


def _columns(raw: str) -> Iterator[str]:
    """A line at every known label that stands behind two blanks: "Title : X        Author : Y"."""
    if len(raw) > _LONGEST_ROW or "  " not in raw.strip():
        yield raw
        return
    begins = [
        found.start("label")
        for found in _SECOND.finditer(raw)
        if label_of(found["label"]) is not None and raw[: found.start()].strip(_FRAME)
    ]
    for start, end in pairwise((0, *begins, len(raw))):
        yield raw[start:end]


def _labelled(text: str) -> tuple[Label, str] | None:
    """The label and its value at the first gap before which a known label stands."""
    for gap in _GAPS:
        for found in gap.finditer(text, 0, _LONGEST_LABEL + 40):
            head = text[: found.start()]
            if not head or len(head) > _LONGEST_LABEL:
                break
            label = label_of(head)
            if label is not None:
                return label, _unquoted(text[found.end() :].strip(_FRAME))
            if gap is not _GAPS[2]:
                break
    return None


def _unquoted(value: str) -> str:
    """The value without a pair of quotes around it, and a list in square brackets as its items."""
    if value[:2] == '["' and value[-2:] == '"]':
        return value[1:-1].replace('"', "")
    return value[1:-1] if len(value) > 2 and value[0] == value[-1] == '"' and value.count('"') == 2 else value


def heading_of(text: str) -> str | None:
    """ "media", "book" or "description" when the line is a heading without value."""
    squeezed = squeeze(text.rstrip(":"))
    if squeezed in MEDIA_HEADINGS:
        return "media"
    if squeezed in BOOK_HEADINGS:
        return "book"
    return "description" if label_of(text.rstrip(":")) is Label.DESCRIPTION else None


def join_spaced(text: str) -> str | None:
    """ "T H E   S A L T   R O A D" → "THE SALT ROAD"; None for ordinary text."""
    words = re.split(r"\s{2,}", text.strip())
    if len(text) < 7 or not all(re.fullmatch(r"\S(?: \S)*", word) for word in words):
        return None
    joined = " ".join(word.replace(" ", "") for word in words)
    return joined if len(joined.replace(" ", "")) >= 4 else None

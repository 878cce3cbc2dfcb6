"""The lines of an NFO file: art taken off, labels parted from values, headings and spaced-out banners known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mamctl.domain.library.labels import BOOK_HEADINGS, MEDIA_HEADINGS, Label, label_of, squeeze

# Box drawing, blocks, shapes, and blanks: what stands around the text of a framed line.
_FRAME = "".join(map(chr, (*range(0x2500, 0x2600), *range(0x2600, 0x2700)))) + "|¦║ \t\v\f\xa0\u3000"
_BULLET = re.compile(r"^(?:\[[^\w\[\]]\]|\([^\w()]\)|[»*•·>+#~o°–—-]+(?=\s)|[»•·*>]+)\s*")
_RULE_CHARS = frozenset("=-_~*#+.:<>/\\|^ ")
_GAPS = (
    re.compile(r"\s*[.…·_]{2,}\s*[:=»>]?\s*"),  # dotted leaders
    re.compile(r"\s*[:=»：]+\s+|\s*[:=»：]\s*(?=\S)|\s*:\s*$"),
    re.compile(r"\s+[-–—>]+\s+"),
    re.compile(r"\t+|\s{2,}"),
)
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` without art, `label` and `value` when it is labelled, `column` where the text begins."""

    text: str
    column: int = 0
    label: Label | None = None
    value: str = ""
    is_rule: bool = False


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
    found = _labelled(bare)
    return Line(bare, column, *found) if found else Line(bare, column)


def _labelled(text: str) -> tuple[Label, str] | None:
    """The label and its value at the first gap before which a known label stands."""
    for gap in _GAPS:
        for found in gap.finditer(text, 0, _LONGEST_LABEL + 40):
            head = text[: found.start()]
            if not head or len(head) > _LONGEST_LABEL:
                break
            label = label_of(head)
            if label is not None:
                return label, text[found.end() :].strip()
            if gap is not _GAPS[2]:
                break
    return None


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

"""How a page's text changed from one version to the next, by section, as one reads it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from mamctl.dataclass import dataclass
from mamctl.regex import regex

_HEADING = regex(r"#{1,6} (.*)")


@dataclass(frozen=True, slots=True)
class SectionChange:
    """Lines that went and came under one heading; "" for what stands before the first."""

    title: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


def diff_texts(old: str, new: str) -> tuple[SectionChange, ...]:
    """The changed sections in reading order; a line that only moved to another heading went there and came here."""
    before, after = _lines(old), _lines(new)
    found: dict[str, tuple[list[str], list[str]]] = {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, low, high, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        for side, lines in enumerate((before[low:high], after[first:last])):
            for title, line in lines:
                found.setdefault(title, ([], []))[side].append(line)
    return tuple(SectionChange(title, tuple(gone), tuple(come)) for title, (gone, come) in found.items())


def _lines(text: str) -> list[tuple[str, str]]:
    return list(_titled(text))


def _titled(text: str) -> Iterator[tuple[str, str]]:
    """Each line with the heading that it stands under; a heading stands under itself."""
    title = ""
    for line in text.splitlines():
        heading = _HEADING.fullmatch(line)
        title = heading[1] if heading else title
        if line.strip():
            yield title, line

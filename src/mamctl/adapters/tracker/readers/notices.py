"""Events for the whole site that a page announces."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from mamctl.adapters.tracker.readers.page import ParsedPage, words
from mamctl.domain.redaction import excerpt
from mamctl.domain.site.pages import Notice, NoticeKind
from mamctl.regex import regex

# Where announcements stand: marked events, the notices of the menu, the headings of the page.
_PLACES = ".siteEvent, a.tmn, #siteFreeleech, #bonusEvent, #mainBody h1, #mainBody h2, #mainBody h3"
_FREELEECH = regex(
    r"\bsite.?wide freeleech\b|\bfreeleech (?:event|week|weekend|day)\b|\bglobal freeleech\b", re.IGNORECASE
)
_BONUS = regex(r"\bbonus (?:point )?event\b|\bbonus (?:week|weekend|day)\b|\bdouble (?:bonus|points)\b", re.IGNORECASE)
_UNTIL = regex(r"\buntil (\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)(:\d\d)?)?", re.IGNORECASE)
_OVER = regex(r"\b(?:has ended|is over|ended|not active)\b|\?\s*$", re.IGNORECASE)


def read_notices(page: ParsedPage) -> tuple[Notice, ...]:
    """The events announced on the page, each once."""
    found: dict[NoticeKind, Notice] = {}
    for node in page.tree.css(_PLACES):
        text = words(node)
        kind = _kind(text)
        if kind is not None and (kind not in found or (found[kind].until is None and _UNTIL.search(text))):
            found[kind] = Notice(kind, excerpt(text, 200), _until(text))
    return tuple(found.values())


def _kind(text: str) -> NoticeKind | None:
    if len(text) > 400 or _OVER.search(text):
        return None
    if _FREELEECH.search(text):
        return NoticeKind.FREELEECH
    return NoticeKind.BONUS if _BONUS.search(text) else None


def _until(text: str) -> datetime | None:
    match = _UNTIL.search(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00'}{match[3] or ''}").replace(tzinfo=UTC)
    except ValueError:
        return None

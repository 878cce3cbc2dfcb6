"""freeleech.php, version 1: the picks in sections by category."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mamctl.adapters.tracker.readers.page import ParsedPage, words
from mamctl.domain.site.pages import Pick
from mamctl.regex import regex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_TORRENT = regex(r"/t/(\d{1,12})(?:$|[/?#])", re.ASCII)
_SECTION = regex(r"fl_cat_?(\d{1,6})$", re.ASCII)


def read_picks(page: ParsedPage) -> tuple[Pick, ...] | None:
    """The picks, none when the page lists none; None when it lists torrents in no way that is known."""
    sections = page.tree.css('[id^="fl_cat"]')
    if not sections:
        return None if page.tree.css_first('#mainBody a[href*="/t/"]') else ()
    picks = [pick for section in sections for pick in _picks(section)]
    return tuple(picks) if picks else None


def _picks(section: LexborNode) -> list[Pick]:
    numbered = _SECTION.match(section.attributes.get("id") or "")
    category = int(numbered[1]) if numbered else None
    found: dict[int, Pick] = {}
    for link in section.css('a[href*="/t/"]'):
        match = _TORRENT.search(link.attributes.get("href") or "")
        if match and words(link):
            found.setdefault(int(match[1]), Pick(int(match[1]), words(link), category))
    return list(found.values())

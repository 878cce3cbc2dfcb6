"""tor/browse.php, version 1: the categories of the search form and the rows of the result table."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from mamctl.adapters.tracker.readers.page import ParsedPage, attempt, words
from mamctl.domain.site.pages import ListedCategory
from mamctl.domain.site.search import SeriesEntry, TorrentRow
from mamctl.domain.text.quantities import parse_integer, parse_moment, parse_size
from mamctl.regex import regex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_NUMBER_AT_END = regex(r"(\d{1,6})$", re.ASCII)
_SIZE = regex(r"\[\s*([\d,.]+\s*[KMGTP]?i?B)\s*\]")
_ADDED = regex(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_VIP_UNTIL = regex(r"VIP expires (\d{4}-\d\d-\d\d)")


def read_categories(page: ParsedPage) -> tuple[ListedCategory, ...] | None:
    """Every category that can be searched; None when the form has none in the known way."""
    found: dict[int, ListedCategory] = {}
    for holder in page.tree.css(".categoryHolder"):
        heading = holder.css_first(".torMainCatSel")
        main = _number(heading)
        for entry in holder.css(".torCatSel"):
            number = _number(entry) or _number(entry.css_first('input[id^="selcat"]'))
            if number is not None and words(entry):
                found[number] = ListedCategory(number, words(entry), main, words(heading))
    return tuple(found.values()) or None


def read_rows(page: ParsedPage) -> tuple[TorrentRow, ...] | None:
    """The result rows, none when nothing was listed; None when rows are there that cannot be read."""
    nodes = page.tree.css('tr[id^="tdr-"]')
    rows = tuple(row for row in map(_row, nodes) if row is not None)
    return None if nodes and not rows else rows


def _row(node: LexborNode) -> TorrentRow | None:
    number, title = _number(node), words(node.css_first("a.torTitle"))
    if number is None or not title:
        return None
    text, icons = words(node), [icon.attributes.get("title") or "" for icon in node.css("[title]")]
    counts = [attempt(parse_integer, words(count)) for count in node.css("td p")][-3:]
    seeders, leechers, snatched = counts if len(counts) == 3 else (None, None, None)
    size, added = _SIZE.search(text), _ADDED.search(text)
    return TorrentRow(
        id=number,
        title=title,
        category_id=_number(node.css_first('a.newCatLink [class^="cat"]'), "class"),
        authors=_texts(node, "a.author"),
        narrators=_texts(node, "a.narrator"),
        series=tuple(SeriesEntry(name, "", None) for name in _texts(node, "a.series")),
        size_bytes=attempt(parse_size, size[1]) if size else None,
        file_types=tuple(words(node.css_first(".torFileTypes")).lower().split()),
        seeders=seeders,
        leechers=leechers,
        times_completed=snatched,
        free="freeleech" in icons,
        vip=any(icon.startswith("VIP") for icon in icons),
        vip_expires_at=_vip_end(icons),
        personal_freeleech="personal freeleech" in icons,
        added_at=attempt(parse_moment, added[0]) if added else None,
    )


def _vip_end(icons: list[str]) -> datetime | None:
    match = next((found for found in map(_VIP_UNTIL.match, icons) if found), None)
    return attempt(parse_moment, f"{match[1]} 00:00:00") if match else None


def _texts(node: LexborNode, selector: str) -> tuple[str, ...]:
    return tuple(text for text in (words(found) for found in node.css(selector)) if text)


def _number(node: LexborNode | None, attribute: str = "id") -> int | None:
    words_of = (node.attributes.get(attribute) or "").split() if node is not None else []
    matches = (_NUMBER_AT_END.search(word) for word in words_of)
    return next((int(match[1]) for match in matches if match), None)

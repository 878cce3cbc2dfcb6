"""From the HTML of a page to a `SitePage`: known by its kind, read by the newest reader that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypedDict

from mamctl.adapters.tracker.readers.browse import read_categories, read_rows
from mamctl.adapters.tracker.readers.freeleech import read_picks
from mamctl.adapters.tracker.readers.notices import read_notices
from mamctl.adapters.tracker.readers.page import (
    ParsedPage,
    detect_kind,
    parse_page,
    read_clock,
    read_user_bar,
    refuse_login_page,
)
from mamctl.adapters.tracker.readers.redacted import member_names
from mamctl.adapters.tracker.readers.store import PERSONAL, read_prices
from mamctl.adapters.tracker.readers.text import read_sections, sha256_of, text_of
from mamctl.domain.redaction import redact
from mamctl.domain.site.pages import ListedCategory, PageKind, Pick, Price, SitePage, TextSection
from mamctl.domain.site.search import TorrentRow
from mamctl.errors import ShapeChangedError

_FEWEST_WORDS = 10  # a page of rules with fewer has been emptied or moved


class Parts(TypedDict, total=False):
    """The parts of a SitePage that depend on its kind."""

    sections: tuple[TextSection, ...]
    picks: tuple[Pick, ...]
    prices: tuple[Price, ...]
    categories: tuple[ListedCategory, ...]
    rows: tuple[TorrentRow, ...]


# A reader gives the parts that it found, or None when the page is not as it knows it.
Reader = Callable[[ParsedPage, tuple[TextSection, ...]], Parts | None]


def read_page(html: str, source: str) -> SitePage:
    """Read one page; `source` is the file's name or the path on the site.

    Raises SessionRefusedError for the login page and ShapeChangedError, naming page and reader, for a page that is
    unknown or no longer has the known structure.
    """
    page = parse_page(html, source)
    refuse_login_page(page)
    kind = detect_kind(page)
    names = member_names(page.tree)
    main = page.main
    notices, user = read_notices(page), read_user_bar(page)
    # The parts are read before the text: for the text, the account's own figures are taken out of the tree.
    parts, reader = _parts(kind, page, () if main is None else read_sections(main, names))
    text = text_of(parts["sections"]) if "sections" in parts else _text(page, names, parts)
    return SitePage(
        kind=kind,
        reader=reader,
        title=redact(page.title),
        text=text,
        sha256=sha256_of(text),
        shown_at=read_clock(page),
        user=user,
        notices=notices,
        **parts,
    )


def _parts(kind: PageKind, page: ParsedPage, sections: tuple[TextSection, ...]) -> tuple[Parts, str]:
    for name, reader in _READERS[kind]:
        parts = reader(page, sections)
        if parts is not None:
            return parts, name
    newest = _READERS[kind][0][0]
    raise ShapeChangedError(
        f"{page.source}: the {kind.value} page no longer has the structure that reader {newest} knows",
        subject=page.source,
        remedy="save the page again, whole and logged in; if that does not help, mamctl needs an update",
        code="page_changed",
    )


def _text(page: ParsedPage, names: set[str], parts: Parts) -> str:
    if "categories" in parts:  # the torrents listed below the form change by the minute and are not rules
        return text_of(_by_main(parts["categories"]))
    for node in page.tree.css(PERSONAL):
        node.decompose()
    main = page.main
    return text_of(read_sections(main, names)) if main is not None else "\n"


def _by_main(categories: Iterable[ListedCategory]) -> tuple[TextSection, ...]:
    mains: dict[str, list[str]] = {}
    for category in categories:
        mains.setdefault(category.main_name, []).append(f"- {category.name} ({category.id})")
    return tuple(TextSection(2, main, None, tuple(lines)) for main, lines in mains.items())


def _read_text(page: ParsedPage, sections: tuple[TextSection, ...]) -> Parts | None:
    words = sum(len(line.split()) for part in sections for line in (part.title, *part.lines))
    return {"sections": sections} if words >= _FEWEST_WORDS else None


def _read_freeleech(page: ParsedPage, sections: tuple[TextSection, ...]) -> Parts | None:
    picks = read_picks(page)
    return None if picks is None else {"picks": picks}


def _read_store(page: ParsedPage, sections: tuple[TextSection, ...]) -> Parts | None:
    prices = read_prices(page)
    return None if prices is None else {"prices": prices}


def _read_browse(page: ParsedPage, sections: tuple[TextSection, ...]) -> Parts | None:
    categories, rows = read_categories(page), read_rows(page)
    return None if categories is None or rows is None else {"categories": categories, "rows": rows}


# Newest first. A page that changes gets a further reader in front; the old one still reads old saved pages.
_READERS: dict[PageKind, tuple[tuple[str, Reader], ...]] = {
    PageKind.RULES: (("rules/1", _read_text),),
    PageKind.FAQ: (("faq/1", _read_text),),
    PageKind.FREELEECH: (("freeleech/1", _read_freeleech),),
    PageKind.STORE: (("store/1", _read_store),),
    PageKind.BROWSE: (("browse/1", _read_browse),),
}

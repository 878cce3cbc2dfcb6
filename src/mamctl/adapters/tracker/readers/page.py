"""Common to all pages: parsing, the kind of page, the login page, the user bar and the clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from mamctl.adapters.documents import TooManyValuesError, decode_html
from mamctl.dataclass import dataclass
from mamctl.domain.site.pages import PageKind, UserBar
from mamctl.domain.text.quantities import parse_integer, parse_moment, parse_number, parse_ratio, parse_size
from mamctl.errors import SessionRefusedError, ShapeChangedError
from mamctl.regex import regex

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_Figure = TypeVar("_Figure")
_LARGEST = 8 * 1024 * 1024
_SAVED_FROM = regex(r"<!--\s*saved from url=\(\d+\)(\S+)")
_PATHS = {
    "/rules.php": PageKind.RULES,
    "/faq.php": PageKind.FAQ,
    "/freeleech.php": PageKind.FREELEECH,
    "/store.php": PageKind.STORE,
    "/tor/browse.php": PageKind.BROWSE,
    "/tor/search.php": PageKind.BROWSE,
}
_STRUCTURES = (
    ("form#torSearch", PageKind.BROWSE),
    ("#currentBonusPoints, .storeTable", PageKind.STORE),
    ('[id^="fl_cat"]', PageKind.FREELEECH),
)
# Whole titles only: a torrent may well be called "The Rules of Magic".
_TITLES = (
    (regex(r"(?:\w+ )?faqs?|.*frequently asked questions", re.IGNORECASE), PageKind.FAQ),
    (regex(r"(?:\w+ )?rules", re.IGNORECASE), PageKind.RULES),
    (regex(r"(?:\w+ )?freeleech(?: \w+)?", re.IGNORECASE), PageKind.FREELEECH),
    (regex(r"(?:\w+ )?store", re.IGNORECASE), PageKind.STORE),
    (regex(r"(?:browse|search)(?: \w+)?", re.IGNORECASE), PageKind.BROWSE),
)
_OTHER_PAGES = ".torDetRow, #udss"  # a torrent's page, a member's page
_NAME_TAIL = regex(r"(?: my anonamouse| php| html?)+$", re.IGNORECASE)
_FIGURE = regex(r"[\d,]*\d(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page as a tree. `source` is its name in messages: a file name or a path on the site."""

    source: str
    html: str
    tree: LexborHTMLParser

    @property
    def title(self) -> str:
        """The title without the site's name."""
        return words(self.tree.css_first("title")).split(" | ")[0].strip()

    @property
    def main(self) -> LexborNode | None:
        """The part that is the page's own."""
        return self.tree.css_first("#mainBody") or self.tree.body


def parse_page(html: str, source: str) -> ParsedPage:
    """The tree of a page; ShapeChangedError for what cannot be one."""
    if len(html) > _LARGEST or "<" not in html:
        raise unknown_page(source, "it is not a web page, or far too large for one")
    try:
        return ParsedPage(source, html, decode_html(html))
    except TooManyValuesError as error:
        raise unknown_page(source, str(error)) from None


def refuse_login_page(page: ParsedPage) -> None:
    """SessionRefusedError when the page is the one for visitors who are not logged in."""
    heading = words(page.tree.css_first("#mainBody h1")).lower()
    if heading.startswith("not logged in") or (
        page.title.lower() == "login" and page.tree.css_first("#userStat") is None
    ):
        raise SessionRefusedError(
            f"{page.source} is the page for visitors who are not logged in",
            subject=page.source,
            remedy="log in with the browser and save the page again; a fetched page needs a browser session",
            code="page_not_logged_in",
        )


def detect_kind(page: ParsedPage) -> PageKind:
    """Which page it is: by the address the browser noted on saving, by title, by structure, by file name."""
    noted = _SAVED_FROM.search(page.html[:2000])
    kind = (noted and _kind_of_path(noted[1])) or _kind_of_title(page.title)
    if kind is None and page.tree.css_first(_OTHER_PAGES) is None:
        kind = _kind_of_structure(page) or _kind_of_title(_stem(page.source))
    if kind is None:
        raise unknown_page(page.source, "it is not one of " + ", ".join(kind.value for kind in PageKind))
    return kind


def unknown_page(source: str, why: str) -> ShapeChangedError:
    """The error of something that is not a known page."""
    return ShapeChangedError(
        f"{source} is not known: {why}",
        subject=source,
        remedy="save the page whole from the browser, as HTML, while logged in",
        code="page_unknown",
    )


def read_user_bar(page: ParsedPage) -> UserBar | None:
    """The user bar's figures; None on a page without one."""
    name = page.tree.css_first("#tmUS")
    uid = re.search(r"/u/(\d+)", (name.attributes.get("href") or "") if name else "")
    if name is None or uid is None:
        return None

    def text(mark: str) -> str:
        return words(page.tree.css_first(f"#{mark}"))

    return UserBar(
        uid=uid[1],
        username=words(name),
        user_class=text("tmC").strip("()") or None,
        ratio=parse_ratio(text("tmR")),
        uploaded_bytes=attempt(parse_size, text("tmUP")),
        downloaded_bytes=attempt(parse_size, text("tmDL")),
        points=attempt(parse_number, figure(text("tmBP"))),
        wedges=attempt(parse_integer, figure(text("tmFW"))),
        unsatisfied=attempt(parse_integer, figure(text("tmUN"))),
    )


def read_clock(page: ParsedPage) -> datetime | None:
    """The time at which the site made the page."""
    return attempt(parse_moment, words(page.tree.css_first(".tP")).removesuffix("UTC").strip())


def words(node: LexborNode | None) -> str:
    """A node's text on one line; "" for no node."""
    return " ".join(node.text(separator=" ").split()) if node is not None else ""


def figure(text: str) -> str:
    """The first number in a text, as written; "" when there is none."""
    match = _FIGURE.search(text)
    return match[0] if match else ""


def attempt(parse: Callable[[object], _Figure], value: object) -> _Figure | None:
    """What `parse` makes of it, None when that is nothing."""
    try:
        return parse(value)
    except ValueError:
        return None


def _kind_of_path(address: str) -> PageKind | None:
    path = re.sub(r"^https?://[^/]+", "", address).partition("?")[0].partition("#")[0]
    return _PATHS.get(path)


def _kind_of_title(title: str) -> PageKind | None:
    return next((kind for pattern, kind in _TITLES if pattern.fullmatch(title)), None)


def _kind_of_structure(page: ParsedPage) -> PageKind | None:
    return next((kind for selector, kind in _STRUCTURES if page.tree.css_first(selector) is not None), None)


def _stem(source: str) -> str:
    """A file's name as a title: "my_rules.php.html" says "my rules"."""
    return _NAME_TAIL.sub("", re.sub(r"[\W_]+", " ", source.rsplit("/", 1)[-1]).strip())

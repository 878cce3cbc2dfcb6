"""Pages of the site as a browser saves them, read into plain values."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.site.search import TorrentRow


class PageKind(StrEnum):
    """The pages that can be read."""

    RULES = "rules"
    FAQ = "faq"
    FREELEECH = "freeleech"
    STORE = "store"
    BROWSE = "browse"


class NoticeKind(StrEnum):
    """An event that a page announces for the whole site."""

    FREELEECH = "freeleech"
    BONUS = "bonus"


@dataclass(frozen=True, slots=True)
class Notice:
    """An announced event in the site's words; `until` is UTC, None when the page names no end."""

    kind: NoticeKind
    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class UserBar:
    """The account as every page's user bar shows it; rounded figures, None where unreadable."""

    uid: str
    username: str
    user_class: str | None = None
    ratio: float | None = None
    uploaded_bytes: int | None = None
    downloaded_bytes: int | None = None
    points: float | None = None
    wedges: int | None = None
    unsatisfied: int | None = None


@dataclass(frozen=True, slots=True)
class TextSection:
    """A headed piece of a page; `level` 1 to 6 as in HTML, 0 for what stands before the first heading."""

    level: int
    title: str
    anchor: str | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """A torrent that the freeleech page lists."""

    torrent_id: int
    title: str
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """One thing the store sells, in points (or cheese, as its words say)."""

    item: str
    cost: int


@dataclass(frozen=True, slots=True)
class ListedCategory:
    """A category of the search form."""

    id: int
    name: str
    main_id: int | None
    main_name: str


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page that was read. `reader` names the reader and its version; `text` is redacted, `sha256` is of `text`.

    The same page with nothing changed but the account's own figures has the same text.
    """

    kind: PageKind
    reader: str
    title: str
    text: str
    sha256: str
    shown_at: datetime | None = None
    user: UserBar | None = None
    notices: tuple[Notice, ...] = ()
    sections: tuple[TextSection, ...] = ()
    picks: tuple[Pick, ...] = ()
    prices: tuple[Price, ...] = ()
    categories: tuple[ListedCategory, ...] = ()
    rows: tuple[TorrentRow, ...] = ()

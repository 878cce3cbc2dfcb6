"""Torrents as the tracker's search describes them, and the questions asked of the search."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from datetime import datetime


class SearchType(StrEnum):
    """The documented values of `tor[searchType]`; case matters to the tracker."""

    ALL = "all"
    ACTIVE = "active"
    INACTIVE = "inactive"
    FREELEECH = "fl"
    FREELEECH_OR_VIP = "fl-VIP"
    VIP = "VIP"
    NOT_VIP = "nVIP"


class SearchField(StrEnum):
    """Where the text of a search is looked for."""

    TITLE = "title"
    AUTHOR = "author"
    NARRATOR = "narrator"
    SERIES = "series"
    DESCRIPTION = "description"
    TAGS = "tags"
    FILE_TYPES = "fileTypes"
    FILE_NAMES = "filenames"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One page of one search; `per_page` is 5 to 1000, `start` the number of rows to skip."""

    text: str = ""
    fields: tuple[SearchField, ...] = (SearchField.TITLE, SearchField.AUTHOR)
    search_type: SearchType = SearchType.ALL
    categories: tuple[int, ...] = ()
    main_categories: tuple[int, ...] = ()
    languages: tuple[int, ...] = ()
    torrent_id: int | None = None
    info_hash: str | None = None
    sort: str = "default"
    start: int = 0
    per_page: int = 100
    media_info: bool = False
    isbn: bool = False
    description: bool = False


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """A place in a series: `label` as written ("01-16, 13.5"), `number` for sorting, None without one."""

    name: str
    label: str
    number: float | None


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What the uploader's MediaInfo said of the first audio stream; bits per second, seconds."""

    codec: str | None = None
    bitrate: int | None = None
    channels: int | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class TorrentRow:
    """One search result; names are plain text, times UTC, sizes bytes (rounded where the tracker rounds).

    `browse_flags` are the site's bits: 2 crude language, 4 violence, 8 some explicit, 16 explicit, 32 abridged,
    64 LGBT.
    `owner` is the uploader, None where it is hidden.
    """

    id: int
    title: str
    category_id: int | None = None
    main_category_id: int | None = None
    category_name: str = ""
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    series: tuple[SeriesEntry, ...] = ()
    size_bytes: int | None = None
    file_count: int | None = None
    file_types: tuple[str, ...] = ()
    seeders: int | None = None
    leechers: int | None = None
    times_completed: int | None = None
    free: bool = False
    vip: bool = False
    vip_expires_at: datetime | None = None
    personal_freeleech: bool = False
    my_snatched: bool = False
    language: str | None = None
    added_at: datetime | None = None
    tags: str = ""
    isbn: str | None = None
    description: str | None = None
    media: MediaInfo | None = None
    browse_flags: int = 0
    owner: str | None = None
    bookmarked: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of results: `found` counts all hits, `start` the rows before it, `unreadable` those left out."""

    rows: tuple[TorrentRow, ...]
    found: int
    start: int
    unreadable: int = 0

    @property
    def next_start(self) -> int | None:
        """Where the next page begins; None after the last one."""
        following = self.start + len(self.rows) + self.unreadable
        return following if following < self.found and following > self.start else None


def is_free_for(row: TorrentRow, *, vip_active: bool) -> bool:
    """Whether downloading it is not counted: site freeleech, a wedge spent on it, or VIP for a VIP member.

    Freeleech only removes the download charge; the 72 hours and the unsatisfied slot stay.
    """
    return row.free or row.personal_freeleech or (row.vip and vip_active)

"""The pending list: wanted titles, and what a look on the site gives them."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from mamctl.dataclass import dataclass

# A finding older than this says nothing about today (VIP-10: by a search not older than a week).
FINDING_STANDS = timedelta(days=7, hours=12)


class PendingStatus(StrEnum):
    """Where a wanted title stands."""

    PENDING = "pending"
    AVAILABLE_FREE = "available_free"
    DOWNLOADED = "downloaded"
    FAILED = "failed"


class FindingKind(StrEnum):
    """What came of looking: the title, something that may be it, or nothing."""

    FOUND = "found"
    PERHAPS = "perhaps"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted title; with a torrent id no guessing is needed."""

    title: str
    author: str = ""
    torrent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A torrent that is the wanted title, or perhaps is (`sure` false); `why` says what makes it free, or that it is
    not. `needs_vip`: it is free through VIP only, whether VIP is active or not.
    """

    torrent_id: int
    title: str
    authors: tuple[str, ...]
    free: bool
    why: str
    needs_vip: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look gives a wanted title. `kind` is None while the look is not finished; of the torrents the best is
    first: a sure one before a doubtful one, then free for everyone, free through VIP, and counted.
    """

    status: PendingStatus
    matches: tuple[Match, ...]
    note: str
    kind: FindingKind | None = None

    @property
    def needs_vip(self) -> bool:
        """VIP-5's shortage: the title was found, and its best torrent is free through VIP only."""
        return self.kind is FindingKind.FOUND and self.matches[0].needs_vip

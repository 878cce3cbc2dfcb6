"""Wanted titles: which search rows are the title, and whether one of them is to be had free."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mamctl.domain.site.search import TorrentRow, is_free_for

# Two titles are one when their words agree this well (0–100) and their numbers exactly: with one fuzzy score alone,
# "The Salt Road 2" would pass for "The Salt Road" at 93.
_TITLE_AGREES = 90.0
_AUTHOR_AGREES = 85.0
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ASIDE = re.compile(r"\s*[\(\[\{][^)\]\}]*[\)\]\}]\s*")


class PendingStatus(StrEnum):
    """Where a wanted title stands."""

    PENDING = "pending"
    AVAILABLE_FREE = "available_free"
    DOWNLOADED = "downloaded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted title; with a torrent id no guessing is needed."""

    title: str
    author: str = ""
    torrent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A torrent that is the wanted title; `why` says what makes it free, or that it is not."""

    torrent_id: int
    title: str
    authors: tuple[str, ...]
    free: bool
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The status that a search gives a wanted title, and the torrents it rests on, free ones first."""

    status: PendingStatus
    matches: tuple[Match, ...]
    note: str


def judge_wanted(wanted: Wanted, rows: tuple[TorrentRow, ...], *, vip_active: bool, searched: bool = True) -> Finding:
    """What these rows say about a wanted title.

    `searched` means that the rows are the answer to a search for this title, so that their absence says something.
    """
    matches = tuple(
        sorted(
            (_match(row, vip_active) for row in rows if is_wanted(wanted, row)),
            key=lambda m: (not m.free, m.torrent_id),
        )
    )
    if any(match.free for match in matches):
        return Finding(PendingStatus.AVAILABLE_FREE, matches, matches[0].why)
    if matches:
        return Finding(PendingStatus.PENDING, matches, "on the site, not free")
    if searched and wanted.torrent_id is not None:
        return Finding(PendingStatus.FAILED, (), f"torrent {wanted.torrent_id} is not on the site")
    return Finding(PendingStatus.PENDING, (), "not on the site" if searched else "not among the free ones")


def is_wanted(wanted: Wanted, row: TorrentRow) -> bool:
    """Whether a row is the wanted title: by id, else title and author, numbers exactly."""
    if wanted.torrent_id is not None:
        return row.id == wanted.torrent_id
    from rapidfuzz import fuzz

    title, found = folded(wanted.title), folded(row.title)
    if not title or sorted(_NUMBER.findall(title)) != sorted(_NUMBER.findall(found)):
        return False
    if fuzz.token_sort_ratio(title, found) < _TITLE_AGREES:
        return False
    author = folded(wanted.author)
    names = [folded(name) for name in row.authors]
    return not author or any(fuzz.token_sort_ratio(author, name) >= _AUTHOR_AGREES for name in names)


def folded(text: str) -> str:
    """Text for comparing: no accents, case, punctuation or asides in brackets."""
    from anyascii import anyascii

    bare = _ASIDE.sub(" ", text)
    return " ".join(re.sub(r"[^a-z0-9. ]+", " ", anyascii(bare or text).lower()).replace(". ", " ").split())


def _match(row: TorrentRow, vip_active: bool) -> Match:
    return Match(row.id, row.title, row.authors, is_free_for(row, vip_active=vip_active), _why(row, vip_active))


def _why(row: TorrentRow, vip_active: bool) -> str:
    """What makes the torrent free, or why it is not."""
    if row.personal_freeleech:
        return "personal freeleech"
    if row.free:
        return "freeleech"
    if row.vip:
        return "free for VIP" if vip_active else "free for VIP only, and VIP is not active"
    return "counted"

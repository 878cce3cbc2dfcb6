"""Whether a wanted title is on the site and free, judged by the rows of a search."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from mamctl.domain.account.pending import Finding, FindingKind, Match, PendingStatus, Wanted
from mamctl.domain.matching.match import VerdictKind, judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.metadata.observation import Source
from mamctl.domain.site.search import TorrentRow, is_free_for
from mamctl.domain.text.numbers import COUNTED
from mamctl.domain.text.series import A_LABEL, LABELLED, SeriesEntry, fold_series, parse_position
from mamctl.domain.text.title_words import words_of
from mamctl.regex import regex

_FREELEECH, _FOR_VIP = "freeleech", "free for VIP"
_FOR_VIP_ONLY = "free for VIP only, and VIP is not active"
_LONGEST_TITLE = 400  # characters; what is longer is not a title
# The place in a series after the title: "Salt Road - Shore 01", where a zero gives it away, and "Salt Road (Shore 1)".
_PLACE_LAST = regex(
    r"(?P<title>\S.{0,300}?) (?:[-–—] (?P<series>\S.{0,100}?) #?(?P<place>0\d{1,2})"
    r"|[(\[](?P<noted>[^\W\d][^()\[\]]{0,100}?),? #?(?P<number>\d{1,3}(?:\.\d)?)[)\]])"
)
_LABEL = regex(LABELLED, re.IGNORECASE, needs=A_LABEL, rare=COUNTED)  # "Volume 02" is not a series


def judge_wanted(wanted: Wanted, rows: Iterable[TorrentRow], *, vip_active: bool, hits: int | None = None) -> Finding:
    """The finding about a wanted title by the answer to a search for it.

    `hits` is how many the site says there are, where that is more than the rows.
    """
    rows = tuple(rows)
    matches = _matches(wanted, rows, vip_active=vip_active)
    if matches:
        return _conclude(matches)
    if wanted.torrent_id is not None:
        note = f"torrent {wanted.torrent_id} is not on the site"
        return Finding(PendingStatus.FAILED, (), note, FindingKind.NOT_FOUND)
    if hits is not None and hits > len(rows):
        return Finding(PendingStatus.PENDING, (), f"not among the first {len(rows)} of {hits:,} that the search found")
    return Finding(PendingStatus.PENDING, (), "not on the site", FindingKind.NOT_FOUND)


def _conclude(matches: tuple[Match, ...]) -> Finding:
    """The finding of some matches, the best first."""
    best = matches[0]
    if not best.sure:
        more = f", and {len(matches) - 1} more" if len(matches) > 1 else ""
        note = f"perhaps torrent {best.torrent_id} “{best.title}” ({best.why}){more}"
        return Finding(PendingStatus.PENDING, matches, note, FindingKind.PERHAPS)
    if best.free:
        return Finding(PendingStatus.AVAILABLE_FREE, matches, best.why, FindingKind.FOUND)
    note = best.why if best.needs_vip else "on the site, not free"
    return Finding(PendingStatus.PENDING, matches, note, FindingKind.FOUND)


class FreeRows:
    """Rows that were fetched for something else, ordered so that many titles can be looked for among them."""

    def __init__(self, rows: Iterable[TorrentRow]) -> None:
        self._by_id = {row.id: row for row in rows if row.free or row.personal_freeleech}

    @cached_property
    def _by_word(self) -> dict[str, list[TorrentRow]]:
        """Made when the first title is looked for by its words, so not at all while nothing is wanted."""
        by_word: dict[str, list[TorrentRow]] = defaultdict(list)
        for row in self._by_id.values():
            for word in _telling_words(row.title, *row.authors):
                by_word[word].append(row)
        return by_word

    def __contains__(self, torrent_id: int) -> bool:
        """Whether the torrent is free for everyone, by these rows."""
        return torrent_id in self._by_id

    def find(self, wanted: Wanted) -> Finding | None:
        """The finding where the rows hold the title, free for everyone; else None."""
        if wanted.torrent_id is not None:
            rows = [row for row in [self._by_id.get(wanted.torrent_id)] if row]
        else:
            words = _telling_words(wanted.title, wanted.author)
            rows = list({row.id: row for word in words for row in self._by_word.get(word, ())}.values())
        matches = tuple(match for match in _matches(wanted, rows, vip_active=False) if match.sure)
        return Finding(PendingStatus.AVAILABLE_FREE, matches, matches[0].why, FindingKind.FOUND) if matches else None


def judge_again(
    matches: tuple[Match, ...], kind: FindingKind | None, free: FreeRows | None, *, vip_active: bool
) -> Finding | None:
    """An older finding as it stands now: by VIP as it is, and by `free`, all rows that are freeleech now (None where
    not all are known). None where nothing was found, so that there is nothing to judge.
    """
    if kind not in (FindingKind.FOUND, FindingKind.PERHAPS):
        return None
    renewed = sorted((_as_now(match, free, vip_active=vip_active) for match in matches), key=_by_cost)
    return _conclude(tuple(renewed)) if renewed else None


def _as_now(match: Match, free: FreeRows | None, *, vip_active: bool) -> Match:
    if match.needs_vip:
        return replace(match, free=vip_active, why=_FOR_VIP if vip_active else _FOR_VIP_ONLY)
    if match.why == _FREELEECH and free is not None and match.torrent_id not in free:
        return replace(match, free=False, why="no longer freeleech")
    return match


def _by_cost(match: Match) -> tuple[bool, int, int]:
    """As `_rank` orders rows."""
    return (not match.sure, 1 if match.needs_vip else 0 if match.free else 2, match.torrent_id)


def match_row(wanted: Wanted, row: TorrentRow) -> VerdictKind:
    """Whether a torrent is the wanted title: by id, else as the matcher judges title, author and place in a series.

    A torrent that names no author is never surely it.
    """
    if wanted.torrent_id is not None:
        return VerdictKind.MATCH if row.id == wanted.torrent_id else VerdictKind.NONE
    if max(len(wanted.title), len(row.title)) > _LONGEST_TITLE:
        return VerdictKind.NONE
    title, place = split_place(wanted.title)
    book_query = BookQuery(title=title, author=wanted.author or None, series=place)
    record = _record(row)
    found = judge_match(book_query, (record,)).kind
    if found is VerdictKind.MATCH and place is not None:
        found = _compare_places(place, record.series)
    nameless = bool(wanted.author) and not row.authors
    return VerdictKind.AMBIGUOUS if nameless and found is VerdictKind.MATCH else found


def split_place(title: str) -> tuple[str, SeriesEntry | None]:
    """A title, and the place in a series written after it: "Salt Road - Shore 01", "Salt Road (Shore 1)"."""
    found = _PLACE_LAST.fullmatch(" ".join(title.split()))
    if found is None:
        return title, None
    series, place = found["series"] or found["noted"], found["place"] or found["number"]
    if _LABEL.fullmatch(f"{series} {place}"):
        return title, None
    return found["title"], SeriesEntry(series, parse_position(place))


def _compare_places(ours: SeriesEntry, theirs: tuple[SeriesEntry, ...]) -> VerdictKind:
    """Another volume of one series is another book; places in series of different names leave a doubt."""
    placed = [entry for entry in theirs if entry.position]
    if not placed or any(entry.position == ours.position for entry in placed):
        return VerdictKind.MATCH
    single = [entry for entry in placed if entry.position and "-" not in entry.position]
    same = any(fold_series(entry.name) == fold_series(ours.name) for entry in single)
    return VerdictKind.NONE if same else VerdictKind.AMBIGUOUS


def _record(row: TorrentRow) -> CatalogueRecord:
    """The torrent as the matcher compares it."""
    title, place = split_place(row.title)
    series = tuple(SeriesEntry(entry.name, parse_position(entry.label)) for entry in row.series)
    return CatalogueRecord(
        source=Source.TRACKER,
        id=str(row.id),
        title=title,
        authors=row.authors,
        narrators=row.narrators,
        series=(*series, place) if place else series,
    )


def _matches(wanted: Wanted, rows: Iterable[TorrentRow], *, vip_active: bool) -> tuple[Match, ...]:
    words = _telling_words(wanted.title, wanted.author)
    found = []
    for row in rows:
        # Comparing is dear; what shares no word of title and author is not looked at.
        if wanted.torrent_id is None and words.isdisjoint(_telling_words(row.title, *row.authors)):
            continue
        kind = match_row(wanted, row)
        if kind is not VerdictKind.NONE:
            found.append((_rank(row, kind), _match(row, vip_active=vip_active, sure=kind is VerdictKind.MATCH)))
    return tuple(match for _, match in sorted(found, key=lambda one: one[0]))


def _telling_words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in words_of(text[:_LONGEST_TITLE])) - _SMALL


_SMALL = frozenset({"the", "a", "an", "and", "of", "in", "to", "der", "die", "das", "le", "la", "les", "el", "de"})


def _rank(row: TorrentRow, kind: VerdictKind) -> tuple[bool, int, int]:
    """Sure ones first, then by what they cost, then the older one."""
    cost = 0 if row.free or row.personal_freeleech else 1 if row.vip else 2
    return (kind is not VerdictKind.MATCH, cost, row.id)


def _match(row: TorrentRow, *, vip_active: bool, sure: bool) -> Match:
    return Match(
        row.id,
        row.title,
        row.authors,
        is_free_for(row, vip_active=vip_active),
        _why(row, vip_active),
        needs_vip=row.vip and not (row.free or row.personal_freeleech),
        sure=sure,
    )


def _why(row: TorrentRow, vip_active: bool) -> str:
    """What makes the torrent free, or why it is not."""
    if row.personal_freeleech:
        return "personal freeleech"
    if row.free:
        return _FREELEECH
    if row.vip:
        return _FOR_VIP if vip_active else _FOR_VIP_ONLY
    return "counted"

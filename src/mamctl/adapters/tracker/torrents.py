"""download.php: a torrent file, the site's refusal in words, or trouble; and what a torrent file says of itself.

The forms of the link and of the refusals are those that clients of the site have met; `&fl` spends a freeleech wedge.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mamctl.adapters.library.torrent_file import decode_bencoding, read_listing
from mamctl.adapters.tracker.answers import check_answer
from mamctl.adapters.tracker.exchange import Ask
from mamctl.domain.queue.torrent import FetchedTorrent, RefusalKind, TorrentFile, TorrentRefusal
from mamctl.domain.redaction import excerpt
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mamctl.adapters.tracker.answers import Answer

_PATH = "/tor/download.php"
_GONE = frozenset({404, 410})
_PAST_LIMIT = regex(r"past\s+unsatisfied\s+limit", re.IGNORECASE)
_ALLOWED_IN = regex(
    r"time\s+till\s+download\s+allowed.{0,80}?(?:(?P<days>\d{1,3})\s*d\w{0,9}\s*)?"
    r"(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2})",
    re.IGNORECASE | re.DOTALL,
)
_TAGS = regex(r"<[^<>]{0,2000}>")
_UNREADABLE_BLOCK = timedelta(hours=24)
_LONGEST_BLOCK = timedelta(days=7)
_MOST_TRACKERS = 1_000


def ask_for_torrent(torrent_id: int, *, wedge: bool = False) -> Ask:
    """The request by cookie; with `wedge` it spends one, also where it buys nothing."""
    params = {"tid": str(torrent_id)} | ({"fl": ""} if wedge else {})
    return Ask(path=_PATH, params=params, accept="*/*")


def read_torrent_answer(answer: Answer) -> TorrentFile | TorrentRefusal:
    """What the site answered. Raises what `check_answer` raises for a refused session, too many requests, an outage."""
    if answer.status in _GONE:
        return TorrentRefusal(RefusalKind.GONE, "the torrent is no longer on the site")
    fault = "it does not begin like one"
    if answer.status == 200 and answer.body.startswith(b"d"):
        try:
            return TorrentFile(read_torrent_bytes(answer.body), answer.body)
        except ValueError as error:
            fault = str(error)
    check_answer(answer)
    if answer.text.lstrip().startswith("<"):
        return _read_refusal(answer)
    return TorrentRefusal(RefusalKind.NOT_A_TORRENT, f"the answer is not a readable torrent: {fault}")


def read_torrent_bytes(data: bytes) -> FetchedTorrent:
    """What a torrent file says: the hash of its raw `info`, its files, privacy, trackers. Raises ValueError."""
    decoded = decode_bencoding(data)
    if not isinstance(decoded, dict):
        raise ValueError("it is not a torrent")  # noqa: TRY004 - the fault is the file's
    info = decoded.get(b"info")
    listing = read_listing(info)
    assert isinstance(info, dict)
    digest = hashlib.sha1(_raw_info(data)).hexdigest()  # noqa: S324 - BitTorrent v1 names torrents so
    return FetchedTorrent(digest, listing, info.get(b"private") == 1, frozenset(_hosts(decoded)))


def _read_refusal(answer: Answer) -> TorrentRefusal:
    text = " ".join(_TAGS.sub(" ", answer.text[:100_000]).split())
    words = excerpt(answer.text, 200) or "no words"
    if not _PAST_LIMIT.search(text):
        return TorrentRefusal(RefusalKind.REFUSED, words)
    found = _ALLOWED_IN.search(text)
    if found is None:
        return TorrentRefusal(RefusalKind.BLOCKED, words, _UNREADABLE_BLOCK)
    wait = timedelta(**{name: int(value or 0) for name, value in found.groupdict().items()})
    return TorrentRefusal(RefusalKind.BLOCKED, words, min(wait, _LONGEST_BLOCK))


def _hosts(torrent: dict[bytes, object]) -> Iterator[str]:
    """The hosts of every announce address; an address without one counts, as ""."""
    tiers = torrent.get(b"announce-list")
    listed = [url for tier in tiers if isinstance(tier, list) for url in tier] if isinstance(tiers, list) else []
    for url in (torrent.get(b"announce"), *listed[:_MOST_TRACKERS]):
        if isinstance(url, bytes):
            yield _host(url)


def _host(url: bytes) -> str:
    try:
        return (urlsplit(url.decode("ascii", "replace")).hostname or "").lower()
    except ValueError:
        return ""


def _raw_info(data: bytes) -> bytes:
    """The bytes of the value of `info`, as they stand in the file: their hash is the torrent's name.

    `data` was decoded before, so that every length in it is right.
    """
    at = 1
    while data[at : at + 1] != b"e":
        key_end = _end(data, at)
        value_end = _end(data, key_end)
        if data[at:key_end] == b"4:info":
            return data[key_end:value_end]
        at = value_end
    raise ValueError("it has no info")


def _end(data: bytes, at: int) -> int:
    """Where the value that begins there ends."""
    depth = 0
    while True:
        sign = data[at : at + 1]
        if sign in (b"d", b"l"):
            depth, at = depth + 1, at + 1
        elif sign == b"e":
            depth, at = depth - 1, at + 1
        elif sign == b"i":
            at = data.index(b"e", at) + 1
        else:
            colon = data.index(b":", at)
            at = colon + 1 + int(data[at:colon])
        if depth == 0:
            return at

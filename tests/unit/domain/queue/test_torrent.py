"""A torrent file is handed over only when it is the site's, private, and what the row lists."""

from dataclasses import replace

import pytest

from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
from mamctl.domain.queue.torrent import FetchedTorrent, judge_torrent, sizes_agree
from mamctl.domain.site.search import TorrentRow

GIB = 1024**3
LISTING = TorrentListing("Book", (ListedFile("a.m4b", GIB), ListedFile("b.m4b", GIB)))
TORRENT = FetchedTorrent("ab" * 20, LISTING, private=True, hosts=frozenset({"t.site.example"}))
ROW = TorrentRow(7, "Book", size_bytes=2 * GIB, file_count=2)


def fault(torrent=TORRENT, row=ROW):
    found = judge_torrent(torrent, row, ("site.example",))
    return found and found.name


def test_the_right_one_has_no_fault():
    assert fault() is None
    assert fault(row=TorrentRow(7, "Book")) is None


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"private": False}, "not_private"),
        ({"hosts": frozenset()}, "trackers"),
        ({"hosts": frozenset({"t.site.example", "open.example"})}, "trackers"),
        ({"hosts": frozenset({"evilsite.example"})}, "trackers"),
        ({"listing": TorrentListing("Book", LISTING.files[:1])}, "other_files"),
        ({"listing": TorrentListing("Book", tuple(ListedFile(f"{n}", 1) for n in range(5001)))}, "too_many_files"),
        ({"listing": TorrentListing("Book", (ListedFile("a", GIB), ListedFile("b", 5 * GIB)))}, "other_size"),
    ],
)
def test_anything_else_has_one(changes, name):
    assert fault(replace(TORRENT, **changes)) == name


@pytest.mark.parametrize(
    ("exact", "rounded", "agree"),
    [(1_449_551_462, 1_395_864_371, True), (500_000, 1_000_000, True), (3 * GIB, 2 * GIB, False), (0, 0, True)],
)
def test_the_site_rounds(exact, rounded, agree):
    assert sizes_agree(exact, rounded) is agree

"""Makes the practice world as large as a member's after years: more books, and more torrents in the client.

The same numbers make the same world.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.world import Work, World
from mamctl.practice.client.state import Torrent
from mamctl.practice.library import PracticeBook, add_book

if TYPE_CHECKING:
    from pathlib import Path

    from mamctl.practice.client.state import ClientWorld

_SECONDS = 4  # of each recording
_IDS = 1_000  # above the ids of the small world
_MIB = 1024**2
_KB = 1000


def with_books(world: World, count: int) -> World:
    """The catalogues' world with this many more made-up works, whose recordings last as long as the files do."""
    made = make_world(count, seed=7)
    works = (_moved(work) for work in made.works)
    series = (replace(s, id=s.id + _IDS, work_ids=tuple(n + _IDS for n in s.work_ids)) for s in made.series)
    return World((*world.works, *works), (*world.series, *series), world.seed)


def _moved(work: Work) -> Work:
    number = work.id + _IDS
    return replace(
        work,
        id=number,
        series_ids=tuple(one + _IDS for one in work.series_ids),
        twin_of=work.twin_of and work.twin_of + _IDS,
        recordings=tuple(replace(one, work_id=number, duration_s=_SECONDS) for one in work.recordings),
    )


def add_books(root: Path, world: World) -> None:
    """Put a short recording of every made-up work into the library below `root`; every third has no tags."""
    for work in (one for one in world.works if one.id > _IDS):
        author, title = (text.replace("/", "-") for text in (work.authors[0], work.title))
        place = f"{work.series[0].name}/{work.series[0].position} - {title}" if work.series else title
        reader = work.recordings[0].narrators[0] if work.recordings else ""
        tags = {"album": work.title, "artist": work.authors[0], "composer": reader}
        book = PracticeBook(f"{author}/{place}", (f"{title}.flac",), tags if work.id % 3 else {})
        add_book(root, book, pitch=100 + work.id % 900, seconds=_SECONDS)


def add_torrents(world: ClientWorld, count: int, titles: list[str]) -> None:
    """Fill the client up with this many torrents named after the titles: every tenth is a download under way, every
    ninth is paused by you."""
    with world.lock:
        world.add(*(_torrent(number, titles[number % len(titles)]) for number in range(1, count + 1)))


def _torrent(number: int, title: str) -> Torrent:
    size = (40 + number * 37 % 900) * _MIB
    download = number % 10 == 0
    return Torrent(
        f"{title} [{number:04}]",
        size,
        left=size // 2 if download else 0,
        stopped=number % 9 == 0,
        down_rate=30 * _KB if download else 0,
        up_rate=0 if download else number % 40 * _KB,
        seeding_s=0 if download else number * 3_600,
    )

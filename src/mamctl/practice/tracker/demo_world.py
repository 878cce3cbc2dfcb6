"""The demo site: a few hundred torrents over every category, and one member whose VIP ends in forty days."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.domain.site.categories import AUDIOBOOKS, CATEGORY_BY_ID, EBOOKS, KNOWN_CATEGORIES, Category
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker.demo_shelf import NARRATORS, WORKS, Work
from mamctl.practice.tracker.state import GIB, Account, SessionKind, Torrent, World
from mamctl.practice.tracker.texts import site_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ID = 400_001
AUDIO_BYTES_PER_SECOND = 8_000  # 64 kbit/s
_BY_PLACE = {(category.main_id, category.name): category for category in KNOWN_CATEGORIES}


def demo_world(now: datetime) -> World:
    """The world as it is at `now`; the clock stands there until it is moved. The same every time."""
    world = World(PracticeClock(now), pages=site_texts(), seed="demo")
    world.accounts[123_456] = Account(
        uid=123_456,
        username="examplemouse",
        rank="Power User",
        points=12_500.0,
        points_at=now,
        points_per_hour=42.0,
        uploaded=190 * GIB,
        downloaded=100 * GIB,
        vip_until=now + timedelta(days=40),
        wedges=3,
        unsatisfied=7,
    )
    world.open_session("api", 123_456, SessionKind.API_ASN, may_set_seedbox=True)
    world.open_session("browser", 123_456, SessionKind.BROWSER)
    chance = random.Random("demo")  # noqa: S311 - a believable site, the same every time
    for number, torrent in enumerate(_shelf(now, chance)):
        torrent.id = FIRST_ID + number
        world.list_torrent(torrent)
    _pick_freeleech(world, now, chance)
    return world


def _shelf(now: datetime, chance: random.Random) -> Iterator[Torrent]:
    filled: set[int] = set()
    for work in WORKS:
        for edition in _editions(work, now, chance):
            filled.add(edition.category)
            yield edition
    for category in CATEGORY_BY_ID.values():
        if category.id not in filled:
            yield from _fillers(category, now, chance)


def _editions(work: Work, now: datetime, chance: random.Random) -> Iterator[Torrent]:
    spoken, written = _BY_PLACE.get((AUDIOBOOKS, work.genre)), _BY_PLACE.get((EBOOKS, work.genre))
    if spoken:
        for narrator in chance.sample(NARRATORS, chance.choice((1, 1, 2))):
            yield _audiobook(work, spoken, narrator, now, chance)
    if written:
        yield _torrent(work, written, now, chance, size=chance.randint(300_000, 6_000_000), filetype="epub")


def _audiobook(work: Work, category: Category, narrator: str, now: datetime, chance: random.Random) -> Torrent:
    seconds = chance.randint(3, 38) * 3600 + chance.randint(0, 3599)
    torrent = _torrent(
        work,
        category,
        now,
        chance,
        size=seconds * AUDIO_BYTES_PER_SECOND,
        filetype=chance.choice(("m4b", "m4b", "mp3")),
    )
    torrent.narrators = [narrator]
    torrent.numfiles = 1 if torrent.filetype == "m4b" else max(3, seconds // 1800)
    torrent.tags = f"{work.genre.casefold()} unabridged"
    torrent.mediainfo = {
        "Duration": f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}",
        "Format": "MPEG-4" if torrent.filetype == "m4b" else "MPEG Audio",
        "BitRate": "64000",
        "Channels": "1",
    }
    return torrent


def _torrent(
    work: Work, category: Category, now: datetime, chance: random.Random, *, size: int, filetype: str
) -> Torrent:
    added = now - timedelta(days=chance.randint(1, 2500), seconds=chance.randint(0, 86_399))
    series = [(work.series[0], str(work.series[1]), float(work.series[1]))] if work.series else []
    return Torrent(
        id=0,
        title=work.title,
        authors=[work.author],
        category=category.id,
        size=size,
        added=added.replace(microsecond=0),
        series=series,
        filetype=filetype,
        seeders=chance.randint(0, 60),
        leechers=chance.randint(0, 3),
        times_completed=chance.randint(5, 900),
        tags=work.genre.casefold(),
        description=f"{work.title} by {work.author}.",
        fiction="Fic" in category.name or category.name in _FICTION,
    )


def _fillers(category: Category, now: datetime, chance: random.Random) -> Iterator[Torrent]:
    filetype = {"AudioBooks": "mp3", "Radio": "mp3", "E-Books": "epub"}.get(category.main_name, "pdf")
    for volume in (1, 2):
        work = Work(f"The Practice Book of {category.name}, Volume {volume}", "Various Mice", category.name)
        yield _torrent(work, category, now, chance, size=chance.randint(2, 400) * 1024**2, filetype=filetype)


def _pick_freeleech(world: World, now: datetime, chance: random.Random) -> None:
    """About a third is free, a third is VIP, some of it until a day; no torrent is both."""
    for torrent in world.torrents.values():
        lot = chance.random()
        torrent.free = lot < 0.36
        torrent.vip = 0.36 <= lot < 0.64
        if torrent.vip and chance.random() < 0.25:
            torrent.vip_expire = (now + timedelta(days=chance.randint(2, 60))).replace(microsecond=0)


_FICTION = frozenset(
    {
        "Action/Adventure",
        "Crime/Thriller",
        "Fantasy",
        "Horror",
        "Humor",
        "Juvenile",
        "Literary Classics",
        "Mystery",
        "Romance",
        "Urban Fantasy",
        "Western",
        "Young Adult",
    }
)

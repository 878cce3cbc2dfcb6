"""What fills the stocked world: hundreds of books, torrents and queue items, whose titles are of every script."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from mamctl.domain.timestamps import timestamp
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.world import Work, World
from mamctl.practice.client import ClientWorld
from mamctl.practice.client.state import Torrent
from mamctl.sqlite import transaction

BOOKS, TORRENTS, WANTED, DOWNLOADS = 300, 500, 60, 40
_GIB = 1024**3
# Wide letters, letters from the right, marks on letters, emoji of one sign and of several, names without a blank.
ODD = (
    "塩の道と長い帰り道の物語 第二巻",
    "소금길과 집으로 가는 먼 길",
    "طريق الملح والعودة الطويلة إلى البيت",
    "דרך המלח והשיבה הארוכה הביתה",
    "नमक की सड़क और घर का लंबा रास्ता",
    "ถนนเกลือและทางกลับบ้านอันยาวไกล",
    "Солёная дорога и долгий путь домой",
    "🦊 The Fox & the 👩‍👩‍👧 Family 🏴‍☠️",
    "Die Donaudampfschifffahrtsgesellschaftskapitänsmütze",
    "Zażółć gęślą jaźń: e\u0301tudes for the Long Way Home Again and Other Stories of the Salt Road",
)
_STATES = ("waiting", "downloading", "filed", "settled", "held", "refused", "complete", "failed")


def odd_world() -> World:
    """The books of the catalogues: every seventh has a title of another script."""
    world = make_world(BOOKS, seed=4)
    return replace(world, works=tuple(_odd(number, work) for number, work in enumerate(world.works)))


def _odd(number: int, work: Work) -> Work:
    if number % 7:
        return work
    return replace(work, title=f"{ODD[number // 7 % len(ODD)]} {number}")


def in_catalogues(world: World) -> World:
    """What the catalogues have: every twelfth book is missing there."""
    return replace(world, works=tuple(work for work in world.works if work.id % 12))


def a_month_later(world: World) -> World:
    """The catalogues describe every fifth book in other words, and have another reader for every twentieth."""
    return replace(world, works=tuple(_rewritten(work) if work.id % 5 == 0 else work for work in world.works))


def _rewritten(work: Work) -> Work:
    recordings = work.recordings
    if work.id % 20 == 0:
        recordings = tuple(replace(one, narrators=("Ned Oaks",)) for one in recordings)
    return replace(work, description=f"A wager, a timetable and volume {work.id}.", recordings=recordings)


def fill_client(world: ClientWorld, titles: list[str]) -> None:
    """Five hundred torrents: every fifth is a download under way, every ninth is paused by you; the ratio falls."""
    with world.lock:
        world.uploaded, world.downloaded = 10_050 * _GIB, 10_000 * _GIB
        world.add(*(_torrent(number, titles[number % len(titles)]) for number in range(TORRENTS)))


def _torrent(number: int, title: str) -> Torrent:
    size = (number % 37 + 1) * _GIB // 3
    download = number % 5 == 0
    return Torrent(
        f"{title} – {number:03} [M4B]",
        size,
        left=size * (number % 3 + 1) // 4 if download else 0,
        stopped=number % 9 == 4,
        forced=number % 50 == 0,
        down_rate=300_000 if download else 0,
        up_rate=0 if download else 1_000 * (number % 40),
    )


def fill_store(db: sqlite3.Connection, now: datetime, titles: list[str]) -> None:
    """Wanted titles, downloads in every state with their history, and problems of the library."""
    at = timestamp(now - timedelta(days=2))
    with transaction(db):
        db.executemany(
            "INSERT INTO pending (id, title, author, added_at, auto_download, status, note)"
            " VALUES (?, ?, ?, ?, 0, 'pending', NULL)",
            [(number, titles[number], f"Author {number} of the Long Name", at) for number in range(1, WANTED + 1)],
        )
        for number in range(1, DOWNLOADS + 1):
            _queue_item(db, number, titles[number], now)
        db.executemany(
            "INSERT INTO library_problems (book_id, root, code, message, subject, remedy, found_at)"
            " VALUES (?, '/library', ?, ?, ?, ?, ?)",
            list(_problems(at, titles)),
        )


def _queue_item(db: sqlite3.Connection, number: int, title: str, now: datetime) -> None:
    state = _STATES[number % len(_STATES)]
    since = timestamp(now - timedelta(hours=5 * number))
    digest = hashlib.sha1(title.encode(), usedforsecurity=False).hexdigest()
    handed = state not in {"waiting", "held", "refused"}
    reason = {"held": "the free space is unknown; look at the disk, then take it up again",
              "refused": "no torrent satisfies your rules: 12 of 14 hold"}.get(state, "free (site)")  # fmt: skip
    item = db.execute(
        "INSERT INTO queue_items (book_key, title, author, added_at, state, since, reason, held_state, hold_code,"
        " size_bytes, progress, seeding_s, torrent_id, torrent_title, info_hash, client, paid, free, claimed_at,"
        " add_sent_at, handed_over_at, folder) VALUES (?, ?, 'Mara Vell', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?)",
        (title, title, since, state, since, reason, "waiting" if state == "held" else None,
         "no_space" if state == "held" else None, number * 700_000_000, 0.42 if state == "downloading" else None,
         86_400.0 * number if state in {"filed", "settled"} else None, 1_200_000 + number, title,
         digest if handed else None, "home" if handed else None, int(number % 3 == 0) if handed else None,
         "site" if handed else None, *[since if handed else None] * 3, f"/library/{title}" if handed else None),
    )  # fmt: skip
    db.execute(
        "INSERT INTO queue_history (item_id, at, to_state, reason) VALUES (?, ?, ?, ?)",
        (item.lastrowid, since, state, reason),
    )


def _problems(at: str, titles: list[str]) -> Iterator[tuple[object, ...]]:
    for book in range(3, BOOKS, 11):
        path = f"/library/Author {book}/{titles[book]}/{titles[book]} - Part 01.m4b"
        message = f"{path}: the audio ends after 41:02:11 of 43:00:00; the end is missing"
        yield book, "truncated", message, path, "fetch the file again", at

"""A site small enough to know by heart, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker.state import GIB, Account, SessionKind, Torrent, World
from mamctl.practice.tracker.texts import site_texts

MEMBER = 123_456
NEWCOMER = 123_457

PLAIN, FREE, VIP, VIP_FOR_A_WEEK, FREE_EBOOK, NUMBERED, ODD, UNSEEDED = range(900_001, 900_009)


def small_world(now: datetime) -> World:
    """Two members (a VIP, a newcomer), sessions `api`, `asn`, `browser` and `new`, eight torrents."""
    world = World(PracticeClock(now), pages=site_texts(), seed="small")
    for account in (_member(now), _newcomer(now)):
        world.accounts[account.uid] = account
    world.open_session("api", MEMBER, SessionKind.API_IP, may_set_seedbox=True)
    world.open_session("asn", MEMBER, SessionKind.API_ASN)
    world.open_session("browser", MEMBER, SessionKind.BROWSER)
    world.open_session("new", NEWCOMER, SessionKind.API_IP)
    for torrent in _torrents(now):
        world.list_torrent(torrent)
    return world


def _member(now: datetime) -> Account:
    return Account(
        uid=MEMBER,
        username="examplemouse",
        rank="Power User",
        points=61_250.091,
        points_at=now,
        uploaded=439_912_025_293,
        downloaded=129_385_889_792,
        vip_until=now + timedelta(days=20),
        wedges=7,
        unsatisfied=3,
    )


def _newcomer(now: datetime) -> Account:
    return Account(
        uid=NEWCOMER,
        username="newmouse",
        rank="User",
        points=310.0,
        points_at=now,
        uploaded=10 * GIB,
        downloaded=0,
        passkey="newcomerpasskey000000000000000000",
        email="new@example.invalid",
        country_code=None,
        country_name=None,
    )


def _torrents(now: datetime) -> tuple[Torrent, ...]:
    added = now - timedelta(days=100)
    week = now + timedelta(days=7)
    saga = [("Saga", "1", 1.0)]
    return (
        Torrent(
            PLAIN,
            "Example Saga",
            ["Jane Doe"],
            41,
            1_395_864_371,
            added,
            ["John Roe"],
            saga,
            isbn="9780000000002",
        ),
        Torrent(FREE, "The Time Machine", ["H. G. Wells"], 47, 150_000_000, added, ["Ada Quill"], free=True),
        Torrent(VIP, "Dracula", ["Bram Stoker"], 43, 800_000_000, added, ["Hugo Penhaligon"], vip=True),
        Torrent(VIP_FOR_A_WEEK, "Emma", ["Jane Austen"], 46, 600_000_000, added, vip=True, vip_expire=week),
        Torrent(FREE_EBOOK, "Emma", ["Jane Austen"], 68, 900_000, added, filetype="epub mobi", free=True),
        Torrent(NUMBERED, "1984", ["A. N. Author"], 42, 400_000_000, added),
        Torrent(ODD, "“Les Misérables” & <b>Größe</b> 🐭 שלום", ["Victor Hugo"], 98, 2_000_000_000, added),
        Torrent(UNSEEDED, "The Lost Lute", ["Various Mice"], 26, 5_000_000, added, seeders=0),
    )

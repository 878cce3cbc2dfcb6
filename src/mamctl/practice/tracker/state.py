"""The practice world: accounts, sessions, torrents, events, page texts; requests and tests change it."""

from __future__ import annotations

import base64
import hashlib
import threading
import zlib
from dataclasses import field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import Json
from mamctl.domain.site.categories import CATEGORY_BY_ID, Category
from mamctl.practice.clock import PracticeClock

if TYPE_CHECKING:
    from mamctl.practice.tracker.behaviour import Behaviour
    from mamctl.practice.web import Request


GIB = 1024**3

UNSATISFIED_LIMITS = {"New Member": 20, "User": 50, "Power User": 100, "VIP": 150, "Elite VIP": 200}
BELOW_POWER_USER = frozenset({"Mouse", "New Member", "User"})
MAY_BUY_VIP = frozenset({"Power User"})


class SessionKind(StrEnum):
    """How a session was made: API locked to one IP, API locked to networks (ASNs), or a browser's."""

    API_IP = "api-ip"
    API_ASN = "api-asn"
    BROWSER = "browser"


@dataclass(slots=True)
class Caller:
    """Where the site believes requests come from; loopback has no network to judge."""

    ip: str = "203.0.113.7"
    asn: int = 64500
    network: str = "Example ISP"


@dataclass(slots=True)
class Session:
    """One cookie's life. `faded` holds replaced values and how many more requests each is good for."""

    name: str
    uid: int
    kind: SessionKind
    value: str
    last_used: datetime
    ip: str = "203.0.113.7"
    asns: list[int] = field(default_factory=lambda: [64500])
    may_set_seedbox: bool = False
    alive: bool = True
    turns: int = 0
    faded: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """A member. `rank` is the class without VIP; points are fractional, bytes exact."""

    uid: int
    username: str
    rank: str
    points: float
    uploaded: int
    downloaded: int
    points_at: datetime
    points_per_hour: float = 0.0
    vip_until: datetime | None = None
    wedges: int = 0
    automatic_wedges: bool = False  # the preference "Automatic Freeleech Wedge"
    cheese: int = 0
    unsatisfied: int = 0
    unsatisfied_limit: int | None = None
    hit_and_runs: int = 0  # not seeding, and the site's time is not over
    connectable: str = "yes"  # or no, offline
    downloads_blocked_until: datetime | None = None
    downloads_blocked_at: datetime | None = None
    grabs: dict[int, datetime] = field(default_factory=dict)
    personal_freeleech: dict[int, datetime] = field(default_factory=dict)
    passkey: str = "practicepasskey0000000000000000"
    email: str = "member@example.invalid"
    password: str = "practice"  # noqa: S105 - the practice site guards nothing
    failed_logins: int = 0
    seedbox_ip: str | None = None
    seedbox_changed_at: datetime | None = None
    country_code: str | None = "xx"
    country_name: str | None = "Exampleland"

    def is_vip(self, now: datetime) -> bool:
        """Whether VIP privileges hold."""
        return self.vip_for_good or (self.vip_until is not None and self.vip_until > now)

    @property
    def vip_for_good(self) -> bool:
        """Whether the rank carries VIP: all ranks above those that buy it."""
        return self.rank not in BELOW_POWER_USER | MAY_BUY_VIP

    def classname(self, now: datetime) -> str:
        """The class shown: a bought VIP covers the rank until it lapses."""
        covered = self.is_vip(now) and not self.vip_for_good
        return "VIP" if covered else self.rank

    def limit(self, now: datetime) -> int:
        """How many unsatisfied torrents are allowed."""
        return self.unsatisfied_limit or UNSATISFIED_LIMITS.get(self.classname(now), 200)


@dataclass(slots=True)
class Torrent:
    """A torrent; `series`: (name, label, sort number); `info`: a ready bencoded info dictionary, if any; `author_info`:
    the row's text in place of the well-formed one.
    """

    id: int
    title: str
    authors: list[str]
    category: int
    size: int
    added: datetime
    narrators: list[str] = field(default_factory=list)
    series: list[tuple[str, str, float]] = field(default_factory=list)
    filetype: str = "m4b"
    numfiles: int = 1
    seeders: int = 12
    leechers: int = 0
    times_completed: int = 40
    free: bool = False
    vip: bool = False
    vip_expire: datetime | None = None
    language: int = 1
    lang_code: str = "ENG"
    fiction: bool = True
    tags: str = ""
    description: str = ""
    isbn: str | None = None
    mediainfo: dict[str, str] | None = None
    author_info: str | None = None
    browseflags: int = 0
    comments: int = 0
    info: bytes | None = None

    @property
    def place(self) -> Category:
        """The category it is listed in."""
        return CATEGORY_BY_ID[self.category]

    def is_vip(self, now: datetime) -> bool:
        """Whether it is a VIP torrent at this moment."""
        return self.vip and (self.vip_expire is None or self.vip_expire > now)


@dataclass(slots=True)
class Events:
    """What holds on the whole site."""

    freeleech: bool = False
    freeleech_until: datetime | None = None
    bonus: bool = False
    bonus_text: str = ""

    def is_freeleech(self, now: datetime) -> bool:
        """Whether nothing is charged to anyone."""
        return self.freeleech and (self.freeleech_until is None or self.freeleech_until > now)


@dataclass(slots=True)
class Section:
    """One headed part of a text page."""

    anchor: str
    title: str
    paragraphs: list[str]


@dataclass(slots=True)
class Purchase:
    """A purchase that was really applied; `amount` in weeks, GiB or wedges by kind."""

    at: datetime
    uid: int
    kind: str
    amount: float
    points: float
    tid: int | None = None


@dataclass(slots=True)
class Exchange:
    """One row of the account's bonus history; wedges or points by `kind`."""

    at: datetime
    uid: int
    kind: str
    amount: float
    tid: int | None = None
    other_uid: int | None = None


@dataclass(slots=True)
class World:
    """Everything the practice site knows. Hold `lock` to change several things as one."""

    clock: PracticeClock
    accounts: dict[int, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    torrents: dict[int, Torrent] = field(default_factory=dict)
    pages: dict[str, list[Section]] = field(default_factory=dict)
    events: Events = field(default_factory=Events)
    caller: Caller = field(default_factory=Caller)
    purchases: list[Purchase] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    announce_url: str | None = None
    ip_asked_at: datetime | None = None
    seed: str = "practice"
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def member(self) -> Account:
        """The first account: the one most stories are about."""
        return next(iter(self.accounts.values()))

    def open_session(self, name: str, uid: int, kind: SessionKind, *, may_set_seedbox: bool = False) -> Session:
        """Make a session as the preferences page would; its `value` is what the member copies."""
        session = Session(name, uid, kind, "", self.clock(), self.caller.ip, [self.caller.asn], may_set_seedbox)
        session.value = self.next_value(session)
        self.sessions[name] = session
        return session

    def next_value(self, session: Session) -> str:
        """A fresh opaque cookie value; it holds URL escapes, as real ones do."""
        session.turns += 1
        digest = hashlib.sha512(f"{self.seed}:{session.name}:{session.turns}".encode()).digest()
        return quote(base64.b64encode(digest).decode(), safe="")

    def session_of(self, value: str) -> Session | None:
        """The session a cookie value opens, be it current or in its grace."""
        for session in self.sessions.values():
            if value == session.value or session.faded.get(value, 0) > 0:
                return session
        return None

    def list_torrent(self, torrent: Torrent) -> Torrent:
        """Add or replace a torrent."""
        self.torrents[torrent.id] = torrent
        return torrent

    def is_free(self, torrent: Torrent, now: datetime) -> bool:
        """Whether it is free for all: a pick, or a site-wide event."""
        return torrent.free or self.events.is_freeleech(now)


def name_id(name: str) -> int:
    """The stable number of an author, narrator or series."""
    return zlib.crc32(name.encode()) % 100_000 + 1


def site_time(moment: datetime) -> str:
    """The site's way of writing times: UTC without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True, slots=True)
class Visit:
    """What an answering function gets. `session` is None where none is needed and none came."""

    world: World
    behaviour: Behaviour
    request: Request
    session: Session | None
    now: datetime
    base_url: str = ""

    @property
    def account(self) -> Account:
        """The account behind the session; only where a session is required."""
        assert self.session is not None
        return self.world.accounts[self.session.uid]

    @property
    def fields(self) -> dict[str, Json]:
        """Query and body, nested."""
        return self.request.fields

"""What the practice client holds: torrents, totals, its person's login."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass
from mamctl.practice.client.api_version import ApiVersion

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.practice.clock import PracticeClock

ANNOUNCE = "https://t.myanonamouse.net/tracker.php/practicepasskey00000000000000000/announce"


@dataclass(slots=True)
class Torrent:
    """One torrent. Sizes are bytes, `down_rate` and `up_rate` the bytes a second that the swarm gives and takes.

    `over` hides whether it runs: "checking", or a state in the client's words ("moving", "missingFiles", "error").
    Nothing flows then. A download gives nothing before it is complete. `files` are paths below `save_path` with bytes;
    `message` is what its tracker refuses it with. `pieces` are the hashes of its pieces of `piece_size` bytes.
    """

    name: str
    size: int
    left: int = 0
    category: str = ""
    tags: set[str] = field(default_factory=set)
    trackers: list[str] = field(default_factory=lambda: [ANNOUNCE])
    stopped: bool = False
    forced: bool = False
    over: str = ""
    private: bool = True
    uploaded: int = 0
    downloaded: int = 0
    down_rate: int = 0
    up_rate: int = 0
    hash: str = ""
    files: list[tuple[str, int]] = field(default_factory=list)
    save_path: str = "/downloads"
    added_at: datetime | None = None
    seeding_s: int = 0
    message: str = ""
    piece_size: int = 0
    pieces: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = self.files or [(self.name, self.size)]
        self.hash = self.hash or hashlib.sha1(self.name.encode(), usedforsecurity=False).hexdigest()

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be downloaded."""
        return self.left == 0

    @property
    def flows(self) -> bool:
        """Whether bytes may move."""
        return not self.stopped and not self.over

    @property
    def dlspeed(self) -> int:
        """Bytes a second coming in now."""
        return self.down_rate if self.flows and not self.complete else 0

    @property
    def upspeed(self) -> int:
        """Bytes a second going out now."""
        return self.up_rate if self.flows and self.complete else 0

    def stop(self) -> None:
        """As every stop does, this takes a force-start away."""
        self.stopped, self.forced = True, False

    def start(self, *, forced: bool = False) -> None:
        """In its queue, or past it."""
        self.stopped, self.forced = False, forced

    def state(self, api: ApiVersion, *, still: bool = False) -> str:
        """The state in the client's words; `still` when the session as a whole is paused."""
        side = "UP" if self.complete else "DL"
        if self.over:
            return f"checking{side}" if self.over == "checking" else self.over
        if self.stopped:
            return api.stopped + side
        if self.forced:
            return f"forced{side}"
        if not still and (self.upspeed or self.dlspeed):
            return "uploading" if self.complete else "downloading"
        return f"stalled{side}"


@dataclass(slots=True)
class ClientWorld:
    """Everything the practice client knows. Hold `lock` to change several things as one.

    `uploaded` and `downloaded` are the totals of all time; with `just_started` the client says 0 and 0 instead, as
    real ones do for a moment. While `session_paused` nothing flows, and torrents that run show as stalled. Without a
    password no login is needed. `basic` is the user and password that a web server in front asks for; with
    `quiet_login` it makes 200 without a word of every login that is taken. `flowed_until` is how far time was lived.
    What is added lands in `save_path` unless it says otherwise, at `swarm_rate` bytes a second, and its content is
    copied from `contents` by its name. `category_limits` are share limits of categories, as 5.2 and later have them.
    """

    clock: PracticeClock
    version: str = "v5.1.0"
    username: str = "admin"
    password: str = "practice-password"  # noqa: S105 - nothing is behind it
    api_key: str = ""
    basic: tuple[str, str] | None = None
    quiet_login: bool = False
    torrents: dict[str, Torrent] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    categories: dict[str, str] = field(default_factory=dict)
    uploaded: int = 0
    downloaded: int = 0
    just_started: bool = False
    session_paused: bool = False
    flowed_until: datetime | None = None
    save_path: str = "/downloads"
    swarm_rate: int = 0
    contents: dict[str, Path] = field(default_factory=dict)
    preferences: dict[str, Any] = field(
        default_factory=lambda: {"max_ratio_enabled": False, "max_seeding_time_enabled": False}
    )
    category_limits: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def api(self) -> ApiVersion:
        """How this version speaks."""
        return ApiVersion.of(self.version)

    def add(self, *torrents: Torrent) -> None:
        """Add or replace torrents."""
        with self.lock:
            self.torrents |= {torrent.hash: torrent for torrent in torrents}

    def named(self, name: str) -> Torrent:
        """The torrent of this name. KeyError when there is none."""
        found = {torrent.name: torrent for torrent in self.torrents.values()}
        return found[name]

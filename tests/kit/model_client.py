"""A torrent client in memory that behaves as qBittorrent does, for stories in which a person acts as well."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mamctl.domain.permits import Pause, Permit, Resume, Tag, Untag
from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState
from mamctl.errors import MamctlError

S = TorrentState


@dataclass
class ModelTorrent:
    """What the client itself knows; the state that it shows follows from it."""

    complete: bool = False
    paused: bool = False
    forced: bool = False
    tags: set[str] = field(default_factory=set)
    tracker: str = "t.example.org"
    category: str = ""
    metadata: bool = True
    over: TorrentState | None = None  # checking, moving, missing files: hides whether it is paused
    queued: bool = False
    amount_left: int = 1000
    dlspeed: int = 0
    touched: int = 0
    stops_itself: bool = False  # a share limit pauses it as soon as it seeds

    def __post_init__(self) -> None:
        self.forced = self.forced and not self.paused  # qBittorrent's pause takes a force-start away

    @property
    def state(self) -> TorrentState:
        if self.over is not None:
            return self.over
        if self.complete:
            return (
                S.PAUSED_UP if self.paused else S.FORCED_UP if self.forced else self._waiting(S.QUEUED_UP, S.STALLED_UP)
            )
        if self.paused:
            return S.PAUSED_DL
        if not self.metadata:
            return S.FORCED_METADATA_DL if self.forced else S.METADATA_DL
        return S.FORCED_DL if self.forced else self._waiting(S.QUEUED_DL, S.DOWNLOADING)

    def _waiting(self, queued: TorrentState, going: TorrentState) -> TorrentState:
        return queued if self.queued else going

    def look(self) -> tuple[object, ...]:
        """Everything that must be as it was."""
        return (self.complete, self.paused, self.forced, frozenset(self.tags), self.over)


class ModelClient:
    """`uploaded` and `downloaded` are the totals. `trouble` is called before every request and may raise."""

    def __init__(self, name: str = "home", uploaded: int = 100, downloaded: int = 100) -> None:
        self.name = name
        self.uploaded: int | None = uploaded
        self.downloaded: int | None = downloaded
        self.torrents: dict[str, ModelTorrent] = {}
        self.trouble: Callable[[str], None] = lambda call: None
        self.calls: list[tuple[str, tuple[str, ...]]] = []
        self.slow = 0  # looks until a change is shown
        self.session_paused = False
        self.tags_at_once = False  # as in qBittorrent, whose states alone are late
        self._shown: dict[str, ClientTorrent] = {}
        self._looks = 0

    def add(self, hash_: str, **traits: object) -> ModelTorrent:
        self.torrents[hash_] = ModelTorrent(**traits)  # type: ignore[arg-type]
        return self.torrents[hash_]

    def fetch_snapshot(self, saved: bytes | None) -> tuple[ClientSnapshot, bytes]:
        self._call("fetch")
        shown = {hash_: self._show(hash_, torrent) for hash_, torrent in self.torrents.items()}
        if self._looks > 0:
            self._looks -= 1
            shown = {hash_: self._late(self._shown.get(hash_, torrent), torrent) for hash_, torrent in shown.items()}
        self._shown = shown
        count = json.loads(saved)["count"] if saved else 0
        totals = ClientTotals(self.uploaded, self.downloaded, 10, 20)
        return ClientSnapshot(self.name, "v5.1.0", totals, shown, count == 0, self.session_paused), json.dumps(
            {"count": count + 1}
        ).encode()

    def _late(self, before: ClientTorrent, now: ClientTorrent) -> ClientTorrent:
        return before._replace(tags=now.tags) if self.tags_at_once else before

    def _show(self, hash_: str, t: ModelTorrent) -> ClientTorrent:
        return ClientTorrent(
            hash=hash_,
            name=f"Book {hash_}",
            state=t.state,
            amount_left=0 if t.complete else t.amount_left,
            category=t.category,
            tags=frozenset(t.tags),
            trackers=frozenset({t.tracker}) if t.tracker else None,
            forced=t.forced,
            dlspeed=t.dlspeed,
        )

    def pause(self, permit: Permit[Pause]) -> None:
        for torrent in self._touch("pause", permit.act.hashes):
            torrent.paused, torrent.forced = True, False

    def resume(self, permit: Permit[Resume]) -> None:
        for torrent in self._touch("resume", permit.act.hashes):
            self._start(torrent, forced=False)

    def force_resume(self, permit: Permit[Resume]) -> None:
        for torrent in self._touch("force_resume", permit.act.hashes):
            self._start(torrent, forced=True)

    def _start(self, torrent: ModelTorrent, *, forced: bool) -> None:
        torrent.paused, torrent.forced = torrent.complete and torrent.stops_itself, forced

    def add_tag(self, permit: Permit[Tag]) -> None:
        for torrent in self._touch("add_tag", permit.act.hashes):
            torrent.tags.add(permit.act.tag)

    def remove_tag(self, permit: Permit[Untag]) -> None:
        for torrent in self._touch("remove_tag", permit.act.hashes):
            torrent.tags.discard(permit.act.tag)

    def close(self) -> None:
        pass

    def _touch(self, call: str, hashes: Sequence[str]) -> list[ModelTorrent]:
        assert 0 < len(hashes) <= 500
        self._call(call, tuple(hashes))
        self._looks = self.slow
        found = [self.torrents[hash_] for hash_ in hashes if hash_ in self.torrents]
        for torrent in found:
            torrent.touched += 1
        return found

    def _call(self, call: str, hashes: tuple[str, ...] = ()) -> None:
        self.calls.append((call, hashes))
        self.trouble(call)


def declines(*calls: str, error: MamctlError) -> Callable[[str], None]:
    """Trouble with these calls."""

    def trouble(call: str) -> None:
        if call in calls:
            raise error

    return trouble

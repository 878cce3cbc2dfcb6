"""A desk for stories of the queue: the practice site, a seedbox in memory that writes real files, a library."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bencode2 import bdecode

from mamctl.adapters.library.filing import LibraryFiler
from mamctl.adapters.tracker.torrents import read_torrent_bytes
from mamctl.cli.runtime import Options, Runtime
from mamctl.cli.wiring.queue import LocalContent
from mamctl.cli.wiring.self_tests import run_self_tests
from mamctl.domain.permits import HandOver, Pause, Permit, Resume, Tag, Untag
from mamctl.domain.queue.pieces import PieceHashes
from mamctl.domain.queue.policy import EventPolicy, QualityPolicy, QueuePolicy
from mamctl.domain.queue.share_limits import ShareLimit
from mamctl.domain.queue.watching import AddRequest, ClientDownload, ClientFile
from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.jobs.queue.context import QueueClient, QueueContext
from mamctl.jobs.queue.run import QueueRun, run_queue
from mamctl.jobs.ratio.client_actions import ScopedClient
from mamctl.jobs.run import Run, job_run
from mamctl.practice.tracker.contents import info_of_content
from mamctl.practice.tracker.state import Torrent
from mamctl.store.database import open_copy, open_store
from mamctl.store.queue.items import QueueItem, list_items
from tests.kit.member import Member

SITE = ("127.0.0.1",)
EASY = QualityPolicy(min_bitrate=16, codecs=("aac", "mp3"))


@dataclass
class Held:
    """A torrent of the seedbox; `left` bytes are still to come, `seeding_s` seconds were seeded."""

    name: str
    files: tuple[tuple[str, int], ...]
    save_path: str
    category: str
    tags: set[str]
    host: str
    added_at: datetime
    left: int
    seeding_s: float = 0.0
    stopped: bool = False
    state: TorrentState | None = None
    seeders: int = 3
    messages: tuple[str, ...] = ()
    unselected: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        return sum(size for _, size in self.files)

    @property
    def shown(self) -> TorrentState:
        if self.state is not None:
            return self.state
        if self.left:
            return TorrentState.PAUSED_DL if self.stopped else TorrentState.DOWNLOADING
        return TorrentState.PAUSED_UP if self.stopped else TorrentState.STALLED_UP


class Seedbox:
    """A torrent client that behaves as qBittorrent does: it is also its own `downloads`.

    `trouble` is called before each request, and `after` behind it; both may raise.
    """

    def __init__(self, name: str, folder: Path, now: Callable[[], datetime]) -> None:
        self.name = name
        self.folder = folder
        self.now = now
        self.torrents: dict[str, Held] = {}
        self.source: dict[str, Path] = {}  # a torrent's content, by its name
        self.pieces: dict[str, PieceHashes] = {}
        self.adds: list[str] = []
        self.trouble: Callable[[str], None] = lambda call: None
        self.after: Callable[[str], None] = lambda call: None
        self.path = str(folder)
        self.downloads = self

    def fetch_snapshot(self, remembered: bytes | None) -> tuple[ClientSnapshot, bytes]:
        self.trouble("snapshot")
        shown = {
            info_hash: ClientTorrent(
                info_hash, held.name, held.shown, 1 - held.left / max(1, held.size), held.left, held.size,
                held.category, frozenset(held.tags), frozenset({held.host}),
            )
            for info_hash, held in self.torrents.items()
        }  # fmt: skip
        return ClientSnapshot(self.name, "v5.1.0", ClientTotals(1, 1), shown), b""

    def find_downloads(self, hashes: Sequence[str]) -> dict[str, ClientDownload]:
        self.trouble("find")
        found = {one: self._show(one) for one in hashes if one in self.torrents}
        self.after("find")
        return found

    def youngest_seeds(self, most: int) -> list[ClientDownload]:
        self.trouble("youngest")
        return sorted(map(self._show, self.torrents), key=lambda one: one.seeding_s)[:most]

    def list_files(self, info_hash: str) -> tuple[ClientFile, ...]:
        self.trouble("files")
        held = self.torrents[info_hash]
        share = 1.0 if not held.left else 0.5
        return tuple(ClientFile(path, size, share, path not in held.unselected) for path, size in held.files)

    def piece_hashes(self, info_hash: str) -> PieceHashes | None:
        self.trouble("pieces")
        return self.pieces.get(info_hash)

    def tracker_messages(self, info_hash: str) -> tuple[str, ...]:
        self.trouble("trackers")
        return self.torrents[info_hash].messages

    def save_path(self, category: str) -> str:
        self.trouble("save_path")
        return self.path

    def share_limits(self) -> tuple[ShareLimit, ...]:
        return ()

    def add_torrent(self, content: bytes, request: AddRequest, permit: Permit[HandOver]) -> None:
        self.trouble("add")
        torrent = read_torrent_bytes(content)
        if torrent.info_hash not in self.torrents:
            listing = torrent.listing
            files = tuple(
                (file.path if listing.single else f"{listing.name}/{file.path}", file.size) for file in listing.files
            )
            self.torrents[torrent.info_hash] = Held(
                listing.name, files, request.save_path, request.category, set(request.tags),
                next(iter(torrent.hosts)), self.now(), listing.size,
            )  # fmt: skip
            self.adds.append(torrent.info_hash)
            self.pieces[torrent.info_hash] = _pieces(content)
        self.after("add")

    def pause(self, permit: Permit[Pause]) -> None:
        for one in permit.act.hashes:
            self.torrents[one].stopped = True

    def resume(self, permit: Permit[Resume]) -> None:
        for one in permit.act.hashes:
            self.torrents[one].stopped = False

    force_resume = resume

    def add_tag(self, permit: Permit[Tag]) -> None:
        for one in permit.act.hashes:
            self.torrents[one].tags.add(permit.act.tag)

    def remove_tag(self, permit: Permit[Untag]) -> None:
        for one in permit.act.hashes:
            self.torrents[one].tags.discard(permit.act.tag)

    def close(self) -> None:
        pass

    def download(self, info_hash: str | None = None) -> None:
        """All that is under way, or one torrent, becomes whole on the disk."""
        for one in [info_hash] if info_hash else list(self.torrents):
            held = self.torrents[one]
            if held.left and held.name in self.source:
                target = Path(held.save_path) / held.name
                target.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if self.source[held.name].is_dir() else shutil.copyfile
                copy(self.source[held.name], target)
                held.left = 0

    def _show(self, info_hash: str) -> ClientDownload:
        held = self.torrents[info_hash]
        return ClientDownload(
            hash=info_hash, name=held.name, state=held.shown, progress=1 - held.left / max(1, held.size),
            amount_left=held.left, size=held.size, save_path=held.save_path,
            content_path=f"{held.save_path}/{held.name}", category=held.category, tags=frozenset(held.tags),
            seeding_s=held.seeding_s, added_at=held.added_at, seeders=held.seeders,
        )  # fmt: skip


def _pieces(content: bytes) -> PieceHashes:
    info = bdecode(content)[b"info"]
    hashes = info[b"pieces"]
    return PieceHashes(info[b"piece length"], tuple(hashes[at : at + 20].hex() for at in range(0, len(hashes), 20)))


class Forgetful:
    """Nothing of a session is remembered."""

    def recall(self, client: str) -> bytes | None:
        return None

    def keep(self, client: str, remembered: bytes) -> None:
        pass


@dataclass
class QueueDesk:
    """Runs passes as the command does; `last` is the newest run."""

    member: Member
    quality: QualityPolicy = EASY
    queue: QueuePolicy = field(default_factory=lambda: QueuePolicy(disk_reserve=0))
    events: EventPolicy = field(default_factory=EventPolicy)
    describe: Any = None
    path_map: dict[str, str] = field(default_factory=dict)
    files_into: bool = True
    wrap: Callable[[Any], Any] = lambda adapter: adapter
    last: Run | None = None
    announced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        home = self.member.home
        self.library = home / "library"
        self.library.mkdir(exist_ok=True)
        self.folder = home / "downloads"
        self.folder.mkdir(exist_ok=True)
        self.seedbox = Seedbox("home", self.folder, self.member.now)
        self.seedboxes = [self.seedbox]
        self.runtime = Runtime(Options(config=self.member.config(catalogues={"order": []})), "queue", run_self_tests)
        self.waited = 0.0
        account = self.member.tracker.world.member
        account.uploaded, account.downloaded = 2000 * 1024**3, 100 * 1024**3

    @property
    def world(self) -> Any:
        return self.member.tracker.world

    def list_book(self, source: Path, title: str = "The Salt Road", **facts: Any) -> Torrent:
        """Put a real book on the site, free unless said otherwise, and give its content to the seedboxes."""
        number = max((910_000, *self.world.torrents)) + 1
        size = sum(path.stat().st_size for path in [source, *source.rglob("*")] if path.is_file())
        count = sum(path.is_file() for path in [source, *source.rglob("*")])
        facts = {
            "authors": ["Mara Vell"], "narrators": ["Tom Asher"], "category": 41, "size": size, "numfiles": count,
            "free": True, "added": self.member.now(), "info": info_of_content(source),
        } | facts  # fmt: skip
        for seedbox in self.seedboxes:
            seedbox.source[source.name] = source
        return self.world.list_torrent(Torrent(id=number, title=title, **facts))

    def context(self, run: Run, api: Any = None) -> QueueContext:
        clients = tuple(
            QueueClient(ScopedClient(one, Scope(SITE)), one.downloads, self.path_map) for one in self.seedboxes
        )
        site = api or self.member.api()

        def wait(seconds: float) -> None:
            self.waited += seconds

        return QueueContext(
            run=run, queue=self.queue, events=self.events, quality=self.quality, site=lambda: site, clients=clients,
            memory=Forgetful(), content=self.wrap(LocalContent(self.runtime)),
            library=self.wrap(LibraryFiler(self.library)) if self.files_into else None, describe=self.describe,
            wait=wait, announce=self.announced.extend,
        )  # fmt: skip

    def do(
        self,
        work: Callable[[QueueContext], Any],
        *,
        dry_run: bool = False,
        db: Any = None,
        api: Any = None,
        job: str = "queue",
    ) -> Any:
        """Any work of the queue, in a run of its own; only runs of the same `job` stand back for each other."""
        own = db is None
        db = db or (open_copy if dry_run else open_store)(self.member.store_path)
        try:
            with job_run(job, db, self.member.store_path, self.member.now, dry_run=dry_run) as run:
                self.last = run
                result = work(self.context(run, api))
                run.finish(result)
            return result
        finally:
            if own:
                db.close()

    def run(self, **how: Any) -> QueueRun:
        """One pass."""
        found: QueueRun = self.do(run_queue, **how)
        return found

    def items(self) -> tuple[QueueItem, ...]:
        with self.member.store() as db:
            return list_items(db)

    @property
    def item(self) -> QueueItem:
        """The only one."""
        (item,) = self.items()
        return item

    @property
    def first(self) -> QueueItem:
        """The oldest; behind it stands what replaces it."""
        return self.items()[0]

    def states(self) -> list[str]:
        return [item.state.value for item in self.items()]

    def problems(self) -> list[str]:
        assert self.last is not None
        return [problem.code for problem in self.last.problems]

    def requests(self) -> list[str]:
        """The paths asked of the site."""
        return [entry.path for entry in self.member.tracker.journal.entries]

    def allow(self, **changes: Any) -> None:
        self.queue = replace(self.queue, **changes)

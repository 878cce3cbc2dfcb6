"""What a pass of the queue works with, and what it leaves: its tools, its policies, its results."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.account.search_schedule import SearchPolicy
from mamctl.domain.problem import Problem
from mamctl.domain.queue.candidates import Edition, JudgeContext
from mamctl.domain.queue.filing import DEFAULT_TEMPLATE
from mamctl.domain.queue.policy import EventPolicy, QualityPolicy, QueuePolicy
from mamctl.domain.queue.states import State
from mamctl.domain.queue.watching import map_path
from mamctl.store.queue.items import QueueItem, move_item, note_item
from mamctl.store.queue.records import tried_torrents

if TYPE_CHECKING:
    from mamctl.domain.metadata.observation import Observation
    from mamctl.jobs.queue.ports import Content, Describe, Downloads, Library, QueueSite
    from mamctl.jobs.ratio.client_actions import ScopedClient
    from mamctl.jobs.ratio.ports import SessionMemory
    from mamctl.jobs.run import Run


@dataclass(frozen=True, slots=True)
class QueueClient:
    """One torrent client: its torrents, its downloads, and where its paths lie on this machine (`path_map`)."""

    scoped: ScopedClient
    downloads: Downloads
    path_map: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        return self.scoped.client.name

    def local(self, path: str) -> str | None:
        """A path of the client as this machine has it; None when `path_map` does not know it."""
        return map_path(path, self.path_map)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueContext:
    """The tools of one pass. `site` connects when it is first called; `file_into` is None where nothing is filed.

    `frozen_tag` marks what the ratio guard has stopped. `announce` tells Audiobookshelf of new files.
    `search` says how often a title that the site does not have, or not for free, is searched for.
    """

    run: Run
    queue: QueuePolicy
    events: EventPolicy
    quality: QualityPolicy
    site: Callable[[], QueueSite]
    clients: tuple[QueueClient, ...]
    memory: SessionMemory
    content: Content
    library: Library | None = None
    template: str = DEFAULT_TEMPLATE
    describe: Describe | None = None
    frozen_tag: str = "mamctl-frozen"
    renew_within_days: float = 30.0
    search: SearchPolicy = field(default_factory=SearchPolicy)
    wait: Callable[[float], None] = lambda seconds: None
    announce: Callable[[Collection[str]], Problem | None] = lambda files: None

    @property
    def now(self) -> datetime:
        """The clock."""
        return self.run.clock()

    @property
    def account_max_age(self) -> timedelta:
        """How old the account's figures may be."""
        return timedelta(seconds=self.queue.account_max_age)

    def judge_context(self, edition: Edition, *, vip_active: bool) -> JudgeContext:
        """What candidates are judged by now."""
        return JudgeContext(self.quality, edition, vip_active, tried_torrents(self.run.db))

    def edition_of(self, wanted: Wanted) -> tuple[Edition, tuple[Observation, ...]]:
        """The wanted edition as the catalogues know it, and their statements; nothing where none is asked."""
        return self.describe(wanted) if self.describe else (Edition(), ())

    def local_path(self, item: QueueItem) -> str | None:
        """Where an item's content lies on this machine; None when no path is known or `path_map` does not fit."""
        client = next((one for one in self.clients if one.name == item.client), None)
        if client is None or not item.content_path:
            return None
        local = client.local(item.content_path)
        return local.rstrip("/") if local else None

    def move(self, item: QueueItem, state: State, reason: str, **values: object) -> QueueItem:
        """The item in its next state. Raises LockedError when another run was quicker."""
        return move_item(self.run.db, item, state, reason, self.now, run_id=self.run.id, **values)

    def note(self, item: QueueItem, **values: object) -> QueueItem:
        """The item with some of its columns set."""
        return note_item(self.run.db, item, **values)


@dataclass(frozen=True, slots=True)
class ItemNote:
    """An item that a pass moved, and why."""

    id: int
    title: str
    torrent_id: int | None
    state: str
    reason: str

    @classmethod
    def of(cls, item: QueueItem) -> ItemNote:
        """The note of an item as it is now."""
        return cls(item.id, item.title, item.torrent_id, item.state.value, item.reason)


@dataclass(slots=True)
class QueuePass:
    """What a pass did, by kind."""

    released: list[ItemNote] = field(default_factory=list)
    completed: list[ItemNote] = field(default_factory=list)
    filed: list[ItemNote] = field(default_factory=list)
    refused: list[ItemNote] = field(default_factory=list)
    held: list[ItemNote] = field(default_factory=list)
    failed: list[ItemNote] = field(default_factory=list)
    unclear: list[ItemNote] = field(default_factory=list)

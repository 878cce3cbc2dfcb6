"""The facts of downloads and of changes that their checks rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.queue.policy import QueuePolicy


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One download of the queue that was claimed or handed over. `failed` has the rules that its torrent failed, by the
    stage at which they were judged; `judged` whether there are answers before the claim; `checked` whether it was found
    whole before it was filed.
    """

    id: int
    title: str
    state: str
    attempt: int
    paid: bool
    free: str | None
    claimed_at: datetime | None
    handed_over_at: datetime | None
    info_hash: str | None
    torrent_id: int | None
    ratio_after: str | None
    wedge_sent_at: datetime | None
    wedges_before: int | None
    judged: bool
    failed: Mapping[str, tuple[str, ...]]
    checked: bool
    filed: bool


@dataclass(frozen=True, slots=True)
class ReleaseFact:
    """One release: when, and by which run."""

    at: datetime
    run_id: int | None


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The queue's part of the store; `unsatisfied` is the site's newest figure and its limit."""

    policy: QueuePolicy = field(default_factory=QueuePolicy)
    items: tuple[ItemFact, ...] = ()
    releases: tuple[ReleaseFact, ...] = ()
    unsatisfied: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """One entry of the log of changes. `acts` are what a rollback was to restore, `left` those that it did not, and
    `unexplained` those without a reason. `taken_back` when it was made, and mamctl took it back by itself.
    """

    id: int
    at: datetime
    kind: str
    outcome: str | None
    failing_since: datetime | None
    accepted_at: datetime | None
    closed_at: datetime | None
    acts: int
    left: int
    unexplained: int
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """The log of changes, the newest first, and what was last known of each kind."""

    changes: tuple[ChangeFact, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    pushes: tuple[tuple[int, bool], ...] = ()
    """Each value that was sent to Audiobookshelf, and whether what stood there before is on record."""

"""What the guard may do to a torrent: kinds of states, the scope, and the journal's entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from enum import StrEnum
from functools import lru_cache

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.client import ClientTorrent, TorrentState


class TransferState(StrEnum):
    """What matters about a state. In `hidden` and `broken` states a client does not show whether the torrent is paused.

    Nothing flows in them, so waiting until they show is safe, and the only way not to mistake your pause.
    """

    DOWNLOADS = "downloads"
    PAUSED_DOWNLOAD = "paused_download"
    SEEDS = "seeds"
    PAUSED_SEED = "paused_seed"
    HIDDEN = "hidden"
    BROKEN = "broken"


TRANSFER_STATES: dict[TorrentState, TransferState] = {
    TorrentState.DOWNLOADING: TransferState.DOWNLOADS,
    TorrentState.STALLED_DL: TransferState.DOWNLOADS,
    TorrentState.QUEUED_DL: TransferState.DOWNLOADS,  # it would start as soon as another one is paused
    TorrentState.FORCED_DL: TransferState.DOWNLOADS,
    TorrentState.METADATA_DL: TransferState.DOWNLOADS,
    TorrentState.FORCED_METADATA_DL: TransferState.DOWNLOADS,
    TorrentState.PAUSED_DL: TransferState.PAUSED_DOWNLOAD,
    TorrentState.UPLOADING: TransferState.SEEDS,
    TorrentState.STALLED_UP: TransferState.SEEDS,
    TorrentState.QUEUED_UP: TransferState.SEEDS,  # the client's own queue decides when it seeds
    TorrentState.FORCED_UP: TransferState.SEEDS,
    TorrentState.PAUSED_UP: TransferState.PAUSED_SEED,
    TorrentState.CHECKING_DL: TransferState.HIDDEN,
    TorrentState.CHECKING_UP: TransferState.HIDDEN,
    TorrentState.CHECKING_RESUME: TransferState.HIDDEN,
    TorrentState.MOVING: TransferState.HIDDEN,
    TorrentState.ALLOCATING: TransferState.HIDDEN,
    TorrentState.UNKNOWN: TransferState.HIDDEN,
    TorrentState.MISSING_FILES: TransferState.BROKEN,  # resuming it would download what is missing
    TorrentState.ERROR: TransferState.BROKEN,
}

FORCED = frozenset({TorrentState.FORCED_DL, TorrentState.FORCED_UP, TorrentState.FORCED_METADATA_DL})


def transfer_state(torrent: ClientTorrent) -> TransferState:
    """The kind of the torrent's state. In one that mamctl does not know, what arrives shows that it downloads."""
    if torrent.state is TorrentState.UNKNOWN and torrent.dlspeed > 0:
        return TransferState.DOWNLOADS
    return TRANSFER_STATES[torrent.state]


def is_paused(torrent: ClientTorrent) -> bool:
    """Whether the client shows it as paused."""
    return transfer_state(torrent) in (TransferState.PAUSED_DOWNLOAD, TransferState.PAUSED_SEED)


def is_forced(torrent: ClientTorrent) -> bool:
    """Whether it is force-started, or will be when it is resumed."""
    return torrent.forced or torrent.state in FORCED


@dataclass(frozen=True, slots=True)
class Scope:
    """The torrents that may be touched: every tracker's host is one of `trackers` or below it; the others narrow it.

    A torrent without a known tracker, or with another tracker besides, is never touched.
    """

    trackers: tuple[str, ...]
    category: str = ""
    tag: str = ""

    def holds(self, torrent: ClientTorrent) -> bool:
        """Whether the torrent may be touched."""
        if not torrent.trackers or not _are_all_below(torrent.trackers, self.trackers):
            return False
        if self.category and torrent.category != self.category and not torrent.category.startswith(self.category + "/"):
            return False
        return not self.tag or self.tag in torrent.tags


@lru_cache(maxsize=1_024)  # nearly all torrents of a client have the same trackers
def _are_all_below(hosts: frozenset[str], domains: tuple[str, ...]) -> bool:
    """Whether each host is one of the domains, or below one."""
    suffixes = [domain.lower().strip(".") for domain in domains]
    names = [host.lower().rstrip(".") for host in hosts]
    return all(any(suffix and (name == suffix or name.endswith("." + suffix)) for suffix in suffixes) for name in names)


class Role(StrEnum):
    """What the freeze is to a torrent: a download it pauses, a seed it starts, or one it cannot judge yet."""

    FROZEN = "frozen"
    SEEDED = "seeded"
    UNDECIDED = "undecided"


class Phase(StrEnum):
    """How far an entry is. The last three are closed; `left_alone` means that you decided otherwise.

    `held_back` is a frozen download that waits for its turn after the emergency (RAT-14).
    """

    WAITING = "waiting"
    INTENDED = "intended"
    DONE = "done"
    HELD_BACK = "held_back"
    REVERTING = "reverting"
    REVERTED = "reverted"
    LEFT_ALONE = "left_alone"
    GONE = "gone"

    @property
    def is_open(self) -> bool:
        """Whether the thaw still has to look at it."""
        return self not in (Phase.REVERTED, Phase.LEFT_ALONE, Phase.GONE)

    @property
    def is_shown(self) -> bool:
        """Whether the client was seen to do what the freeze asked for."""
        return self in (Phase.DONE, Phase.HELD_BACK)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One torrent in the journal, with its state before it was touched.

    `tagged` is whether it bore our tag before us, so that the tag stays. `tag_unreliable` is whether the tag's absence
    means nothing: the client declined to put it on, or it was taken off while the torrent was frozen. `missing` is one
    that the client did not show when it was last read: its phase stays what it was, for the torrent may be back
    (RAT-13).
    """

    hash: str
    name: str
    role: Role
    phase: Phase
    state: TorrentState
    forced: bool = False
    tagged: bool = False
    reason: str = ""
    missing: bool = False
    tag_unreliable: bool = False

    @property
    def needs_no_tag(self) -> bool:
        """Whether it is known as paused by us without our tag."""
        return self.tagged or self.tag_unreliable

    def at(self, phase: Phase, reason: str = "") -> JournalEntry:
        """The same entry at another phase, with its torrent in sight."""
        return replace(self, phase=phase, reason=reason or self.reason, missing=False)

    def lost(self) -> JournalEntry:
        """The same entry while its torrent is not there."""
        return replace(self, missing=True)

    @classmethod
    def of(cls, torrent: ClientTorrent, role: Role, phase: Phase, tag: str, reason: str) -> JournalEntry:
        """A new entry for a torrent as it is now."""
        return cls(
            torrent.hash, torrent.name, role, phase, torrent.state, is_forced(torrent), tag in torrent.tags, reason
        )


@dataclass(frozen=True, slots=True)
class Journal:
    """What is on record of one client, by hash: the open entries, and what is left alone in this or the last emergency.

    `begun` is whether this emergency has been set up on this client: only then are complete, paused torrents started.
    """

    entries: Mapping[str, JournalEntry] = field(default_factory=dict)
    left_alone: Mapping[str, JournalEntry] = field(default_factory=dict)
    begun: bool = False


class ClientAction(StrEnum):
    """A request to the client, in the order in which they are sent.

    The tag comes before the pause: a torrent that is paused and bears it was paused by us, whatever broke in between.
    """

    TAG = "tag"
    PAUSE = "pause"
    RESUME = "resume"
    FORCE_RESUME = "force_resume"
    UNTAG = "untag"


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one torrent: the journal's entry, written first, and the requests that follow."""

    entry: JournalEntry
    acts: tuple[ClientAction, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps by hash, in the snapshot's order."""

    steps: tuple[Step, ...] = ()

    def hashes(self, act: ClientAction) -> tuple[str, ...]:
        """The torrents that one kind of request is for."""
        return tuple(step.entry.hash for step in self.steps if act in step.acts)

    @property
    def acts(self) -> bool:
        """Whether the client is to be asked for anything."""
        return any(step.acts for step in self.steps)

    def without_tag(self, hashes: Iterable[str]) -> Plan:
        """The plan once the client declined to tag these torrents."""
        declined = frozenset(hashes)
        return Plan(
            tuple(
                replace(step, entry=replace(step.entry, tag_unreliable=True)) if step.entry.hash in declined else step
                for step in self.steps
            )
        )


def resume_action(entry: JournalEntry) -> ClientAction:
    """How the entry's torrent is started so that its force-start is as it was."""
    return ClientAction.FORCE_RESUME if entry.forced else ClientAction.RESUME


def untag_actions(entry: JournalEntry, torrent: ClientTorrent, tag: str) -> tuple[ClientAction, ...]:
    """Our tag goes, unless it was there before us."""
    return (ClientAction.UNTAG,) if tag in torrent.tags and not entry.tagged else ()


def restore(entry: JournalEntry, torrent: ClientTorrent, tag: str, reason: str = "") -> Step:
    """A frozen torrent that runs as it did: its entry stays open until our tag is gone as well.

    One whose pause was asked for and never seen may yet be paused, by a late client: it is started all the same.
    """
    if entry.phase is Phase.INTENDED and is_forced(torrent) == entry.forced:
        late = () if entry.tagged else (ClientAction.UNTAG,)
        return Step(entry.at(Phase.REVERTING, reason), (resume_action(entry), *late))
    if entry.phase is Phase.REVERTING and not entry.tagged:
        # An earlier pass broke off: the tag may be there though a slow client does not show it yet.
        return Step(entry.at(Phase.REVERTING, reason), (ClientAction.UNTAG,))
    untag = untag_actions(entry, torrent, tag)
    return Step(entry.at(Phase.REVERTING if untag else Phase.REVERTED, reason), untag)


def resume_again(entry: JournalEntry, torrent: ClientTorrent, tag: str, reason: str = "") -> Step:
    """A frozen torrent is started as it was, and our tag goes. Where you tidied the tag away while it was frozen,
    its absence means nothing from here on: should the start be lost, the pause is still known as ours.
    """
    restored = replace(
        entry.at(Phase.REVERTING, reason), tag_unreliable=entry.tag_unreliable or tag not in torrent.tags
    )
    return Step(restored, (resume_action(entry), *untag_actions(entry, torrent, tag)))


def remove_leftover_tags(journal: Journal, torrents: Mapping[str, ClientTorrent], tag: str) -> Iterable[Step]:
    """Tags that a pass which broke off left on torrents that are left alone."""
    for hash_, entry in journal.left_alone.items():
        torrent = torrents.get(hash_)
        if torrent is not None and hash_ not in journal.entries and (untag := untag_actions(entry, torrent, tag)):
            yield Step(entry, untag)


def tag_missing(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> bool:
    """Whether a frozen torrent lacks our tag, so that its pause is not ours. The tag comes before the pause, and goes
    after the start, so this holds while either is under way, and of one that is back after it was missing; once a
    freeze is done the journal alone counts, for you may well tidy the tag away.
    """
    return (entry.missing or not entry.phase.is_shown) and not entry.needs_no_tag and tag not in torrent.tags


def missing_step(entry: JournalEntry) -> Step | None:
    """A torrent that the client does not show: noted once, and looked for by every later pass."""
    return None if entry.missing else Step(entry.lost())


def seen_step(entry: JournalEntry, step: Step | None) -> Step | None:
    """What follows from a torrent that is there: at the least, that it is no longer missing."""
    return Step(entry.at(entry.phase)) if step is None and entry.missing else step


def without_record(
    torrents: Mapping[str, ClientTorrent], journal: Journal, scope: Scope, tag: str
) -> tuple[ClientTorrent, ...]:
    """Paused torrents in scope that carry our tag though nothing is on record of them: a freeze that the store does
    not know, for it came back from a copy or was lost.
    """
    return tuple(
        torrent
        for torrent in tagged_in_scope(torrents, scope, tag)
        if is_paused(torrent) and torrent.hash not in journal.entries and torrent.hash not in journal.left_alone
    )


def tagged_in_scope(torrents: Mapping[str, ClientTorrent], scope: Scope, tag: str) -> Iterator[ClientTorrent]:
    """Torrents in scope that carry the tag."""
    return (torrent for torrent in torrents.values() if tag in torrent.tags and scope.holds(torrent))


def plan_of(steps: Iterable[Step | None]) -> Plan:
    """The steps that are some."""
    return Plan(tuple(step for step in steps if step is not None))

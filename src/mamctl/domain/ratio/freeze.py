"""Which torrents an emergency pauses, starts, or leaves alone: from what the client shows and what the journal says."""

from __future__ import annotations

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.torrent_journal import (
    ClientAction,
    Journal,
    JournalEntry,
    Phase,
    Plan,
    Role,
    Scope,
    Step,
    TransferState,
    is_forced,
    plan_of,
    remove_leftover_tags,
    restore,
    resume_action,
    resume_again,
    tag_missing,
    transfer_state,
    untag_actions,
)


def plan_freeze(snapshot: ClientSnapshot, journal: Journal, scope: Scope, tag: str) -> Plan:
    """What this pass does in an emergency. Applied to its own outcome it plans nothing more.

    A person's word outranks it: one who starts a frozen download, or pauses a torrent that the freeze started, is
    left alone until the emergency is over.
    """
    steps: list[Step | None] = [
        Step(entry.at(Phase.GONE, "removed from the client"))
        for hash_, entry in journal.entries.items()
        if hash_ not in snapshot.torrents
    ]
    for hash_, torrent in snapshot.torrents.items():
        entry = journal.entries.get(hash_)
        if entry is None or entry.role is Role.UNDECIDED:
            steps.append(_first_sight(torrent, entry, journal, scope, tag))
        elif entry.role is Role.FROZEN:
            steps.append(_look_at_frozen(torrent, entry, tag))
        else:
            steps.append(_look_at_seeded(torrent, entry))
    return plan_of([*steps, *remove_leftover_tags(journal, snapshot.torrents, tag)])


def _first_sight(
    torrent: ClientTorrent, entry: JournalEntry | None, journal: Journal, scope: Scope, tag: str
) -> Step | None:
    """A torrent that this emergency has not touched. Complete and paused ones are started only at its beginning."""
    if torrent.hash in journal.left_alone or not scope.holds(torrent):
        return None if entry is None else Step(entry.at(Phase.REVERTED, "nothing to do"))
    kind = transfer_state(torrent)
    at_beginning = entry is not None or not journal.begun
    if kind is TransferState.DOWNLOADS:
        return _freeze(torrent, tag, "it was downloading")
    if kind is TransferState.PAUSED_SEED and at_beginning:
        intended = JournalEntry.of(torrent, Role.SEEDED, Phase.INTENDED, tag, "complete, and paused by a person")
        return Step(intended, (resume_action(intended),))
    if kind is TransferState.HIDDEN and at_beginning:
        waiting = JournalEntry.of(torrent, Role.UNDECIDED, Phase.WAITING, tag, f"{torrent.state}: not yet to be judged")
        return Step(waiting) if entry is None else None
    return None if entry is None else Step(entry.at(Phase.REVERTED, "nothing to do"))


def _freeze(torrent: ClientTorrent, tag: str, reason: str) -> Step:
    entry = JournalEntry.of(torrent, Role.FROZEN, Phase.INTENDED, tag, reason)
    return Step(entry, (ClientAction.PAUSE,) if entry.tagged else (ClientAction.TAG, ClientAction.PAUSE))


def _look_at_frozen(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step | None:
    kind = transfer_state(torrent)
    if kind is TransferState.DOWNLOADS:
        return _runs_again(torrent, entry, tag)
    if kind is TransferState.PAUSED_DOWNLOAD:
        return _is_paused(torrent, entry, tag)
    if kind is TransferState.PAUSED_SEED:
        # It became complete while it was frozen, by a recheck or in the very moment: now it seeds.
        if entry.phase is not Phase.DONE and tag_missing(torrent, entry, tag):
            return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
        return resume_again(entry, torrent, tag, "complete now: it seeds")
    if kind is TransferState.SEEDS:
        return restore(entry, torrent, tag, "complete now: it seeds")
    return None


def _runs_again(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step:
    """A frozen download that runs: never paused yet, or started by a person, or by a client that forgot its last words.

    A client that loses the pause in a crash loses the tag with it; a person who starts a torrent leaves the tag on.
    """
    if entry.phase is Phase.DONE and (entry.tagged or tag in torrent.tags):
        return Step(entry.at(Phase.LEFT_ALONE, "a person started it"), untag_actions(entry, torrent, tag))
    if entry.phase is Phase.DONE:
        return _freeze(torrent, tag, "it was downloading again")
    missing = () if entry.tagged or tag in torrent.tags else (ClientAction.TAG,)
    return Step(entry.at(Phase.INTENDED), (*missing, ClientAction.PAUSE))


def _is_paused(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step | None:
    """A frozen download that is paused, by us as far as the tag tells."""
    if entry.phase is Phase.DONE:
        return None
    if tag_missing(torrent, entry, tag):
        return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
    if entry.phase is Phase.REVERTING:
        # A thaw broke off before this emergency: what it asked for may yet come, from a client that is late.
        return Step(
            entry.at(Phase.INTENDED), (ClientAction.PAUSE,) if entry.tagged else (ClientAction.TAG, ClientAction.PAUSE)
        )
    return Step(entry.at(Phase.DONE))


def _look_at_seeded(torrent: ClientTorrent, entry: JournalEntry) -> Step | None:
    kind = transfer_state(torrent)
    if kind is TransferState.DOWNLOADS:
        return Step(entry.at(Phase.REVERTING, "it began to download"), (ClientAction.PAUSE,))
    if kind is TransferState.SEEDS and (entry.phase is not Phase.REVERTING or is_forced(torrent) != entry.forced):
        return None if entry.phase is Phase.DONE else Step(entry.at(Phase.DONE))
    if kind in (TransferState.HIDDEN, TransferState.BROKEN):
        return None
    if entry.phase in (Phase.INTENDED, Phase.REVERTING) and kind in (TransferState.PAUSED_SEED, TransferState.SEEDS):
        # Not started yet; or a thaw broke off before this emergency, and its pause is there, or may yet come.
        return Step(entry.at(Phase.INTENDED), (resume_action(entry),))
    if entry.phase is Phase.REVERTING:
        return Step(entry.at(Phase.REVERTED))
    return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))


def is_settled(entry: JournalEntry, torrent: ClientTorrent | None, tag: str) -> bool:
    """Whether the client shows what an intended or reverting entry asked for."""
    if torrent is None:
        return True
    if entry.role is Role.FROZEN and entry.phase is Phase.REVERTING and untag_actions(entry, torrent, tag):
        return False
    kind = transfer_state(torrent)
    paused = kind in (TransferState.PAUSED_DOWNLOAD, TransferState.PAUSED_SEED)
    wants_pause = (entry.role is Role.FROZEN) == (entry.phase is Phase.INTENDED)
    if torrent.state is TorrentState.CHECKING_RESUME:
        return False  # the client has just started, and may have forgotten what it was asked for
    if kind in (TransferState.HIDDEN, TransferState.BROKEN):
        return entry.phase is Phase.REVERTING
    if wants_pause:
        return paused
    return not paused and (is_forced(torrent) or not entry.forced)

"""Which torrents an emergency pauses, starts, or leaves alone: from what the client shows and what the journal says."""

from __future__ import annotations

from dataclasses import replace

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
    missing_step,
    plan_of,
    remove_leftover_tags,
    restore,
    resume_action,
    resume_again,
    seen_step,
    tag_missing,
    transfer_state,
    untag_actions,
)

# Reasons that are looked for again.
STARTED = "started by you or another program"
FROZEN_AGAIN = "it was started by someone else, and frozen once more"
UNRECORDED = "it carries the tag, and nothing was on record of it"


def plan_freeze(snapshot: ClientSnapshot, journal: Journal, scope: Scope, tag: str, *, insist: bool = False) -> Plan:
    """What this pass does in an emergency. Applied to its own outcome it plans nothing more.

    Your word outranks it: a frozen download that you start, and a torrent that the freeze started and you pause, are
    left alone until the emergency is over. With `insist` a frozen download that was started is frozen once more.
    """
    steps: list[Step | None] = [
        missing_step(entry) for hash_, entry in journal.entries.items() if hash_ not in snapshot.torrents
    ]
    for hash_, torrent in snapshot.torrents.items():
        entry = journal.entries.get(hash_)
        if entry is None:
            steps.append(_step_for_new(torrent, entry, journal, scope, tag))
        elif entry.role is Role.UNDECIDED:
            steps.append(seen_step(entry, _step_for_new(torrent, entry, journal, scope, tag)))
        elif entry.role is Role.FROZEN:
            steps.append(seen_step(entry, _step_for_frozen(torrent, entry, tag, insist=insist)))
        else:
            steps.append(seen_step(entry, _step_for_seeded(torrent, entry, tag)))
    return plan_of([*steps, *remove_leftover_tags(journal, snapshot.torrents, tag)])


def _step_for_new(
    torrent: ClientTorrent, entry: JournalEntry | None, journal: Journal, scope: Scope, tag: str
) -> Step | None:
    """A torrent that this emergency has not touched. Complete and paused ones are started only at its beginning."""
    if torrent.hash in journal.left_alone or not scope.holds(torrent):
        return None if entry is None else Step(entry.at(Phase.REVERTED, "nothing to do"))
    kind = transfer_state(torrent)
    at_beginning = entry is not None or not journal.begun
    if kind is TransferState.PAUSED_DOWNLOAD and entry is None and tag in torrent.tags:
        return Step(replace(_new_frozen(torrent, tag, UNRECORDED), phase=Phase.DONE, tagged=False))
    if kind is TransferState.DOWNLOADS:
        return _freeze(torrent, tag, "it was downloading")
    if kind is TransferState.PAUSED_SEED and at_beginning:
        intended = JournalEntry.of(torrent, Role.SEEDED, Phase.INTENDED, tag, "complete, and paused by you")
        return Step(intended, (resume_action(intended),))
    if kind is TransferState.HIDDEN and at_beginning:
        waiting = JournalEntry.of(torrent, Role.UNDECIDED, Phase.WAITING, tag, f"{torrent.state}: cannot be judged yet")
        return Step(waiting) if entry is None else None
    return None if entry is None else Step(entry.at(Phase.REVERTED, "nothing to do"))


def _new_frozen(torrent: ClientTorrent, tag: str, reason: str) -> JournalEntry:
    return JournalEntry.of(torrent, Role.FROZEN, Phase.INTENDED, tag, reason)


def _freeze(torrent: ClientTorrent, tag: str, reason: str) -> Step:
    entry = _new_frozen(torrent, tag, reason)
    return Step(entry, (ClientAction.PAUSE,) if entry.needs_no_tag else (ClientAction.TAG, ClientAction.PAUSE))


def _step_for_frozen(torrent: ClientTorrent, entry: JournalEntry, tag: str, *, insist: bool) -> Step | None:
    kind = transfer_state(torrent)
    if kind is TransferState.DOWNLOADS:
        return _runs_again(torrent, entry, tag, insist=insist)
    if kind is TransferState.PAUSED_DOWNLOAD:
        return _is_paused(torrent, entry, tag)
    if kind is TransferState.PAUSED_SEED:
        # It became complete while it was frozen, by a recheck or in the very moment: now it seeds.
        if tag_missing(torrent, entry, tag):
            return Step(entry.at(Phase.LEFT_ALONE, "paused by you"))
        return resume_again(entry, torrent, tag, "complete now: it seeds")
    if kind is TransferState.SEEDS:
        return restore(entry, torrent, tag, "complete now: it seeds")
    return None


def _runs_again(torrent: ClientTorrent, entry: JournalEntry, tag: str, *, insist: bool) -> Step:
    """A frozen download that runs: never paused yet, or started by you, or by a client that forgot its last words.

    A client that loses the pause in a crash loses the tag with it; you start a torrent and leave the tag on.
    """
    if entry.phase.is_shown and (entry.needs_no_tag or tag in torrent.tags):
        if insist and entry.reason != FROZEN_AGAIN:
            return Step(entry.at(Phase.INTENDED, FROZEN_AGAIN), (ClientAction.PAUSE,))
        return Step(entry.at(Phase.LEFT_ALONE, STARTED), untag_actions(entry, torrent, tag))
    if entry.phase.is_shown:
        return _freeze(torrent, tag, "it was downloading again")
    missing = () if entry.needs_no_tag or tag in torrent.tags else (ClientAction.TAG,)
    return Step(entry.at(Phase.INTENDED), (*missing, ClientAction.PAUSE))


def _is_paused(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step | None:
    """A frozen download that is paused, by us as far as the tag shows."""
    if tag_missing(torrent, entry, tag):
        return Step(entry.at(Phase.LEFT_ALONE, "paused by you"))
    if entry.phase is Phase.DONE:
        return None
    if entry.phase is Phase.REVERTING:
        # A thaw broke off before this emergency: what it asked for may yet come, from a client that is late.
        return Step(
            entry.at(Phase.INTENDED),
            (ClientAction.PAUSE,) if entry.needs_no_tag else (ClientAction.TAG, ClientAction.PAUSE),
        )
    return Step(entry.at(Phase.DONE))


def _step_for_seeded(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step | None:
    kind = transfer_state(torrent)
    if kind is TransferState.DOWNLOADS:
        again = _freeze(torrent, tag, "it was added again, and was downloading")
        return (
            again if entry.missing else Step(entry.at(Phase.REVERTING, "it began to download"), (ClientAction.PAUSE,))
        )
    if kind is TransferState.SEEDS and (entry.phase is not Phase.REVERTING or is_forced(torrent) != entry.forced):
        return None if entry.phase is Phase.DONE else Step(entry.at(Phase.DONE))
    if kind in (TransferState.HIDDEN, TransferState.BROKEN):
        return None
    if entry.phase in (Phase.INTENDED, Phase.REVERTING) and kind in (TransferState.PAUSED_SEED, TransferState.SEEDS):
        # Not started yet; or a thaw broke off before this emergency, and its pause is there, or may yet come.
        return Step(entry.at(Phase.INTENDED), (resume_action(entry),))
    if entry.phase is Phase.REVERTING:
        return Step(entry.at(Phase.REVERTED))
    return Step(entry.at(Phase.LEFT_ALONE, "paused by you"))


def is_settled(entry: JournalEntry, torrent: ClientTorrent, tag: str) -> bool:
    """Whether the client shows what an intended or reverting entry asked for."""
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


def tag_was_lost(entry: JournalEntry, torrent: ClientTorrent, tag: str) -> bool:
    """Whether a pause that is seen now lacks the tag that went before it: a client that is restarted between the two
    may forget the tag, and is then asked for the pause alone.
    """
    tagged = entry.needs_no_tag or tag in torrent.tags
    return entry.role is Role.FROZEN and entry.phase is Phase.INTENDED and not tagged

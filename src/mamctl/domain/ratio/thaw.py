"""How the end of an emergency puts back exactly what its freeze changed."""

from __future__ import annotations

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.torrent_journal import (
    ClientAction,
    Journal,
    JournalEntry,
    Phase,
    Plan,
    Role,
    Step,
    TransferState,
    is_forced,
    plan_of,
    remove_leftover_tags,
    restore,
    resume_again,
    tag_missing,
    transfer_state,
    untag_actions,
)


def plan_thaw(snapshot: ClientSnapshot, journal: Journal, tag: str) -> Plan:
    """What this pass does once the emergency is over. Only torrents of the journal are touched; what left the scope
    meanwhile is put back all the same, for it was touched within it.
    """
    steps = [_restore(snapshot.torrents.get(hash_), entry, tag) for hash_, entry in journal.entries.items()]
    return plan_of([*steps, *remove_leftover_tags(journal, snapshot.torrents, tag)])


def _restore(torrent: ClientTorrent | None, entry: JournalEntry, tag: str) -> Step:
    if torrent is None:
        return Step(entry.at(Phase.GONE, "removed from the client"))
    if entry.role is Role.UNDECIDED:
        return Step(entry.at(Phase.REVERTED, "never touched"))
    return _restore_frozen(torrent, entry, tag) if entry.role is Role.FROZEN else _restore_seeded(torrent, entry)


def _restore_frozen(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step:
    kind = transfer_state(torrent)
    untag = untag_actions(entry, torrent, tag)
    if kind is TransferState.DOWNLOADS and entry.phase is Phase.DONE and (entry.tagged or tag in torrent.tags):
        return Step(entry.at(Phase.LEFT_ALONE, "a person started it"), untag)
    if kind in (TransferState.DOWNLOADS, TransferState.SEEDS):
        return restore(entry, torrent, tag)
    if torrent.state is TorrentState.MISSING_FILES:
        return Step(entry.at(Phase.LEFT_ALONE, "its files are missing: starting it would download them again"), untag)
    if entry.phase is not Phase.DONE and tag_missing(torrent, entry, tag):
        return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
    return resume_again(entry, torrent, tag)


def _restore_seeded(torrent: ClientTorrent, entry: JournalEntry) -> Step:
    kind = transfer_state(torrent)
    if kind in (TransferState.PAUSED_SEED, TransferState.PAUSED_DOWNLOAD):
        if entry.phase is Phase.DONE:
            return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
        # A start that was asked for and never seen may yet come, from a client that is late.
        asked = entry.phase is Phase.INTENDED
        return Step(entry.at(Phase.REVERTING), (ClientAction.PAUSE,)) if asked else Step(entry.at(Phase.REVERTED))
    if is_forced(torrent) and not entry.forced and kind is TransferState.SEEDS:
        return Step(entry.at(Phase.LEFT_ALONE, "a person force-started it"))
    return Step(entry.at(Phase.REVERTING), (ClientAction.PAUSE,))

"""How the end of an emergency restores exactly what its freeze changed."""

from __future__ import annotations

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.freeze import STARTED
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
    missing_step,
    plan_of,
    remove_leftover_tags,
    restore,
    resume_again,
    seen_step,
    tag_missing,
    transfer_state,
    untag_actions,
)


def plan_thaw(snapshot: ClientSnapshot, journal: Journal, tag: str, released: frozenset[str] | None = None) -> Plan:
    """What this pass does once the emergency is over. Only torrents of the journal are touched; what left the scope
    meanwhile is restored all the same, for it was touched within it. With `released`, frozen downloads that are not
    among these hashes are held back for a later pass (RAT-14).
    """
    steps = [_restore(snapshot.torrents.get(hash_), entry, tag, released) for hash_, entry in journal.entries.items()]
    return plan_of([*steps, *remove_leftover_tags(journal, snapshot.torrents, tag)])


def _restore(
    torrent: ClientTorrent | None, entry: JournalEntry, tag: str, released: frozenset[str] | None
) -> Step | None:
    if torrent is None:
        return missing_step(entry)
    if entry.role is Role.UNDECIDED:
        return Step(entry.at(Phase.REVERTED, "never touched"))
    if entry.role is Role.SEEDED:
        return _restore_seeded(torrent, entry)
    if released is not None and entry.hash not in released and may_wait(torrent, entry, tag):
        return seen_step(entry, None if entry.phase is Phase.HELD_BACK else Step(entry.at(Phase.HELD_BACK)))
    return _restore_frozen(torrent, entry, tag)


def may_wait(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> bool:
    """Whether a frozen download is one that can be held back: paused by us, and not complete."""
    if entry.phase not in (Phase.DONE, Phase.HELD_BACK) and not (
        entry.phase is Phase.INTENDED and transfer_state(torrent) is TransferState.PAUSED_DOWNLOAD
    ):
        return False
    kinds = (TransferState.PAUSED_DOWNLOAD, TransferState.HIDDEN, TransferState.BROKEN)
    return transfer_state(torrent) in kinds and not tag_missing(torrent, entry, tag)


def _restore_frozen(torrent: ClientTorrent, entry: JournalEntry, tag: str) -> Step:
    kind = transfer_state(torrent)
    untag = untag_actions(entry, torrent, tag)
    if kind is TransferState.DOWNLOADS and entry.phase.is_shown and (entry.needs_no_tag or tag in torrent.tags):
        return Step(entry.at(Phase.LEFT_ALONE, STARTED), untag)
    if kind in (TransferState.DOWNLOADS, TransferState.SEEDS):
        return restore(entry, torrent, tag)
    if torrent.state is TorrentState.MISSING_FILES:
        return Step(entry.at(Phase.LEFT_ALONE, "its files are missing: starting it would download them again"), untag)
    if tag_missing(torrent, entry, tag):
        return Step(entry.at(Phase.LEFT_ALONE, "paused by you"))
    return resume_again(entry, torrent, tag)


def _restore_seeded(torrent: ClientTorrent, entry: JournalEntry) -> Step:
    kind = transfer_state(torrent)
    if kind is TransferState.DOWNLOADS and entry.missing:
        return Step(entry.at(Phase.LEFT_ALONE, "added again by you"))
    if kind in (TransferState.PAUSED_SEED, TransferState.PAUSED_DOWNLOAD):
        if entry.phase is Phase.DONE:
            return Step(entry.at(Phase.LEFT_ALONE, "paused by you"))
        # A start that was asked for and never seen may yet come, from a client that is late.
        asked = entry.phase is Phase.INTENDED
        return Step(entry.at(Phase.REVERTING), (ClientAction.PAUSE,)) if asked else Step(entry.at(Phase.REVERTED))
    if is_forced(torrent) and not entry.forced and kind is TransferState.SEEDS:
        return Step(entry.at(Phase.LEFT_ALONE, "force-started by you"))
    return Step(entry.at(Phase.REVERTING), (ClientAction.PAUSE,))

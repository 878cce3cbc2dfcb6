"""How the end of an emergency puts back exactly what its freeze changed."""

from __future__ import annotations

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, TorrentState
from mamctl.domain.ratio.torrent_journal import (
    Act,
    Entry,
    Journal,
    Kind,
    Phase,
    Plan,
    Role,
    Step,
    is_forced,
    kind_of,
    lost_its_tag,
    plan_of,
    put_back,
    start_again,
    sweep_tags,
    untag_acts,
)


def plan_thaw(snapshot: ClientSnapshot, journal: Journal, tag: str) -> Plan:
    """What this pass does once the emergency is over. Only torrents of the journal are touched; what left the scope
    meanwhile is put back all the same, for it was touched within it.
    """
    steps = [_put_back(snapshot.torrents.get(hash_), entry, tag) for hash_, entry in journal.entries.items()]
    return plan_of([*steps, *sweep_tags(journal, snapshot.torrents, tag)])


def _put_back(torrent: ClientTorrent | None, entry: Entry, tag: str) -> Step:
    if torrent is None:
        return Step(entry.at(Phase.GONE, "removed from the client"))
    if entry.role is Role.UNDECIDED:
        return Step(entry.at(Phase.REVERTED, "never touched"))
    return _put_back_frozen(torrent, entry, tag) if entry.role is Role.FROZEN else _put_back_seeded(torrent, entry)


def _put_back_frozen(torrent: ClientTorrent, entry: Entry, tag: str) -> Step:
    kind = kind_of(torrent)
    untag = untag_acts(entry, torrent, tag)
    if kind is Kind.DOWNLOADS and entry.phase is Phase.DONE and (entry.tagged or tag in torrent.tags):
        return Step(entry.at(Phase.LEFT_ALONE, "a person started it"), untag)
    if kind in (Kind.DOWNLOADS, Kind.SEEDS):
        return put_back(entry, torrent, tag)
    if torrent.state is TorrentState.MISSING_FILES:
        return Step(entry.at(Phase.LEFT_ALONE, "its files are missing: starting it would download them again"), untag)
    if entry.phase is not Phase.DONE and lost_its_tag(torrent, entry, tag):
        return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
    return start_again(entry, torrent, tag)


def _put_back_seeded(torrent: ClientTorrent, entry: Entry) -> Step:
    kind = kind_of(torrent)
    if kind in (Kind.PAUSED_SEED, Kind.PAUSED_DOWNLOAD):
        if entry.phase is Phase.DONE:
            return Step(entry.at(Phase.LEFT_ALONE, "a person paused it"))
        # A start that was asked for and never seen may yet come, from a client that is late.
        asked = entry.phase is Phase.INTENDED
        return Step(entry.at(Phase.REVERTING), (Act.PAUSE,)) if asked else Step(entry.at(Phase.REVERTED))
    if is_forced(torrent) and not entry.forced and kind is Kind.SEEDS:
        return Step(entry.at(Phase.LEFT_ALONE, "a person force-started it"))
    return Step(entry.at(Phase.REVERTING), (Act.PAUSE,))

"""The checks of `mamctl doctor` that concern the torrent clients and the ratio guard."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.cli.commands.doctor.check import Check, Grade
from mamctl.cli.runtime import Runtime
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from mamctl.jobs.ratio.client_actions import ScopedClient


def clients(runtime: Runtime) -> Check:
    """Every client answers, knows us, and has torrents in scope."""
    from mamctl.cli.wiring.clients import connect_clients

    if not runtime.config.qbittorrent:
        detail = "no torrent client is configured: nothing watches the ratio"
        return Check("clients", Grade.SKIPPED, detail, "add a [[qbittorrent]] table")
    found = [_client(runtime, watched) for watched in connect_clients(runtime, force=True)]
    worst = max((check for check in found), key=lambda check: _ORDER.index(check.grade))
    detail = "; ".join(check.detail for check in found)
    return Check("clients", worst.grade, detail, worst.remedy)


_ORDER = (Grade.OK, Grade.SKIPPED, Grade.WARN, Grade.FAIL)


def _client(runtime: Runtime, watched: ScopedClient) -> Check:
    from mamctl.domain.ratio.torrent_journal import without_record
    from mamctl.jobs.ratio.findings import ADOPT
    from mamctl.store.ratio.guard import read_guard
    from mamctl.store.ratio.torrent_journal import read_journal

    name = watched.client.name
    try:
        snapshot, _ = watched.client.fetch_snapshot(None)
    except MamctlError as error:
        return Check("clients", Grade.FAIL, f"{name}: {error.message}", error.remedy)
    finally:
        watched.client.close()
    ours = sum(watched.scope.holds(torrent) for torrent in snapshot.torrents.values())
    detail = f"{name}: {snapshot.version}, {ours} of {len(snapshot.torrents)} torrents in scope"
    if snapshot.torrents and not ours:
        remedy = "see scope_trackers, scope_category and scope_tag: the guard would touch nothing"
        return Check("clients", Grade.WARN, detail, remedy)
    if snapshot.session_paused:
        return Check("clients", Grade.WARN, f"{detail}; paused as a whole", "resume the session in qBittorrent")
    journal = read_journal(runtime.store, name, read_guard(runtime.store).guard.emergency_id)
    if unknown := len(without_record(snapshot.torrents, journal, watched.scope, runtime.config.ratio.tag)):
        detail = f"{detail}; {unknown} paused ones carry {runtime.config.ratio.tag} without a record"
        return Check("clients", Grade.WARN, detail, ADOPT)
    if any(section.name == name and not section.verify for section in runtime.config.qbittorrent):
        detail = f"{detail}; its certificate is not checked (verify = false)"
        return Check("clients", Grade.WARN, detail, "name the certificate in ca_file instead: it is checked then")
    return Check("clients", Grade.OK, detail)


def ratio(runtime: Runtime) -> Check:
    """Whether the clients' ratio and the account's would make the guard decide alike."""
    from mamctl.cli.commands.ratio.status import read_known_ratio
    from mamctl.domain.ratio.guard import Zone, zone_of

    config = runtime.config
    if not config.qbittorrent:
        return Check("ratio", Grade.SKIPPED, "no torrent client is configured")
    seen = read_known_ratio(runtime)
    sides = (seen.qbittorrent, seen.tracker)
    detail = f"clients {sides[0].ratio_text}, account {sides[1].ratio_text}; ratio.source = {seen.source}"
    zones = [zone_of(side.ratio, config.ratio) for side in sides]
    if Zone.UNKNOWN in zones:
        return Check("ratio", Grade.SKIPPED, f"{detail}: they cannot be compared yet")
    if zones[0] is not zones[1]:
        remedy = 'the guard would decide differently: choose ratio.source = "qbittorrent", "tracker" or "lowest"'
        return Check("ratio", Grade.WARN, detail, remedy)
    return Check("ratio", Grade.OK, detail)


def guard(runtime: Runtime) -> Check:
    """When the guard looked last."""
    from mamctl.cli.commands.ratio.status import read_known_ratio
    from mamctl.cli.format import ago
    from mamctl.jobs.ratio.status import find_lateness

    config = runtime.config
    if not config.qbittorrent:
        return Check("guard", Grade.SKIPPED, "no torrent client is configured")
    seen = read_known_ratio(runtime)
    for late in find_lateness(seen, config.ratio):
        return Check("guard", Grade.WARN, late.message, late.remedy)
    missing = f", {seen.missing} torrents that it changed are missing" if seen.missing else ""
    looked = ago(timedelta(seconds=seen.age_seconds or 0))
    return Check("guard", Grade.OK, f"{seen.guard.state}, looked {looked}{missing}")

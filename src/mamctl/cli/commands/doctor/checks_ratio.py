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
    found = [_client(watched) for watched in connect_clients(runtime, insist=True)]
    worst = max((check for check in found), key=lambda check: _ORDER.index(check.grade))
    detail = "; ".join(check.detail for check in found)
    return Check("clients", worst.grade, detail, worst.remedy)


_ORDER = (Grade.OK, Grade.SKIPPED, Grade.WARN, Grade.FAIL)


def _client(watched: ScopedClient) -> Check:
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
    return Check("guard", Grade.OK, f"{seen.guard.state}, looked {ago(timedelta(seconds=seen.age_seconds or 0))}")

"""What the checks of the clauses need of the configuration."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.cli.runtime import Runtime
from mamctl.config.describe import key_names
from mamctl.domain.site.endpoints import LOGIN_PAGES, READING_PAGES
from mamctl.domain.spec.facts import SettingsFacts

if TYPE_CHECKING:
    from mamctl.jobs.spec.clients import LiveClients


def spec_settings(runtime: Runtime) -> SettingsFacts:
    """The settings that clauses depend on."""
    config = runtime.config
    return SettingsFacts(
        vip=config.vip,
        ratio=config.ratio,
        queue=config.queue,
        clients=tuple(section.name for section in config.qbittorrent),
        folders=tuple(map(str, config.library.folders)),
        catalogues=config.catalogues.order,
        speech=config.speech.service,
        speech_timeout=config.speech.timeout,
        drift_after=timedelta(days=config.drift.after_days),
        daily_budget=config.tracker.daily_budget,
        chosen_endpoints=(LOGIN_PAGES if config.tracker.login == "password" else frozenset())
        | (READING_PAGES if config.rules.read_pages else frozenset()),
        pending_searches=config.rules.pending_searches,
        keys=frozenset(key_names()),
    )


def live_clients(runtime: Runtime) -> LiveClients:
    """The torrent clients of the configuration, by the connections that `doctor` uses."""
    from mamctl.cli.wiring.queue import queue_clients
    from mamctl.jobs.spec.clients import LiveClients

    limits = {one.name: one.downloads.share_limits for one in queue_clients(runtime)}
    return LiveClients(runtime.clients, runtime.session_cache, limits)

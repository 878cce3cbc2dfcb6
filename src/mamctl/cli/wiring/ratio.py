"""Builds what a pass of the ratio guard works with, from the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.cli.clock import current_clock
from mamctl.cli.runtime import Runtime
from mamctl.domain.ratio.policy import RatioSource
from mamctl.domain.ratio.reading import RatioReading, read_account
from mamctl.errors import ConfigInvalidError
from mamctl.jobs.ratio.status import RatioStatus, read_status

if TYPE_CHECKING:
    from mamctl.jobs.ratio.watch import WatchContext


def watch_context(runtime: Runtime) -> WatchContext:
    """What a pass works with. Raises ConfigInvalidError when there is nothing that could say the ratio."""
    from mamctl.jobs.ratio.watch import WatchContext

    policy = runtime.config.ratio
    if not runtime.config.qbittorrent and policy.source is not RatioSource.TRACKER:
        raise ConfigInvalidError(
            "no torrent client is configured, so the ratio is unknown and nothing can be frozen",
            subject=str(runtime.loaded.path),
            remedy="add a [[qbittorrent]] table; mamctl.toml's sample shows one",
        )
    asks_site = policy.source is not RatioSource.QBITTORRENT
    return WatchContext(
        clients=runtime.clients,
        policy=policy,
        memory=runtime.session_cache,
        notifier=runtime.notifier,
        wait=current_clock().sleep,
        account=(lambda: read_site_ratio(runtime)) if asks_site else None,
    )


def read_site_ratio(runtime: Runtime) -> RatioReading:
    """The account's ratio by one request to the site. Raises MamctlError."""
    account = runtime.tracker.fetch_account()
    return read_account(account.ratio, account.uploaded_bytes, account.downloaded_bytes)


def read_known_ratio(runtime: Runtime) -> RatioStatus:
    """What is known over the clients that are configured now, without asking anyone."""
    config = runtime.config
    return read_status(runtime.store, config.ratio, [client.name for client in config.qbittorrent], runtime.now())

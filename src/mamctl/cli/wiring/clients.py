"""Builds the torrent clients and what a pass of the ratio guard works with, from the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from mamctl.cli.clock import current_clock
from mamctl.errors import ConfigInvalidError, MamctlError

if TYPE_CHECKING:
    from mamctl.adapters.qbittorrent import LoginBackoff
    from mamctl.cli.runtime import Runtime
    from mamctl.config.sections import QbittorrentSection
    from mamctl.domain.ratio.reading import RatioReading
    from mamctl.domain.ratio.torrent_journal import Scope
    from mamctl.jobs.ratio.client_actions import ScopedClient
    from mamctl.jobs.ratio.ports import TorrentClient
    from mamctl.jobs.ratio.watch import WatchContext


def watch_context(runtime: Runtime) -> WatchContext:
    """What a pass works with. Raises ConfigInvalidError when there is nothing that could say the ratio."""
    from mamctl.domain.ratio.reading import RatioSource
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
        memory=runtime.client_memory,
        notifier=runtime.notifier,
        wait=current_clock().sleep,
        account=(lambda: read_site_ratio(runtime)) if asks_site else None,
    )


def open_clients(runtime: Runtime, *, force: bool = False) -> tuple[ScopedClient, ...]:
    """Every configured client with its scope; nothing is asked yet. One without a usable login fails when asked.

    `force` tries a login once though it was refused lately.
    """
    from mamctl.adapters.qbittorrent import LoginBackoff
    from mamctl.jobs.ratio.client_actions import ScopedClient

    backoff = LoginBackoff(runtime.client_memory, runtime.now, force)
    return tuple(
        ScopedClient(_connect(runtime, section, backoff), _scope(section)) for section in runtime.config.qbittorrent
    )


def _scope(section: QbittorrentSection) -> Scope:
    from mamctl.domain.ratio.torrent_journal import Scope

    return Scope(section.scope_trackers, section.scope_category, section.scope_tag)


def read_site_ratio(runtime: Runtime) -> RatioReading:
    """The account's ratio by one request to the site. Raises MamctlError."""
    from mamctl.domain.ratio.reading import read_account

    standing = runtime.tracker.fetch_account()
    return read_account(standing.ratio, standing.uploaded_bytes, standing.downloaded_bytes)


def _connect(runtime: Runtime, section: QbittorrentSection, backoff: LoginBackoff) -> TorrentClient:
    from mamctl.adapters.qbittorrent import Endpoint, QbittorrentClient, read_login
    from mamctl.config.secrets import client_secrets

    try:
        login = read_login(section.username, client_secrets(section), os.environ, section.basic_user)
    except MamctlError as error:
        return UnusableClient(section.name, error)
    endpoint = Endpoint(section.name, section.url, section.timeout, section.ca_file, section.verify)
    return QbittorrentClient(endpoint, login, backoff=backoff, record_exchange=runtime.record_exchange)


class UnusableClient:
    """A client whose login cannot be read: it fails when it is asked, and the other clients go on."""

    def __init__(self, name: str, error: MamctlError) -> None:
        self.name = name
        self._error = error

    def fetch_snapshot(self, remembered: bytes | None) -> NoReturn:
        """Raises what is wrong with the login."""
        raise self._error

    def close(self) -> None:
        """There is nothing to close."""

    def _refuse(self, *_: object) -> NoReturn:
        raise self._error

    pause = resume = force_resume = add_tag = remove_tag = _refuse

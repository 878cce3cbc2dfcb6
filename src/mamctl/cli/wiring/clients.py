"""Builds the torrent clients from the configuration."""

from __future__ import annotations

import os
from typing import NoReturn

from mamctl.adapters.qbittorrent import Endpoint, LoginBackoff, QbittorrentClient, SessionCache, read_login
from mamctl.cli.context import Context
from mamctl.config.secrets import client_secrets
from mamctl.config.sections import QbittorrentSection
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.errors import MamctlError
from mamctl.jobs.change.ports import PointClient
from mamctl.jobs.ratio.client_actions import ScopedClient


def open_clients(context: Context, memory: SessionCache, *, force: bool = False) -> tuple[ScopedClient, ...]:
    """Every configured client with its scope; nothing is asked yet. One without a usable login fails when asked.

    `force` tries a login once though it was refused lately.
    """
    backoff = LoginBackoff(memory, context.now, force)
    return tuple(
        ScopedClient(_connect(context, section, backoff), _scope(section)) for section in context.config.qbittorrent
    )


def open_stateful_clients(context: Context, memory: SessionCache) -> tuple[PointClient, ...]:
    """Every configured client as rollback points see it; nothing is asked yet."""
    backoff = LoginBackoff(memory, context.now)
    return tuple(
        PointClient(_connect(context, section, backoff), _scope(section)) for section in context.config.qbittorrent
    )


def _scope(section: QbittorrentSection) -> Scope:
    return Scope(section.scope_trackers, section.scope_category, section.scope_tag)


def _connect(
    context: Context, section: QbittorrentSection, backoff: LoginBackoff
) -> QbittorrentClient | UnusableClient:
    try:
        login = read_login(section.username, client_secrets(section), os.environ, section.basic_user)
    except MamctlError as error:
        return UnusableClient(section.name, error)
    endpoint = Endpoint(section.name, section.url, section.timeout, section.ca_file, section.verify)
    return QbittorrentClient(endpoint, login, backoff=backoff, record_exchange=context.record_exchange)


class UnusableClient:
    """A client whose login cannot be read: it fails when it is asked, and the other clients go on."""

    def __init__(self, name: str, error: MamctlError) -> None:
        self.name = name
        self._error = error

    def fetch_snapshot(self, saved: bytes | None) -> NoReturn:
        """Raises what is wrong with the login."""
        raise self._error

    def close(self) -> None:
        """There is nothing to close."""

    @property
    def downloads(self) -> UnusableClient:
        """The calls of the queue fail as well."""
        return self

    def _refuse(self, *_: object) -> NoReturn:
        raise self._error

    pause = resume = force_resume = add_tag = remove_tag = _refuse
    find_downloads = youngest_seeds = list_files = tracker_messages = save_path = add_torrent = share_limits = _refuse
    piece_hashes = _refuse
    fetch_categories = export_torrent = create_category = set_category = _refuse

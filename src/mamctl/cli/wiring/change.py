"""Builds what points and changes work with, also where the configuration cannot be read.

What makes a point or a change is imported where it is built: a list of points needs the folder alone.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl import paths
from mamctl.adapters.config_file import digest_of, read_config, replace_config, store_path_of
from mamctl.adapters.points import PointFolder
from mamctl.cli.context import Context
from mamctl.dataclass import dataclass
from mamctl.domain.change.policy import KeepPolicy
from mamctl.errors import ConfigInvalidError

if TYPE_CHECKING:
    from mamctl.jobs.change.apply import ChangeContext
    from mamctl.jobs.change.checkpoint import PointSources
    from mamctl.jobs.change.ports import PointClient


@dataclass(frozen=True, slots=True)
class DiskConfig:
    """The configuration file of this run."""

    path: Path

    def read(self) -> bytes | None:
        """Its bytes, None when there is none."""
        return read_config(self.path)

    def replace(self, content: bytes | None) -> None:
        """Replace it wholly, or remove it."""
        replace_config(self.path, content)


def config_file(context: Context) -> DiskConfig:
    """The configuration file, whether it can be used or not."""
    return DiskConfig(context.config_path)


def store_path(context: Context) -> Path:
    """Where the database is; from the words of the file when the configuration is not valid."""
    try:
        return context.config.store.path
    except ConfigInvalidError:
        file = config_file(context)
        named = store_path_of(file.read())
        return file.path.parent / Path(named).expanduser() if named else paths.default_store()


def point_folder(context: Context) -> PointFolder:
    """The points beside the database."""
    return PointFolder(store_path(context).parent / "points")


def is_config_valid(context: Context) -> bool:
    """Whether the configuration can be used; where it cannot, a rollback may still restore it."""
    try:
        return context.config is not None
    except ConfigInvalidError:
        return False


def point_sources(context: Context, db: sqlite3.Connection | None = None) -> PointSources:
    """Everything that a point is made of; without the clients where the configuration is not valid.

    `db` is the store, where the configuration cannot say it.
    """
    from mamctl.adapters.library.export_files import DiskSidecars
    from mamctl.adapters.library.torrent_file import read_torrent
    from mamctl.config import parse
    from mamctl.jobs.change.checkpoint import PointSources

    file = config_file(context)
    try:
        keep, clients = context.config.change.keep, _stateful_clients(context)
    except ConfigInvalidError:
        keep, clients = KeepPolicy(), ()
    return PointSources(
        db=context.store if db is None else db,
        config=file,
        sidecars=DiskSidecars(),
        clients=clients,
        points=point_folder(context),
        keep=keep,
        clock=context.now,
        read_config=lambda content: parse(content, file.path),
        read_torrent=read_torrent,
    )


def _stateful_clients(context: Context) -> tuple[PointClient, ...]:
    """The configured clients; what connects to them is loaded where there is one."""
    if not context.config.qbittorrent:
        return ()
    from mamctl.cli.wiring.clients import open_stateful_clients

    return open_stateful_clients(context, context.session_cache)


def change_context(context: Context, db: sqlite3.Connection | None = None) -> ChangeContext:
    """What a change of the configuration works with."""
    from mamctl.config.describe import values_in
    from mamctl.config.toml_text import spell_value
    from mamctl.jobs.change.apply import ChangeContext

    return ChangeContext(
        sources=point_sources(context, db),
        run_tests=lambda only: context.run_self_tests(context.options, only),
        values=lambda content: values_in(content, context.config_path),
        digest=digest_of,
        spell_value=spell_value,
    )

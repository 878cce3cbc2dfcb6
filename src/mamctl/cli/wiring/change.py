"""Builds what points and changes work with, also where the configuration cannot be read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from mamctl import paths
from mamctl.adapters.config_file import digest_of, read_config, replace_config, store_path_of
from mamctl.adapters.library.export_files import DiskSidecars
from mamctl.adapters.library.torrent_file import read_torrent
from mamctl.adapters.points import PointFolder
from mamctl.cli.context import Context
from mamctl.cli.wiring.clients import open_stateful_clients
from mamctl.config import parse
from mamctl.config.describe import effective
from mamctl.dataclass import dataclass
from mamctl.domain.change.policy import KeepPolicy
from mamctl.domain.problem import Problem
from mamctl.errors import ConfigInvalidError, LockedError
from mamctl.jobs.change.apply import ChangeContext
from mamctl.jobs.change.checkpoint import PointSources
from mamctl.jobs.change.notice import ChangeHeldError, held_problems, is_news, is_unsettled, notice_changes
from mamctl.jobs.run import Run
from mamctl.store.runs import job_lock


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
    return DiskConfig((context.options.config or paths.default_config()).absolute())


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
    file = config_file(context)
    try:
        keep, clients = context.config.change.keep, open_stateful_clients(context, context.session_cache)
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


def change_context(context: Context, db: sqlite3.Connection | None = None) -> ChangeContext:
    """What a change of the configuration works with."""
    path = config_file(context).path

    def values(content: bytes | None) -> dict[str, Any]:
        return {entry.key: entry.value for entry in effective(parse(content or b"", path))}

    return ChangeContext(
        sources=point_sources(context, db),
        run_tests=lambda only: context.run_self_tests(context.options, only),
        values=values,
        digest=digest_of,
    )


# Jobs that read, that hold back by themselves what they would spend, hand over or file, or that keep the account
# reachable; every other one is held as a whole.
_GO_ON = frozenset(
    {
        "change",
        "vip",
        "ratio",
        "rules",
        "pending",
        "spec",
        "report",
        "address",
        "queue",
        "queue.find",
        "meta.scan",
        "meta.enrich",
        "meta.listen",
    }
)


def notice(context: Context, run: Run) -> None:
    """What was changed outside is noticed; a job that would act is refused while such a change fails.

    The guard's pass only compares. Raises ChangeHeldError.
    """
    if run.dry_run or run.job == "change":
        return
    news = is_news(run.db, digest_of(config_file(context).read()))
    if run.job == "ratio":
        if news:
            context.log("something was changed outside of mamctl; the next other job tests it")
        return
    for problem in _notice(context, run, news=news):
        run.add_problem(problem)
        if run.job not in _GO_ON:
            message = f"{run.job}: not done: {problem.message}"
            raise ChangeHeldError(message, subject=problem.subject, remedy=problem.remedy, code=problem.code)


def _notice(context: Context, run: Run, *, news: bool) -> tuple[Problem, ...]:
    if not news and not is_unsettled(run.db):
        return ()
    try:
        with job_lock(store_path(context), "change"):
            return notice_changes(change_context(context), run.id)
    except LockedError:  # another run is testing it
        return held_problems(run.db)

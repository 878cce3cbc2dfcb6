"""Each configured job as a dry run on a copy of the store: with the site's last recorded answers, with what the
catalogues said before, and with a few books, so that it asks nothing of the site or a catalogue and ends soon.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from mamctl.adapters.audio.pool import DecodePool
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.cli.wiring.library_files import DiskLibrary, LocalBookReader, find_book_folder
from mamctl.cli.wiring.ratio import watch_context
from mamctl.dataclass import dataclass
from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.catalogues.drift import DriftPolicy
from mamctl.domain.change.self_tests import TestOutcome
from mamctl.domain.ratio.policy import RatioSource
from mamctl.domain.ratio.reading import RatioReading, read_account
from mamctl.errors import UnreachableError
from mamctl.jobs.account.vip_check import check_vip
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.drift import check_drift
from mamctl.jobs.catalogues.enrich import enrich
from mamctl.jobs.library.scan import ScanParts, ScanRequest, scan_library
from mamctl.jobs.queue.plan import plan_queue
from mamctl.jobs.ratio.watch import watch_ratio
from mamctl.jobs.run import Run, job_run
from mamctl.output.progress import SilentProgress
from mamctl.store.account.readings import last_account
from mamctl.store.catalogues.answers import books_to_ask_about
from mamctl.store.catalogues.drift import due_books
from mamctl.store.library.books import smallest_books
from mamctl.store.library.exports import own_export

Outcome = tuple[TestOutcome, str, str | None]
PASSED: Outcome = (TestOutcome.PASSED, "", None)

_BOOKS = 3  # of a library, for each job on it
_DECODING = 5.0  # seconds for one file


@dataclass(frozen=True, slots=True)
class DryRun:
    """A job, and the beginnings of the keys that it depends on."""

    name: str
    run: Callable[[Runtime, Path], Outcome]
    keys: tuple[str, ...] = ()


def dry_runs(trial: Runtime) -> Iterator[DryRun]:
    """Those of the jobs that are configured; each may raise MamctlError."""
    config = trial.config
    yield DryRun("vip check", _vip)
    if config.qbittorrent:
        yield DryRun("ratio watch", _ratio, ("qbittorrent", "ratio."))
        yield DryRun("queue run", _queue, ("queue.", "events."))
    if config.library.folders:
        yield DryRun("meta scan", _scan, ("library.", "audio."))
    if config.catalogues.order:
        yield DryRun("meta enrich", _enrich, ("catalogues.",))
        yield DryRun("drift check", _drift, ("drift.", "catalogues."))


def _job(name: str, trial: Runtime, folder: Path) -> AbstractContextManager[Run]:
    """The bracket around a job, on the copy, with a lock that no other run knows."""
    return job_run(name, trial.store, folder / "mamctl.db", trial.now, dry_run=True)


def _vip(trial: Runtime, folder: Path) -> Outcome:
    account = recorded_account(trial)
    if account is None:
        return TestOutcome.NOT_TESTED, "the site has not answered yet", None
    with _job("vip", trial, folder) as run:
        _, fatal_error = check_vip(run, RecordedSite(account), trial.vip_settings())
        run.finish(None, error=fatal_error)
    return PASSED


def _ratio(trial: Runtime, folder: Path) -> Outcome:
    context = watch_context(trial)
    if trial.config.ratio.source is not RatioSource.QBITTORRENT:
        context = replace(context, account=lambda: _recorded_ratio(trial))
    with _job("ratio", trial, folder) as run:
        _, fatal_error = watch_ratio(run, context)
        run.finish(None)
    if fatal_error is not None:
        raise fatal_error
    return PASSED


def _queue(trial: Runtime, _: Path) -> Outcome:
    """What the next pass would do, by what the store knows."""
    plan_queue(trial.store, trial.config.queue, trial.config.events, trial.now())
    return PASSED


def _scan(trial: Runtime, folder: Path) -> Outcome:
    """The smallest books again; only one whose files have changed is decoded."""
    folders = [str(one.resolve()) for one in trial.config.library.folders]
    decoder = DecodePool(1, ffmpeg=trial.config.audio.ffmpeg_path, limit=lambda _: _DECODING)
    with _job("meta.scan", trial, folder) as run, decoder:
        reader = LocalBookReader(lambda path: own_export(run.db, path))
        parts = ScanParts(DiskLibrary(), reader, decoder, SilentProgress(), lambda _: None)
        for path, root in smallest_books(run.db, folders, _BOOKS):
            if not os.path.exists(path):  # noqa: PTH110 - names may not be UTF-8
                continue  # it was removed, or its disk is not mounted
            if (start := find_book_folder(root, path)) != root:
                try:
                    scan_library(run, ScanRequest(root, start), parts)
                except OSError as error:  # the disk's fault
                    raise UnreachableError(f"{path}: {error.strerror or error}", subject=path) from None
        run.finish(None)
    return PASSED


def _enrich(trial: Runtime, folder: Path) -> Outcome:
    """Books that the catalogues were not asked about; what was not kept of their answers is out of reach."""
    with _job("meta.enrich", trial, folder) as run, open_catalogues(trial, budget=0) as connected:
        books = books_to_ask_about(run.db, connected.by_name)[:_BOOKS]
        policy = LookupPolicy(trial.config.catalogues.min_sources)
        enrich(run, books, connected.catalogues, policy, trust=connected.trust)
        run.finish(None)
    return PASSED


def _drift(trial: Runtime, folder: Path) -> Outcome:
    """Books that are due, by what the catalogues' answers of the last days say."""
    section = trial.config.drift
    policy = DriftPolicy(timedelta(days=section.after_days), section.max_changes, section.certain)
    with _job("drift", trial, folder) as run, open_catalogues(trial, budget=0) as connected:
        now = run.clock()
        books = due_books(run.db, now - policy.after, now)[:_BOOKS]
        check_drift(run, books, connected.catalogues, policy, connected.trust)
        run.finish(None)
    return PASSED


def recorded_account(trial: Runtime) -> AccountSnapshot | None:
    """The account as the site last said; None when it never did."""
    known = last_account(trial.store)
    if known is None:
        return None
    return AccountSnapshot(
        uid="",
        username="",
        user_class=known.user_class,
        expires_at=known.expires_at,
        points=known.points,
        ratio=known.ratio,
        uploaded_bytes=known.uploaded_bytes,
        downloaded_bytes=known.downloaded_bytes,
        unsatisfied=known.unsatisfied,
    )


def _recorded_ratio(trial: Runtime) -> RatioReading:
    account = recorded_account(trial)
    if account is None:
        raise UnreachableError("the site has not answered yet")
    return read_account(account.ratio, account.uploaded_bytes, account.downloaded_bytes)


class RecordedSite:
    """The site by its last recorded answers; whatever was not recorded is as unreachable as a site that is down."""

    def __init__(self, account: AccountSnapshot) -> None:
        self._account = account

    @property
    def clock_skew(self) -> timedelta | None:
        """It agreed, when it was recorded."""
        return timedelta()

    def fetch_account(self) -> AccountSnapshot:
        """As it was recorded."""
        return self._account

    def _not_asked(self, *_: object) -> NoReturn:
        raise UnreachableError("the site is not asked in a self-test")

    buy_vip = search = _not_asked

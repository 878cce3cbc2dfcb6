"""The self-tests of a change: what `doctor` checks, and each configured job as a dry run on a copy of the store.

The site is never asked: a request would replace the session's cookie. Dry runs have its last recorded answers.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from mamctl.cli.commands.doctor import checks
from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.context import Options
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.cli.wiring.ratio import watch_context
from mamctl.cli.wiring.spec import spec_settings
from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.change.self_tests import SelfTest, TestOutcome, outcome_of
from mamctl.domain.ratio.policy import RatioSource
from mamctl.domain.ratio.reading import RatioReading, read_account
from mamctl.errors import ConfigInvalidError, MamctlError, UnreachableError
from mamctl.jobs.account.vip_check import check_vip
from mamctl.jobs.ratio.watch import watch_ratio
from mamctl.jobs.run import job_run
from mamctl.jobs.spec.check import broken_promises, check_spec
from mamctl.store.account.readings import last_account
from mamctl.store.database import broken_references, quick_check

Outcome = tuple[TestOutcome, str, str | None]
_PASSED: Outcome = (TestOutcome.PASSED, "", None)


@dataclass(frozen=True, slots=True)
class _Test:
    """One test, and the beginnings of the keys that it depends on."""

    name: str
    run: Callable[[Runtime, Path], Outcome]
    keys: tuple[str, ...] = ()


def run_self_tests(options: Options, only: frozenset[str] | None = None) -> tuple[SelfTest, ...]:
    """Every self-test of these names, or all, with the configuration as its file has it now.

    Whatever happens in one ends in its outcome. What is left when `change.test_within` is over is not tested.
    """
    begun = time.monotonic()
    found: list[SelfTest] = []
    with (
        TemporaryDirectory(prefix="mamctl-test-") as folder,
        Runtime(_trial(options), "change", run_self_tests) as trial,
    ):
        try:
            within = trial.config.change.test_within
        except ConfigInvalidError as error:
            return (SelfTest("configuration", TestOutcome.FAILED, error.message, error.remedy),)
        for test in _tests(trial):
            if only is not None and test.name not in only:
                continue
            if time.monotonic() - begun > within:
                outcome: Outcome = (TestOutcome.NOT_TESTED, "no time was left for it", None)
            else:
                outcome = _guarded(test, trial, Path(folder))
            found.append(SelfTest(test.name, *outcome, keys=test.keys))
    return tuple(found)


def _trial(options: Options) -> Options:
    return replace(options, dry_run=True, quiet=True, verbose=False)


def _guarded(test: _Test, trial: Runtime, folder: Path) -> Outcome:
    try:
        return test.run(trial, folder)
    except MamctlError as error:
        return outcome_of(error), error.message, error.remedy
    except (sqlite3.Error, OSError) as error:
        return TestOutcome.FAILED, f"{type(error).__name__}: {error}", None
    except Exception as error:  # noqa: BLE001 - a bug in a job is what a dry run is for
        return TestOutcome.FAILED, f"a bug in mamctl: {type(error).__name__}", "please report it"


def _tests(trial: Runtime) -> Iterator[_Test]:
    yield _Test("configuration", _of_check(checks.configuration))
    yield _Test("secrets", _of_check(checks.secrets))
    yield _Test("store", _store)
    yield _Test("session", _of_check(checks.session), ("tracker.",))
    yield _Test("notifications", _of_check(checks.notifications), ("notify.",))
    yield _Test("speech", _of_check(checks.speech), ("speech.",))
    yield _Test("library", _library, ("library.",))
    yield _Test("catalogues", _catalogues, ("catalogues.",))
    for number, section in enumerate(trial.config.qbittorrent):
        yield _Test(f"client {section.name}", _client(number), ("qbittorrent",))
    yield _Test("clauses", _clauses)
    yield _Test("dry run: vip check", _vip)
    if trial.config.qbittorrent:
        yield _Test("dry run: ratio watch", _ratio, ("qbittorrent", "ratio."))


def _of_check(check: Callable[[Runtime], Check]) -> Callable[[Runtime, Path], Outcome]:
    """A check of `doctor` as a test: what is only worth a warning passes."""

    def run(trial: Runtime, _: Path) -> Outcome:
        found = check(trial)
        outcome = TestOutcome.FAILED if found.grade is Grade.FAIL else TestOutcome.PASSED
        return outcome, found.detail if outcome is TestOutcome.FAILED else "", found.remedy

    return run


def _store(trial: Runtime, _: Path) -> Outcome:
    """Its structure is whole, and every reference leads somewhere; as a copy shows it."""
    verdict = quick_check(trial.store)
    if verdict != "ok":
        return TestOutcome.FAILED, verdict, "restore a point: mamctl change points"
    if loose := broken_references(trial.store):
        return TestOutcome.FAILED, f"rows of {', '.join(loose)} refer to nothing", None
    return _PASSED


def _library(trial: Runtime, _: Path) -> Outcome:
    """A folder that is not there counts only where its key was changed: it may be a disk that is not mounted."""
    missing = [str(folder) for folder in trial.config.library.folders if not folder.is_dir()]
    if missing:
        return TestOutcome.REFUSED, f"{', '.join(missing)}: no such folder", "see library.folders"
    return _PASSED


def _catalogues(trial: Runtime, _: Path) -> Outcome:
    with open_catalogues(trial):
        return _PASSED


def _clauses(trial: Runtime, _: Path) -> Outcome:
    """What can be judged from the store alone."""
    found = check_spec(trial.store, spec_settings(trial), trial.now())
    broken = [f"{problem.subject}: {problem.message}" for problem in broken_promises(found)]
    return (TestOutcome.FAILED, "; ".join(broken), "mamctl spec check") if broken else _PASSED


def _client(number: int) -> Callable[[Runtime, Path], Outcome]:
    def run(trial: Runtime, _: Path) -> Outcome:
        trial.clients[number].client.fetch_snapshot(None)
        return _PASSED

    return run


def _vip(trial: Runtime, folder: Path) -> Outcome:
    account = recorded_account(trial)
    if account is None:
        return TestOutcome.NOT_TESTED, "the site has not answered yet", None
    with job_run("vip", trial.store, folder / "mamctl.db", trial.now, dry_run=True) as run:
        _, blind = check_vip(run, RecordedSite(account), trial.vip_settings())
        run.finish(None, error=blind)
    return _PASSED


def _ratio(trial: Runtime, folder: Path) -> Outcome:
    context = watch_context(trial)
    if trial.config.ratio.source is not RatioSource.QBITTORRENT:
        context = replace(context, account=lambda: _recorded_ratio(trial))
    with job_run("ratio", trial.store, folder / "mamctl.db", trial.now, dry_run=True) as run:
        _, blind = watch_ratio(run, context)
        run.finish(None)
    if blind is not None:
        raise blind
    return _PASSED


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

"""The self-tests of a change: what `doctor` checks, the promises, and each configured job as a dry run.

The site is never asked: a request would replace the session's cookie.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from mamctl.cli.commands.doctor import checks
from mamctl.cli.commands.doctor.checks import Check, Grade
from mamctl.cli.context import Options
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.cli.wiring.dry_runs import PASSED, Outcome, dry_runs
from mamctl.cli.wiring.spec import spec_settings
from mamctl.dataclass import dataclass
from mamctl.domain.change.self_tests import CLAUSE, SelfTest, TestOutcome, outcome_of
from mamctl.domain.spec.clause import ClauseKind, ClauseState, Judged
from mamctl.domain.spec.clauses import load_clauses
from mamctl.errors import ConfigInvalidError, MamctlError
from mamctl.jobs.spec.check import check_spec
from mamctl.store.database import broken_references, quick_check


@dataclass(frozen=True, slots=True)
class _Test:
    """One test, and the beginnings of the keys that it depends on; None is the outcome of one that cannot be judged."""

    name: str
    run: Callable[[Runtime, Path], Outcome | None]
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
                outcome: Outcome | None = (TestOutcome.NOT_TESTED, "no time was left for it", None)
            else:
                outcome = _guarded(test, trial, Path(folder))
            if outcome is not None:
                found.append(SelfTest(test.name, *outcome, keys=test.keys))
    return tuple(found)


def _trial(options: Options) -> Options:
    return replace(options, dry_run=True, quiet=True, verbose=False)


def _guarded(test: _Test, trial: Runtime, folder: Path) -> Outcome | None:
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
    promises = _Promises(trial)
    yield _Test("clauses", promises.evaluate)
    for clause in load_clauses():
        if clause.kind is ClauseKind.PROMISE:
            yield _Test(f"{CLAUSE}{clause.id}", promises.of(clause.id))
    for dry_run in dry_runs(trial):
        yield _Test(f"dry run: {dry_run.name}", dry_run.run, dry_run.keys)


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
    return PASSED


def _library(trial: Runtime, _: Path) -> Outcome:
    """A folder that is not there counts only where its key was changed: it may be a disk that is not mounted."""
    missing = [str(folder) for folder in trial.config.library.folders if not folder.is_dir()]
    if missing:
        return TestOutcome.REFUSED, f"{', '.join(missing)}: no such folder", "see library.folders"
    return PASSED


def _catalogues(trial: Runtime, _: Path) -> Outcome:
    with open_catalogues(trial):
        return PASSED


class _Promises:
    """The promises that can be judged from the store alone, judged once, each a test: one that is broken already does
    not hide that a change breaks another. What cannot be judged is not a test.
    """

    def __init__(self, trial: Runtime) -> None:
        self._trial = trial

    @cached_property
    def _found(self) -> Mapping[str, Judged]:
        found = check_spec(self._trial.store, spec_settings(self._trial), self._trial.now())
        return {one.id: one for one in found.clauses}

    def evaluate(self, _: Runtime, __: Path) -> Outcome:
        """That every check runs, whatever it finds."""
        return PASSED if self._found else (TestOutcome.FAILED, "there are no clauses", None)

    def of(self, clause: str) -> Callable[[Runtime, Path], Outcome | None]:
        """The test of one promise."""

        def run(_: Runtime, __: Path) -> Outcome | None:
            one = self._found[clause]
            if one.state is ClauseState.VIOLATED:
                return TestOutcome.FAILED, one.detail, one.remedy or f"mamctl spec show {one.id}"
            return PASSED if one.state is ClauseState.HOLDS else None

        return run


def _client(number: int) -> Callable[[Runtime, Path], Outcome]:
    def run(trial: Runtime, _: Path) -> Outcome:
        trial.clients[number].client.fetch_snapshot(None)
        return PASSED

    return run

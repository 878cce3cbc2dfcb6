"""The success measures: each figure from facts, against its bound."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.spec.clause import ClauseKind, ClauseState, Judged
from mamctl.domain.spec.clauses import load_clauses
from mamctl.domain.spec.evaluate import evaluate
from mamctl.domain.spec.facts import (
    ExchangeFact,
    Facts,
    GuardFact,
    LibraryFacts,
    PassFact,
    ProgramFacts,
    RatioFacts,
    RunFact,
    SiteFacts,
    SpellFact,
)
from mamctl.domain.spec.measures import COVERAGE, find_incidents
from mamctl.domain.spec.queue_facts import ChangeFact, ChangeFacts
from tests.kit.practice_fixtures import NOW

DAY = timedelta(days=1)


def judge(clause: str, facts: Facts) -> Judged:
    return next(one for one in evaluate(load_clauses(), facts) if one.id == clause)


def daily(at: datetime, status: str = "ok", exit_code: int = 0) -> RunFact:
    return RunFact(1, "vip", at, at, status, exit_code, scheduled=True)


def seen(at: datetime, ratio: float | None, *, emergency: bool = False) -> PassFact:
    return PassFact(1, at, emergency, "qbittorrent", ratio, None, 10**12, (None, None, None))


def freeze(began: datetime, took: timedelta) -> GuardFact:
    return GuardFact(1, began, True, True, 0.99, "qbittorrent", True, None, began + took, 3)


@pytest.mark.spec("OPS-2")
def test_every_measure_has_a_figure_or_says_why_not() -> None:
    for facts in (Facts(NOW), Facts(NOW, program=ProgramFacts(runs=(daily(NOW - 3 * DAY),)))):
        for one in evaluate(load_clauses(), facts):
            if one.kind is ClauseKind.MEASURE:
                assert (one.figure is None) == (one.state is ClauseState.UNKNOWN), one.id
                assert one.detail


@pytest.mark.spec("OPS-2-DAILY")
def test_days_on_which_the_daily_task_succeeded() -> None:
    good = tuple(daily(NOW - n * DAY) for n in range(1, 5))
    assert judge("OPS-2-DAILY", Facts(NOW, program=ProgramFacts(runs=good))).figure == 1
    mended = (daily(NOW - 2 * DAY, "failed", 13), *good)
    assert judge("OPS-2-DAILY", Facts(NOW, program=ProgramFacts(runs=mended))).figure == 1
    lost = (good[0], daily(NOW - 2 * DAY, "failed", 13), good[3])
    found = judge("OPS-2-DAILY", Facts(NOW, program=ProgramFacts(runs=lost)))
    assert (found.figure, found.state) == (0.5, ClauseState.VIOLATED)  # failed on one day, not run on another
    today = (daily(NOW, "failed", 13),)
    assert judge("OPS-2-DAILY", Facts(NOW, program=ProgramFacts(runs=today))).state is ClauseState.UNKNOWN


@pytest.mark.spec("OPS-2-FREEZE")
def test_the_slowest_freeze_counts() -> None:
    began = NOW - DAY
    passes = (seen(began, 0.99), seen(began - timedelta(minutes=4), 1.01))
    quick = RatioFacts((freeze(began, timedelta(seconds=20)),), passes)
    found = judge("OPS-2-FREEZE", Facts(NOW, ratio=quick))
    assert (found.figure, found.state) == (260, ClauseState.HOLDS)
    slow = RatioFacts((freeze(began, timedelta(minutes=6)),), passes)
    assert judge("OPS-2-FREEZE", Facts(NOW, ratio=slow)).state is ClauseState.VIOLATED


@pytest.mark.spec("OPS-2-FREEZE")
def test_a_fall_while_nothing_watched_is_no_slow_freeze() -> None:
    began = NOW - DAY
    passes = (seen(began, 0.99), seen(began - timedelta(hours=8), 1.2))
    ratio = RatioFacts((freeze(began, timedelta(seconds=20)),), passes)
    assert judge("OPS-2-FREEZE", Facts(NOW, ratio=ratio)).figure == 20


@pytest.mark.spec("OPS-2-ENRICHED")
def test_the_share_of_books_enriched() -> None:
    for clause in ("OPS-2-ENRICHED", "META-8"):
        found = judge(clause, Facts(NOW, library=LibraryFacts(books_total=20, books_enriched=19)))
        assert (found.figure, found.state) == (0.95, ClauseState.HOLDS)
        found = judge(clause, Facts(NOW, library=LibraryFacts(books_total=19, books_enriched=18)))
        assert found.state is ClauseState.VIOLATED
        assert found.detail.startswith("94.7%")


@pytest.mark.spec("OPS-2-SOURCES")
def test_the_availability_of_sources() -> None:
    day = f"{NOW:%Y-%m-%d}"
    counts = [
        ExchangeFact(day, "audnexus", ExchangeOutcome.ANSWERED, 18),
        ExchangeFact(day, "tracker", ExchangeOutcome.UNREACHABLE, 2),
        ExchangeFact("2020-01-01", "tracker", ExchangeOutcome.UNREACHABLE, 500),
    ]
    found = judge("OPS-2-SOURCES", Facts(NOW, site=SiteFacts(exchanges=tuple(counts))))
    assert (found.figure, found.state) == (0.9, ClauseState.VIOLATED)


@pytest.mark.spec("OPS-2-CLAUSES")
def test_the_share_of_promises_that_hold() -> None:
    found = judge("OPS-2-CLAUSES", Facts(NOW))
    assert found.figure is not None
    assert (found.figure < 1) == (found.state is ClauseState.VIOLATED)


@pytest.mark.spec("OPS-2-COVERAGE")
def test_the_coverage_is_what_a_build_demands() -> None:
    makefile = (Path(__file__).parents[4] / "Makefile").read_text()
    demanded = re.search(r"--cov-branch .*--cov-fail-under=(\d+)", makefile)
    assert demanded is not None
    assert int(demanded[1]) / 100 == COVERAGE


@pytest.mark.spec("OPS-2-INCIDENTS")
def test_incidents_have_a_beginning_and_an_end() -> None:
    runs = (daily(NOW - DAY, "failed", 1), daily(NOW - 2 * DAY))
    spell = SpellFact("VIP-8", NOW - DAY, None)
    late = RatioFacts((freeze(NOW - 3 * DAY, timedelta(minutes=9)),), (seen(NOW - 3 * DAY, 0.9),))
    found = find_incidents(Facts(NOW, ratio=late, program=ProgramFacts(runs=runs, spells=(spell,))))
    assert [one.kind for one in found] == ["slow_freeze", "daily_task", "broken_promise", "bug"]
    assert all(one.ended_at is None or one.ended_at >= one.began_at for one in found)
    assert judge("OPS-2-INCIDENTS", Facts(NOW, program=ProgramFacts(runs=runs))).figure == 2
    assert judge("OPS-2-INCIDENTS", Facts(NOW, program=ProgramFacts(runs=runs[1:]))).state is ClauseState.VIOLATED
    assert judge("OPS-2-INCIDENTS", Facts(NOW)).state is ClauseState.UNKNOWN


@pytest.mark.spec("OPS-2-INCIDENTS")
def test_a_change_that_took_itself_back_is_an_incident() -> None:
    program = ProgramFacts(runs=(daily(NOW),))
    done = ChangeFact(7, NOW - DAY, "config", "failed_rolled_back", None, None, NOW, 0, 0, 0, taken_back=True)
    changes = (done, replace(done, at=NOW - 40 * DAY), replace(done, taken_back=False))
    found = find_incidents(Facts(NOW, program=program, change=ChangeFacts(changes)))
    assert [(one.kind, one.detail) for one in found] == [("rollback", "change 7 was taken back by itself")]
    assert judge("OPS-2-INCIDENTS", Facts(NOW, program=program, change=ChangeFacts(changes))).figure == 1

"""A purchase that would break a clause is refused at the last moment, and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from mamctl.domain.account.vip import Outcome
from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

BEGAN = (
    "INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason, ratio)"
    " VALUES (0, '2026-11-25T11:59:59Z', 'normal', 'emergency', 'guard', 'the ratio fell', 0.98)"
)
FAILS = (
    "INSERT INTO change_log (at, kind, summary, outcome, closed_at, failing_since) VALUES"
    " ('2026-11-25T00:00:00Z', 'config', 's', 'noticed', '2026-11-25T00:00:00Z', '2026-11-25T00:00:00Z')"
)


@pytest.mark.spec("SPEC-1")
@pytest.mark.spec("VIP-6")
@pytest.mark.parametrize(("what", "clause"), [(BEGAN, "VIP-6"), (FAILS, "CHG-2")])
def test_what_began_since_the_decision_stops_the_purchase(
    tracker: PracticeTracker, tmp_path: Path, what: str, clause: str
) -> None:
    renewing = Member(tracker, tmp_path)
    renewing.expire_in(days=5)
    renewing.points(50_000)
    with renewing.store() as db:
        db.execute(what)
    result, run, _ = renewing.day()
    assert result.decision is not None
    assert (result.decision.outcome, renewing.bought()) == (Outcome.FAILED, 0)
    assert [problem.subject for problem in run.problems if problem.code == "clause_refused"] == [clause]
    with renewing.store() as db:
        assert db.execute("SELECT act, clause FROM clause_refusals").fetchone()[:] == ("buy_vip", clause)
        assert db.execute("SELECT state FROM purchases").fetchone()[0] == "not_applied"

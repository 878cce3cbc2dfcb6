"""No crash point and no interleaving of two runs ever buys twice, and none loses the purchase."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from mamctl.errors import LockedError
from mamctl.practice.tracker import FaultKind, PracticeTracker
from mamctl.sqlite import transaction
from mamctl.store.account.purchases import AlreadyClaimedError, Intent, claim_purchase, open_claim
from mamctl.store.database import open_store
from mamctl.store.runs import begin_run
from tests.kit.bomb import Bomb, Killed, Mined, mined_store
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]


def run_until(member: Member, at: int) -> bool:
    """One daily task killed at step `at`; False when it ended before."""
    bomb = Bomb(at)
    try:
        with mined_store(member.store_path, bomb) as db:
            member.day(api=Mined(member.api(), bomb), db=db)
    except Killed:
        return True
    return False


@pytest.mark.timeout(600)  # some hundred real stores; a busy machine takes minutes
@pytest.mark.spec("VIP-8")
def test_every_crash_point_buys_exactly_once(tmp_path: Path) -> None:
    from mamctl.practice.tracker import small_world
    from tests.kit.practice_fixtures import NOW

    points = 0
    for at in range(1, 400):
        home = tmp_path / str(at)
        home.mkdir()
        with PracticeTracker(small_world(NOW)) as site:
            member = Member(site, home)
            killed = run_until(member, at)
            for _ in range(3):  # the next runs, before and after a lost answer may be judged
                member.later(minutes=10)
                member.day()
            assert member.bought() == 1, f"killed at step {at}"
            with member.store() as db:
                assert open_claim(db) is None, f"killed at step {at}"
                confirmed = db.execute("SELECT count(*) FROM purchases WHERE state = 'confirmed'").fetchone()[0]
            assert confirmed == 1, f"killed at step {at}"
            assert site.journal.overlapping() == []
        if not killed:
            points = at
            break
    assert points > 20  # the bomb really went through the whole run


@pytest.mark.spec("VIP-8")
def test_two_runs_at_once_buy_once(tracker: PracticeTracker, tmp_path: Path) -> None:
    member = Member(tracker, tmp_path)
    open_store(member.store_path).close()
    tracker.behaviour.plan(FaultKind.HOLD_AFTER, "/json/bonusBuy.php")
    outcomes: list[Any] = []

    def run() -> None:
        try:
            outcomes.append(member.day()[0].decision.outcome)
        except LockedError as error:
            outcomes.append(error.exit_code)

    first = threading.Thread(target=run)
    first.start()
    assert tracker.wait_until_held()
    second = threading.Thread(target=run)
    second.start()
    second.join(60)
    tracker.release()
    first.join(60)
    assert outcomes == [11, "renewed"]
    assert member.bought() == 1


@pytest.mark.spec("VIP-8")
def test_even_without_the_lock_the_database_grants_one_claim(tmp_path: Path) -> None:
    from tests.kit.practice_fixtures import NOW

    path = tmp_path / "mamctl.db"
    db = open_store(path)
    run_id = begin_run(db, "vip", NOW)
    start = threading.Barrier(8)
    won: list[bool] = []

    def claim() -> None:
        own = open_store(path)
        start.wait()
        try:
            claim_purchase(own, run_id, Intent("vip", "2026-12-15T12:00:00Z", 12_500, 20_000, 0), NOW)
            won.append(True)
        except AlreadyClaimedError:
            won.append(False)
        finally:
            own.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
    with transaction(db):
        assert db.execute("SELECT count(*) FROM purchases").fetchone()[0] == 1
    db.close()

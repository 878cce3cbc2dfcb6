"""kill -9 of the real program around the purchase request, a full disk, and a clock that is wrong."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.tracker import FaultKind, PracticeTracker
from tests.kit.effort import EFFORT, chance
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

BUY = "/json/bonusBuy.php"


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    home = tmp_path / "member"
    home.mkdir()
    tracker.world.clock.move_to(datetime.now(UTC))
    member = Member(tracker, home)
    member.expire_in(days=20)
    return member


def start(config: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "mamctl", "vip", "check", "--json", "--config", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (FaultKind.HOLD_BEFORE, "/jsonLoad.php"),
        (FaultKind.HOLD_BEFORE, BUY),
        (FaultKind.HOLD_AFTER, BUY),
        (FaultKind.HOLD_BEFORE, "/tor/js"),
    ],
)
def test_kill_minus_nine_then_the_next_runs_make_it_right(member: Member, mamctl, kind: FaultKind, path: str) -> None:
    config = member.config()
    # The dead process takes the answer with its new cookie to the grave; the site is given a grace for the old one.
    member.tracker.behaviour.grace = 5
    member.tracker.behaviour.plan(kind, path)
    run = start(config)
    assert member.tracker.wait_until_held()
    run.send_signal(signal.SIGKILL)
    run.wait()
    member.tracker.release()
    check_again(member, mamctl, config, times=2)
    with member.store() as db:
        assert db.execute("SELECT status FROM runs ORDER BY id").fetchone()["status"] == "killed"


@pytest.mark.long
@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize("number", range(2 * EFFORT))
def test_killed_at_any_moment_the_next_runs_buy_once(member: Member, mamctl, number: int) -> None:
    config = member.config()
    member.tracker.behaviour.grace = 5
    with start(config) as run:
        time.sleep(chance(f"vip check {number}").uniform(0, 1.5))
        run.kill()
    check_again(member, mamctl, config, times=3)


def check_again(member: Member, mamctl, config: Path, *, times: int) -> None:
    """The next runs, after which one purchase was made and is confirmed, and none is under way."""
    for _ in range(times):
        # The claim's age is judged by this machine's clock, so it is the record that grows older.
        with member.store() as db:
            db.execute("UPDATE purchases SET claimed_at = '2026-01-01T00:00:00Z' WHERE state = 'claimed'")
        assert mamctl("vip", "check", "--json", "--config", str(config)).code in (0, 3)
    assert member.bought() == 1
    with member.store() as db:
        states = [row["state"] for row in db.execute("SELECT state FROM purchases ORDER BY id")]
    assert states.count("confirmed") == 1
    assert "claimed" not in states


def test_a_full_disk_buys_nothing_and_says_so(member: Member, mamctl_process) -> None:
    config = str(member.config())
    done = mamctl_process("vip", "check", "--json", "--config", config, preexec_fn=no_file_may_grow)
    assert done.code == 5
    assert "disk" in done.json["problems"][0]["remedy"]
    assert member.bought() == 0
    assert member.tracker.journal.paths() == []


def no_file_may_grow() -> None:
    """As on a full disk; pipes are not files."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_a_terminated_run_exits_130_and_leaves_no_lock(member: Member, mamctl) -> None:
    config = member.config()
    member.tracker.behaviour.plan(FaultKind.HOLD_BEFORE, "/jsonLoad.php")
    run = start(config)
    assert member.tracker.wait_until_held()
    run.send_signal(signal.SIGTERM)
    assert run.wait(60) == 130
    member.tracker.release()
    member.tracker.behaviour.grace = 5
    member.seed = member.tracker.mam_id
    assert mamctl("vip", "check", "--json", "--config", str(member.config())).code == 0

"""Which runs cron made: `doctor` and `status` tell them from those by hand."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from tests.kit.crontab_program import CrontabProgram, crontab
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["crontab", "tracker"]


@pytest.fixture
def member(tracker, tmp_path: Path, crontab: CrontabProgram, monkeypatch) -> Member:
    from datetime import UTC, datetime

    tracker.world.clock.move_to(datetime.now(UTC))
    member = Member(tracker, tmp_path)
    monkeypatch.setenv("MAMCTL_CONFIG", str(member.config()))
    return member


@pytest.fixture
def cron_check(mamctl):
    """The check `cron` of doctor: its grade and what it says."""

    def check() -> tuple[str, str]:
        (found,) = [one for one in mamctl("doctor", "--json").data["checks"] if one["name"] == "cron"]
        return found["grade"], found["detail"]

    return check


def test_a_run_by_hand_never_makes_cron_look_well(mamctl, cron_check, member: Member, monkeypatch) -> None:
    mamctl("vip", "check")
    assert cron_check() == ("warn", "no line of your crontab runs mamctl; no scheduled run of vip check yet")
    mamctl("cron", "install", "--yes")
    mamctl("vip", "check")
    assert cron_check() == ("warn", "installed; no scheduled run of vip check yet")
    monkeypatch.setenv("MAMCTL_SCHEDULED", "1")
    mamctl("vip", "check", "--quiet")
    grade, detail = cron_check()
    assert grade == "ok"
    assert "the daily task last ran at" in detail
    with member.tracker.unreachable():
        mamctl("vip", "check", "--quiet")
    assert cron_check()[0] == "warn"
    monkeypatch.delenv("MAMCTL_SCHEDULED")
    mamctl("vip", "check")
    grade, detail = cron_check()
    assert grade == "warn"
    assert "ended as failed" in detail


def test_a_job_whose_time_has_not_come_since_the_first_is_not_missed(
    mamctl, cron_check, member: Member, monkeypatch
) -> None:
    member.config(library={"folders": [str(member.home)]})
    mamctl("cron", "install", "--yes")
    monkeypatch.setenv("MAMCTL_SCHEDULED", "1")
    mamctl("change", "checkpoint", "--quiet")
    assert cron_check() == ("ok", "installed; the daily task has yet to run")
    mamctl("vip", "check", "--quiet")
    assert cron_check()[0] == "ok"  # the library's line is one of the night
    with contextlib.closing(sqlite3.connect(member.store_path)) as db:
        db.execute("UPDATE runs SET started_at = '2026-01-01T00:00:00Z' WHERE job = 'change'")
        db.commit()
    assert cron_check() == ("warn", "installed; no scheduled run of meta scan yet")


def test_lines_that_are_out_of_date_or_in_doubt_are_named(
    mamctl, cron_check, member: Member, crontab: CrontabProgram
) -> None:
    mamctl("cron", "install", "--yes")
    member.config(library={"folders": [str(member.home)]})
    assert "do not match this configuration" in cron_check()[1]
    assert mamctl("cron", "show", "--json").data["current"] is False
    crontab.write(b"# mamctl: begin\n")
    assert cron_check()[0] != "ok"
    crontab.write(b"1 1 * * * mamctl vip check --quiet\n")
    assert "written by hand" in cron_check()[1]
    crontab.before_list("exit 3")
    assert cron_check()[0] == "warn"


def test_status_shows_who_began_a_run_and_forgets_wrong_usage(mamctl, member: Member, monkeypatch) -> None:
    monkeypatch.setenv("MAMCTL_SCHEDULED", "1")
    mamctl("vip", "check")
    monkeypatch.delenv("MAMCTL_SCHEDULED")
    with member.tracker.unreachable():
        mamctl("vip", "check")
    assert mamctl("rules", "import", "/nonexistent").code == 2
    (job,) = mamctl("status", "--json").data["jobs"]
    assert (job["job"], job["status"], job["trigger"]) == ("vip", "failed", "by_hand")
    assert job["last_scheduled_at"] == job["last_success_at"] is not None
    assert job["last_scheduled_status"] == "ok"
    shown = mamctl("status").out
    assert "vip last ended well: " in shown
    assert "vip last ran by cron: " in shown


def test_a_shared_heartbeat_is_named(mamctl, member: Member) -> None:
    def grade(**notify) -> str:
        member.config(notify=notify)
        (found,) = [one for one in mamctl("doctor", "--json").data["checks"] if one["name"] == "heartbeat"]
        return found["grade"]

    address = "http://127.0.0.1:9/key/a"
    assert grade() == "skipped"
    assert grade(heartbeat_url=address) == "warn"
    assert grade(heartbeat_url=address + "-{job}") == "ok"
    assert grade(heartbeat_urls={"vip": address}) == "ok"


@pytest.mark.parametrize("key", ["heartbeat_url", "heartbeat_urls"])
def test_an_address_that_cannot_say_a_failure_is_refused(mamctl, member: Member, key: str) -> None:
    bad = "https://host.example/planted-secret?status=up"
    member.config(notify={key: bad if key == "heartbeat_url" else {"vip": bad}})
    done = mamctl("config", "check")
    assert done.code == 10
    assert "a failure would read as a success" in done.out + done.err
    assert "planted-secret" not in done.out + done.err
    member.config(notify={key: "ftp://planted-secret" if key == "heartbeat_url" else {"vip": "ftp://planted-secret"}})
    done = mamctl("config", "check")
    assert done.code == 10
    assert "planted-secret" not in done.out + done.err


def test_the_address_of_one_job_is_masked(mamctl, member: Member) -> None:
    member.config(notify={"heartbeat_urls": {"vip": "https://host.example/planted-secret"}})
    done = mamctl("config", "show", "--json")
    assert "https://***" in done.out
    assert "planted-secret" not in done.out


def test_an_overdue_task_is_named(mamctl, cron_check, member: Member, monkeypatch) -> None:
    mamctl("cron", "install", "--yes")
    monkeypatch.setenv("MAMCTL_SCHEDULED", "1")
    mamctl("vip", "check", "--quiet")
    with member.store() as db:
        past = (member.now() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("UPDATE runs SET started_at = ?", (past,))
    grade, detail = cron_check()
    assert grade == "warn"
    assert "the next is overdue" in detail

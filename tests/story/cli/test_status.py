"""`mamctl status`: what is known, told from the store alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.domain.text.quantities import show_age
from mamctl.practice.tracker import FaultKind
from tests.kit.member import Member

KEYS = {"account", "guard", "jobs", "open_purchase", "wanted", "events", "requests", "next_runs", "alerts", "overdue"}
ACCOUNT = {
    "seen_at", "age", "age_seconds", "status", "expires_at", "days_left", "points", "ratio", "ratio_text",
    "uploaded_bytes", "downloaded_bytes", "user_class", "unsatisfied",
}  # fmt: skip


@pytest.fixture
def status(mamctl, reader: Member):
    """`status("--json") -> Done`, with the reader's configuration."""
    config = str(reader.config())
    return lambda *args: mamctl("status", *args, "--config", config)


def test_before_anything_was_read_it_says_so(status, reader: Member) -> None:
    done = status()
    assert done.code == 0
    assert "has never been read" in done.out
    data = status("--json").data
    assert set(data) == KEYS
    assert (data["account"], data["jobs"], data["open_purchase"], data["events"]) == (None, [], None, [])
    assert data["guard"] == {"state": "normal", "since": None}
    assert reader.tracker.journal.entries == []


def test_the_json_has_the_promised_keys(mamctl, status, reader: Member) -> None:
    config = str(reader.config())
    mamctl("vip", "pending", "add", "The Time Machine", "--author", "H. G. Wells", "--config", config)
    mamctl("vip", "pending", "add", "Nowhere", "--author", "Nobody", "--config", config)
    mamctl("rules", "event", "add", "bonus", "--note", "double points", "--config", config)
    mamctl("vip", "check", "--config", config)
    asked = len(reader.tracker.journal.entries)
    data = status("--json").data
    assert set(data["account"]) == ACCOUNT
    assert data["account"]["status"] == "active"
    assert data["account"]["days_left"] == pytest.approx(40, abs=0.01)
    (job,) = data["jobs"]
    assert set(job) == {"job", "started_at", "finished_at", "status", "exit_code", "problems", "trigger",
        "last_success_at", "last_scheduled_at", "last_scheduled_status", "problem",
    }  # fmt: skip
    assert (job["job"], job["status"], job["exit_code"], job["problems"]) == ("vip", "ok", 0, 0)
    assert data["wanted"] == {"items": 2, "pending": 1, "available_free": 1, "downloaded": 0, "failed": 0}
    assert [(e["kind"], e["source"], e["note"]) for e in data["events"]] == [("bonus", "person", "double points")]
    assert data["requests"] == {"run": 0, "today": asked, "budget": 500}
    assert len(reader.tracker.journal.entries) == asked


def test_a_person_sees_account_jobs_and_list(mamctl, status, reader: Member) -> None:
    mamctl("vip", "check", "--config", str(reader.config()))
    mamctl("rules", "sync", "--config", str(reader.config()))
    shown = status().out
    for sign in ("active, until", "40 days left", "just now", "of 500 today", "guard", "rules", "vip  "):
        assert sign in shown
    assert "has never been read" not in shown


@pytest.mark.spec("VIP-2")
def test_a_vip_that_ended_since_it_was_read_is_expired_now(mamctl, status, reader: Member) -> None:
    mamctl("vip", "check", "--config", str(reader.config()))
    with reader.store() as db:
        db.execute("UPDATE standings SET seen_at = '2020-01-01T00:00:00Z', vip_expires_at = '2020-02-01T00:00:00Z'")
    account = status("--json").data["account"]
    assert (account["status"], account["days_left"]) == ("expired", 0.0)
    assert "days ago" in status().out


@pytest.mark.spec("VIP-9")
def test_a_purchase_that_is_not_settled_is_seen(mamctl, status, reader: Member) -> None:
    reader.expire_in(days=20)
    reader.tracker.behaviour.plan(FaultKind.RESET, "/json/bonusBuy.php")
    reader.tracker.behaviour.plan(FaultKind.STATUS, "/", times=None, skip=1)
    mamctl("vip", "check", "--config", str(reader.config()))
    data = status("--json").data
    assert (data["open_purchase"]["kind"], data["account"]["status"]) == ("vip", "pending_renewal")
    assert data["open_purchase"]["price"] > 0
    assert "is not settled" in status().out


@pytest.mark.parametrize("words", [("vip", "check"), ("tracker", "ip", "update"), ("rules", "sync")], ids=" ".join)
def test_a_job_that_failed_says_why(mamctl, status, reader: Member, words: tuple[str, ...]) -> None:
    config = str(reader.config())
    (reader.home / "mam_id").write_text("A" * 180)
    assert mamctl(*words, "--config", config).code == 12
    (job,) = status("--json").data["jobs"]
    assert (job["status"], job["exit_code"]) == ("failed", 12)
    assert job["problems"] >= 1
    assert "refused the session" in job["problem"]
    assert f"{job['job']}: {job['problem']}" in " ".join(status().out.split())


def test_a_run_that_has_not_ended_is_shown_as_such(status, reader: Member) -> None:
    with reader.store() as db:
        db.execute("INSERT INTO runs (job, started_at) VALUES ('vip', '2026-11-25T12:00:00Z')")
    assert status("--json").data["jobs"][0]["status"] is None
    assert "not yet" in status().out


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
    ],
)
def test_how_long_ago_is_told_in_the_largest_unit(span: timedelta, words: str) -> None:
    assert show_age(span) == words

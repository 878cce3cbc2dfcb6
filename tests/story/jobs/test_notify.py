"""Messages that cannot be sent, and a memory that cannot be written, end no job and repeat nothing."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.outcome import Status
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import ReminderPolicy
from mamctl.errors import UnreachableError
from mamctl.jobs.notify import due_or_fallback
from mamctl.jobs.run import job_run
from mamctl.store.database import open_store
from tests.kit.full_disk import full_disk
from tests.kit.practice_fixtures import NOW

DOWN = Problem("unreachable", "seedbox: no connection", "seedbox")


class Broken:
    """A service whose plugin fails."""

    def notify(self, title: str, body: str) -> Problem | None:
        raise RuntimeError("a plugin")


class Kept:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def notify(self, title: str, body: str) -> Problem | None:
        self.sent.append((title, body))
        return None


def test_a_service_that_fails_is_a_problem_and_the_run_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW, notifier=Broken()) as run:
        run.notices.append(Notice("vip_renewed", "VIP renewed"))
        result = run.finish("facts")
    assert [problem.code for problem in result.problems] == ["notify_failed"]
    assert (result.data, result.status) == ("facts", Status.ATTENTION)
    db.close()


def test_a_run_that_fails_sends_its_reason_and_the_next_that_it_is_over(tmp_path: Path) -> None:
    path, kept = tmp_path / "mamctl.db", Kept()
    db = open_store(path)
    error = UnreachableError("seedbox: no connection", subject="seedbox")
    with pytest.raises(UnreachableError), job_run("ratio", db, path, lambda: NOW, notifier=kept):
        raise error
    with job_run("ratio", db, path, lambda: NOW + timedelta(minutes=4), notifier=kept) as run:
        run.finish()
    assert kept.sent == [
        ("mamctl needs you", "seedbox: no connection"),
        ("mamctl: resolved", "resolved: seedbox works again"),
    ]
    db.close()


def test_a_dry_run_sends_nothing(tmp_path: Path) -> None:
    path, kept = tmp_path / "mamctl.db", Kept()
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW, dry_run=True, notifier=kept) as run:
        run.finish(problems=[DOWN])
    assert kept.sent == []
    db.close()


def test_on_a_full_disk_a_problem_is_still_reported_once_a_day(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    db = open_store(tmp_path / "mamctl.db")
    with full_disk():
        passes = [NOW + timedelta(minutes=4 * number) for number in range(400)]
        reported = [
            now for now in passes
            if due_or_fallback(db, "ratio.watch", (DOWN,), (), now, ReminderPolicy(), judged=True)
        ]  # fmt: skip
    assert reported == [NOW, NOW + timedelta(hours=21, minutes=36)]
    db.close()

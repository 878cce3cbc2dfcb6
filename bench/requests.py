"""Requests to the site: a daily task, a rules sync and a site that does not serve, counted by the practice site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.kit.member import Member

from bench.frame.model import Benchmark, Figure
from mamctl.domain.account.pending import Wanted
from mamctl.errors import MamctlError
from mamctl.jobs.run import job_run
from mamctl.jobs.site.rules_sync import observe, sync_rules
from mamctl.practice.tracker import FaultKind, PracticeTracker, demo_world
from mamctl.store.account.pending import add_pending


def _sync(member: Member) -> None:
    with member.store() as db, job_run("rules", db, member.store_path, member.now) as run:
        sync_rules(run, observe(member.api(), max_pages=5))
        run.finish()


def _failing(member: Member, kind: FaultKind, path: str, **details: Any) -> None:
    member.tracker.behaviour.plan(kind, path, times=None, **details)
    try:
        member.day()
    except MamctlError as error:
        print(f"a failed day ended in {error.slug}")


# The figure's name, what it is, wanted titles, days of VIP left, and the work.
_TASKS: tuple[tuple[str, str, int, int, Callable[[Member], Any]], ...] = (
    ("rules_sync", "rules sync", 0, 40, _sync),
    ("nothing_wanted", "daily task", 0, 40, Member.day),
    ("daily", "daily task", 20, 40, Member.day),
    ("renewal", "daily task with a renewal", 20, 20, Member.day),
    ("refused", "daily task, session refused", 20, 20, lambda one: _failing(one, FaultKind.DEAD_SESSION, "/")),
    ("unavailable", "daily task, status 503", 20, 20, lambda one: _failing(one, FaultKind.STATUS, "/", status=503)),
    ("throttled", "daily task, status 429", 20, 20, lambda one: _failing(one, FaultKind.THROTTLED, "/")),
    ("maintenance", "daily task, maintenance", 20, 20, lambda one: _failing(one, FaultKind.HTML, "/")),
    ("reset", "daily task, connection reset", 20, 20, lambda one: _failing(one, FaultKind.RESET, "/")),
    ("throttled_search", "daily task, 429 at a search", 20, 20,
     lambda one: _failing(one, FaultKind.THROTTLED, "/tor/")),
)  # fmt: skip


def measure() -> Iterator[Figure]:
    """The counts for days without and with a renewal, with wanted titles to search for, and with failures."""
    for name, what, wanted, days, work in _TASKS:
        with tempfile.TemporaryDirectory() as folder, PracticeTracker(demo_world(datetime.now(UTC))) as site:
            member = Member(site, Path(folder))
            member.expire_in(days=days)
            member.points(40_000)
            with member.store() as db:
                for number in range(wanted):
                    add_pending(db, Wanted(f"Nowhere {number}", "Nobody"), member.now(), auto_download=False)
            work(member)
            asked = len(site.journal.paths())
        yield Figure(f"requests.{name}", what, asked, "requests", sizes={"wanted titles": wanted})


BENCHMARK = Benchmark(
    "Requests to the site",
    measure,
    quick={},
    about="Counted by the practice site's journal.",
)

"""Requests to the site: a daily task, a rules sync and a site that does not serve, counted by the practice site."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.kit.member import Member

from mamctl.domain.account.pending import Wanted
from mamctl.errors import MamctlError
from mamctl.jobs.run import job_run
from mamctl.jobs.site.rules_sync import sync_rules
from mamctl.practice.tracker import FaultKind, PracticeTracker, demo_world
from mamctl.store.account.pending import add_pending


def _sync(member: Member) -> None:
    with member.store() as db, job_run("rules", db, member.store_path, member.now) as run:
        sync_rules(run, member.api(), max_pages=5)
        run.finish()


def _failing(member: Member, kind: FaultKind, path: str, **details: Any) -> None:
    member.tracker.behaviour.plan(kind, path, times=None, **details)
    try:
        member.day()
    except MamctlError as error:
        print(f"a failed day ended in {error.slug}")


_TASKS: tuple[tuple[str, int, int, Callable[[Member], Any]], ...] = (
    ("rules sync", 0, 40, _sync),
    ("daily task", 0, 40, Member.day),
    ("daily task", 10, 40, Member.day),
    ("daily task with a renewal", 10, 20, Member.day),
    ("daily task, session refused", 10, 20, lambda member: _failing(member, FaultKind.DEAD_SESSION, "/")),
    ("daily task, status 503", 10, 20, lambda member: _failing(member, FaultKind.STATUS, "/", status=503)),
    ("daily task, status 429", 10, 20, lambda member: _failing(member, FaultKind.THROTTLED, "/")),
    ("daily task, maintenance", 10, 20, lambda member: _failing(member, FaultKind.HTML, "/")),
    ("daily task, connection reset", 10, 20, lambda member: _failing(member, FaultKind.RESET, "/")),
    ("daily task, 429 at the first search", 10, 20, lambda member: _failing(member, FaultKind.THROTTLED, "/tor/")),
)


def run() -> None:
    """Print the counts for days without and with a renewal, with wanted titles to search for, and with failures."""
    print("| task | wanted titles | requests |\n|---|---|---|")
    for name, wanted, days, work in _TASKS:
        with tempfile.TemporaryDirectory() as folder, PracticeTracker(demo_world(datetime.now(UTC))) as site:
            member = Member(site, Path(folder))
            member.expire_in(days=days)
            member.points(40_000)
            with member.store() as db:
                for number in range(wanted):
                    add_pending(db, Wanted(f"Nowhere {number}", "Nobody"), member.now(), auto_download=False)
            work(member)
            print(f"| {name} | {wanted} | {len(site.journal.paths())} |")

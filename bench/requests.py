"""Requests to the site: a daily task and a rules sync, counted by the practice site's journal."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.kit.member import Member

from mamctl.domain.account.pending import Wanted
from mamctl.practice.tracker import PracticeTracker, demo_world
from mamctl.store.account.pending import add_pending


def run() -> None:
    """Print the counts for a day without and with a renewal, and with wanted titles that need a search."""
    print("| task | wanted titles | requests |\n|---|---|---|")
    for name, wanted, days in (("daily task", 0, 40), ("daily task", 10, 40), ("daily task with a renewal", 10, 20)):
        with tempfile.TemporaryDirectory() as folder, PracticeTracker(demo_world(datetime.now(UTC))) as site:
            member = Member(site, Path(folder))
            member.expire_in(days=days)
            member.points(40_000)
            with member.store() as db:
                for number in range(wanted):
                    add_pending(db, Wanted(f"Nowhere {number}", "Nobody"), member.now(), auto_download=False)
            member.day()
            print(f"| {name} | {wanted} | {len(site.journal.paths())} |")

"""Whether a change still fails, from the self-tests that count against one."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.store.change.log import failing_changes, set_failing
from mamctl.store.change.tests import counting_tests


def settle_failing(db: sqlite3.Connection, now: datetime, *, newest: int | None = None) -> None:
    """Every failing change is mended when no self-test counts any more; else the newest change is the failing one."""
    counting = counting_tests(db)
    if counting and newest is not None:
        set_failing(db, newest, now, "; ".join(counting))
    for change in failing_changes(db):
        if not counting or (newest is not None and change.id != newest):
            set_failing(db, change.id, now, None)

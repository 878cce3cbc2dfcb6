"""A store's whole content as text, to show that nothing was changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_COUNTS = ('INSERT INTO "requests"', 'INSERT INTO "exchange_counts"', 'INSERT INTO "site_requests"')


def dump(path: Path) -> list[str]:
    """Every statement that would make the store again, but for the counts of requests and exchanges."""
    db = sqlite3.connect(path)
    lines = [line for line in db.iterdump() if not line.startswith(_COUNTS)]
    db.close()
    return lines

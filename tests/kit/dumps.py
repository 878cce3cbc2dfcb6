"""A store's whole content as text, to show that nothing was changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def dump(path: Path) -> list[str]:
    """Every statement that would make the store again, but for the count of requests, which are always real."""
    db = sqlite3.connect(path)
    lines = [line for line in db.iterdump() if 'INTO "requests"' not in line]
    db.close()
    return lines

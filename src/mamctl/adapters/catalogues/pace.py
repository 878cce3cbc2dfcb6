"""How often each host is asked, and how often it was: one small SQLite file that all runs share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from mamctl.adapters.catalogues.disk import prepare_file

TALLIES = ("asked", "answered", "found", "cached", "stale", "failed")
_SCHEMA = """
create table if not exists hosts (host text primary key, next_at real not null) strict;
create table if not exists tallies (
  day text not null, catalogue text not null, what text not null, count integer not null,
  primary key (day, catalogue, what)
) strict;
"""
_FURTHEST = 3600.0


class Pace:
    """The shared limiter. Each caller reserves the next free moment of a host, so that calls of several
    processes queue up one behind the other. Moments are seconds since 1970.
    """

    def __init__(self, path: Path) -> None:
        prepare_file(path)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        # Not waiting for the disk: what a power cut could lose is a moment's pace.
        self._db.executescript(f"pragma busy_timeout = 30000; pragma synchronous = off; {_SCHEMA}")

    def reserve(self, host: str, interval: float, now: float, patience: float = _FURTHEST) -> float | None:
        """Seconds to wait before the host may be asked; None, and nothing is reserved, if above `patience`."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            row = self._db.execute("select next_at from hosts where host = ?", (host,)).fetchone()
            # A moment further off than any honest wait was left by a clock that was wrong.
            moment = max(now, row[0]) if row and row[0] - now <= 24 * _FURTHEST else now
            if moment - now > patience:
                return None
            self._put(host, moment + interval)
            return moment - now

    def hold(self, host: str, until: float) -> None:
        """The host asked to be left alone until then."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            row = self._db.execute("select next_at from hosts where host = ?", (host,)).fetchone()
            self._put(host, max(until, row[0] if row else until))

    def _put(self, host: str, moment: float) -> None:
        self._db.execute("insert or replace into hosts (host, next_at) values (?, ?)", (host, moment))

    def add(self, day: date, catalogue: str, counts: Mapping[str, int]) -> None:
        """Add to the day's tallies; tallies older than a month are dropped."""
        with self._lock, self._db:
            self._db.execute("begin immediate")
            self._db.executemany(
                "insert into tallies values (?, ?, ?, ?) on conflict do update set count = count + excluded.count",
                [(day.isoformat(), catalogue, what, count) for what, count in counts.items() if count],
            )
            self._db.execute("delete from tallies where day < date(?, '-31 days')", (day.isoformat(),))

    def tallies(self, day: date, catalogue: str) -> dict[str, int]:
        """The day's tallies of a catalogue; every key of TALLIES is there."""
        with self._lock:
            rows = self._db.execute(
                "select what, count from tallies where day = ? and catalogue = ?", (day.isoformat(), catalogue)
            ).fetchall()
        return dict.fromkeys(TALLIES, 0) | {str(what): int(count) for what, count in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

"""When the next request to a host may leave, over all threads, processes and runs: one small SQLite file.

Each caller reserves the next free moment of a host, so that callers queue up one behind the other. What a server asked
for by Retry-After is kept apart from our own interval, so that a caller can say which it waits for. A moment counts
from when it was written down: a clock that is set back never makes a wait longer than it was then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mamctl.adapters.http.policy import LONGEST
from mamctl.adapters.sqlite_file import SharedFile

PACE_TABLE = """
create table if not exists paces (
  host text primary key, next_at real not null, not_before real not null, noted_at real not null
) strict;
drop table if exists hosts; -- of versions that could not tell a rest from an interval
"""


class Turn(NamedTuple):
    """Seconds until a host may be asked, those of them that the server asked for, and whether the turn is ours."""

    wait: float
    asked: float
    reserved: bool


Note = Callable[[sqlite3.Connection, Turn], None]


def _note_nothing(db: sqlite3.Connection, turn: Turn) -> None:
    """Nothing else belongs to the reservation."""


class _Row(NamedTuple):
    """What is known of a host, in unix seconds; `noted_at` is by the clock of the one who wrote it."""

    next_at: float
    not_before: float
    noted_at: float

    def seen_at(self, now: float) -> _Row:
        """The same by a clock that may have been set back since; what no honest wait reaches is dropped."""
        back = max(0.0, self.noted_at - now)
        ahead, rest = (moment - back for moment in (self.next_at, self.not_before))
        return _Row(ahead if ahead - now <= LONGEST else now, rest if rest - now <= LONGEST else now, now)


class Pace:
    """The shared limiter. `now` gives unix seconds. Methods raise OSError or sqlite3.Error where the file cannot be
    written; one that is broken is begun again, for losing it costs politeness only. A `file` shared with others has
    PACE_TABLE.
    """

    def __init__(self, path: Path, now: Callable[[], float], file: SharedFile | None = None) -> None:
        self.path = path
        self.now = now
        self._file = file or SharedFile(path, PACE_TABLE)

    def reserve(self, host: str, interval: float, patience: float, note: Note = _note_nothing) -> Turn:
        """The next free moment of the host, after which it is left alone for `interval` seconds.

        Nothing is reserved when the server asked for more than `patience` seconds; those who queue are waited for.
        `note` writes what else belongs to it into the file, in the same transaction.
        """
        turn = Turn(0.0, 0.0, reserved=True)

        def take(row: _Row, now: float) -> _Row:
            nonlocal turn
            asked = max(0.0, row.not_before - now)
            wait = max(0.0, row.next_at - now, asked)
            turn = Turn(wait, asked, reserved=asked <= patience)
            return row._replace(next_at=now + wait + interval) if turn.reserved else row

        self._update(host, take, lambda db: note(db, turn))
        return turn

    def hold(self, host: str, seconds: float) -> None:
        """The host asked for no request for that many seconds."""
        self._update(host, lambda row, now: row._replace(not_before=max(row.not_before, now + seconds)))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _update(
        self, host: str, change: Callable[[_Row, float], _Row], note: Callable[[sqlite3.Connection], None] | None = None
    ) -> None:
        try:
            self._update_once(host, change, note)
        except sqlite3.OperationalError:
            raise  # locked, full or out of reach
        except sqlite3.DatabaseError:  # damaged behind its first page
            self.path.unlink(missing_ok=True)
            self._update_once(host, change, note)

    def _update_once(
        self, host: str, change: Callable[[_Row, float], _Row], note: Callable[[sqlite3.Connection], None] | None
    ) -> None:
        with self._file.transaction() as db:
            now = self.now()  # not before the file is ours: waiting for it takes time
            found = db.execute("select next_at, not_before, noted_at from paces where host = ?", (host,)).fetchone()
            row = change(_Row(*found).seen_at(now) if found else _Row(now, now, now), now)
            db.execute("insert or replace into paces values (?, ?, ?, ?)", (host, *row))
            if note is not None:
                note(db)

"""A process that is killed at any step: a write to the database, or a moment before or after a request."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mamctl.store.database import open_store


class Killed(BaseException):
    """The process is gone: nothing after this point runs."""


class Bomb:
    """Goes off at the nth step; a step is a write, a commit, or a moment before or after a request."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.steps = 0
        self.dead = False

    def step(self, *_: object) -> None:
        if self.dead:
            raise Killed
        self.steps += 1
        if self.steps == self.at:
            self.dead = True
            raise Killed


class MinedConnection(sqlite3.Connection):
    """Real SQLite that dies at the bomb's word; once dead it does nothing more, as a killed process would."""

    bomb: Bomb

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        if not sql.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            self.bomb.step()
        return super().execute(sql, *more)

    def executemany(self, sql: str, *more: Any) -> sqlite3.Cursor:
        self.bomb.step()
        return super().executemany(sql, *more)


class Mined:
    """Any adapter, dying before a call leaves or after its answer came."""

    def __init__(self, api: Any, bomb: Bomb) -> None:
        self._api, self._bomb = api, bomb

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._api, name)
        if not callable(found):
            return found

        def mined(*args: Any) -> Any:
            self._bomb.step()
            answer = found(*args)
            self._bomb.step()
            return answer

        return mined


@contextmanager
def mined_store(path: Path, bomb: Bomb) -> Iterator[MinedConnection]:
    """The store at `path` in the hands of a process that is killed; what was not committed is gone."""
    open_store(path).close()
    db = sqlite3.connect(path, isolation_level=None, factory=MinedConnection)
    db.bomb = bomb
    db.row_factory = sqlite3.Row
    sqlite3.Connection.execute(db, "PRAGMA foreign_keys = ON")
    try:
        yield db
    finally:
        db.close()

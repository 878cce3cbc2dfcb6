"""Corrections by drift as they are on record: what was changed, proposed to you, or undone."""

from __future__ import annotations

import json
import sqlite3

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift_changes import ChangeKind
from mamctl.domain.metadata.observation import Field, Source, Value, value_from_json


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change as it is recorded. `state` is made, told or undone."""

    id: int
    run: int
    book: int
    title: str | None
    field: str
    old: Value | None
    new: Value
    source: str
    kind: str
    reason: str
    state: str
    made_at: str
    undone_at: str | None


def load_changes(db: sqlite3.Connection, *, run: int | None = None, state: str | None = None) -> list[RecordedChange]:
    """Recorded changes, the newest first."""
    rows = db.execute(
        "SELECT c.*, l.title FROM drift_changes c LEFT JOIN library l ON l.id = c.book_id"
        " WHERE (?1 IS NULL OR c.drift_run_id = ?1) AND (?2 IS NULL OR c.state = ?2) ORDER BY c.id DESC",
        (run, state),
    )
    return [_recorded(row) for row in rows]


def count_changes(db: sqlite3.Connection, *, state: str) -> int:
    """How many recorded changes are in this state."""
    return int(db.execute("SELECT count(*) FROM drift_changes WHERE state = ?", (state,)).fetchone()[0])


def _recorded(row: sqlite3.Row) -> RecordedChange:
    field = Field(row["field"])
    return RecordedChange(
        id=row["id"],
        run=row["drift_run_id"],
        book=row["book_id"],
        title=row["title"],
        field=field,
        old=value_from_json(field, json.loads(row["old"])) if row["old"] else None,
        new=value_from_json(field, json.loads(row["new"])),
        source=Source(row["source"]).value,
        kind=ChangeKind(row["kind"]).value,
        reason=row["reason"],
        state=row["state"],
        made_at=row["made_at"],
        undone_at=row["undone_at"],
    )

"""What jobs changed, as summaries with their run: corrections of drift, freezes and thaws, books that were filed."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.timestamps import timestamp
from mamctl.store.change.tables import tables_of
from mamctl.store.values import sure_moment


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run did, in one line. `id` is such as "drift-3"; `kind` is correction, freeze, thaw or filing."""

    id: str
    at: datetime
    kind: str
    summary: str
    run: int | None


_CORRECTIONS = """
SELECT 'drift-' || d.id AS id, d.begun_at AS at, 'correction' AS kind, d.run_id AS run,
  count(*) || CASE count(*) WHEN 1 THEN ' correction' ELSE ' corrections' END || ' of drift'
  || CASE sum(c.state = 'undone') WHEN 0 THEN '' ELSE ', ' || sum(c.state = 'undone') || ' undone' END AS summary
FROM drift_runs d JOIN drift_changes c ON c.drift_run_id = d.id AND c.state IN ('made', 'undone')
WHERE d.begun_at >= ?1 GROUP BY d.id
"""
_FREEZES = """
SELECT 'guard-' || g.id AS id, g.at, CASE g.to_state WHEN 'emergency' THEN 'freeze' ELSE 'thaw' END AS kind,
  g.run_id AS run, g.reason AS summary
FROM guard_transitions g WHERE g.at >= ?1
"""
_FILINGS = """
SELECT 'queue-' || h.id AS id, h.at, 'filing' AS kind, h.run_id AS run, q.title || ': filed' AS summary
FROM queue_history h JOIN queue_items q ON q.id = h.item_id WHERE h.to_state = 'filed' AND h.at >= ?1
"""


def summarise_jobs(db: sqlite3.Connection, since: datetime) -> tuple[Summary, ...]:
    """What jobs changed since then, the newest first."""
    queries = [_CORRECTIONS, _FREEZES]
    if "queue_history" in tables_of(db):
        queries.append(_FILINGS)
    found = [
        Summary(row["id"], sure_moment(row["at"]), row["kind"], row["summary"], row["run"])
        for query in queries
        for row in db.execute(query, (timestamp(since),))
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True))

"""The guard's facts: transitions with their freezes, passes, the journal of torrents, answers about paid downloads."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

from mamctl.domain.spec.facts import GuardFact, JournalFact, PaidAnswerFact, PassFact, RatioFacts
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import moment, sure_moment

_LONGEST = timedelta(minutes=30)  # one pass takes less, even with clients that are slow
_RECENT = timedelta(days=2)  # the clauses ask for the runs of one


# Of a hundred thousand passes only those are read on which a clause may rest; the others are counted.
_PASSES = """
SELECT * FROM figures WHERE id IN (
  SELECT max(id) FROM figures WHERE seen_at >= :since
  UNION SELECT id FROM (SELECT id FROM figures WHERE seen_at >= :since ORDER BY seen_at DESC LIMIT 1)
  UNION SELECT id FROM figures WHERE seen_at >= :since AND NOT (
    coalesce(hours_low <= hours, 1) AND coalesce(hours <= hours_high, 1) AND coalesce(hours >= 0, 1))
  UNION SELECT p.id FROM (
      SELECT g.at, (SELECT a.seen_at FROM figures a WHERE a.seen_at BETWEEN :since AND g.at AND a.state = 'normal'
          AND (a.ratio IS NULL OR a.ratio >= :floor) ORDER BY a.seen_at DESC LIMIT 1) AS above
      FROM guard_transitions g WHERE g.to_state = 'emergency' AND g.at >= :since) f
    CROSS JOIN figures p ON p.seen_at BETWEEN f.above AND f.at)
ORDER BY id DESC"""
_FORECASTS = """
SELECT count(*) FROM figures WHERE seen_at >= ? AND coalesce(hours_low, hours, hours_high) IS NOT NULL"""


def read_ratio_facts(db: sqlite3.Connection, since: datetime, now: datetime, floor: float) -> RatioFacts:
    """Every transition, and the answers since then, the newest first. Of the passes since then those that say how long
    a freeze took after the ratio was last at the `floor`, those with an odd forecast, and the newest.
    """
    first = (timestamp(since),)
    transitions = db.execute(
        "SELECT g.*, (SELECT min(r.started_at) FROM runs r WHERE r.job = 'ratio' AND r.id > g.run_id) AS next_run_at"
        " FROM guard_transitions g ORDER BY g.id DESC"
    )
    frozen: dict[int, list[datetime]] = defaultdict(list)
    for row in db.execute("SELECT emergency_id, frozen_at FROM torrent_journal WHERE frozen_at IS NOT NULL"):
        frozen[row["emergency_id"]].append(sure_moment(row["frozen_at"]))
    passes = db.execute(_PASSES, {"since": timestamp(since), "floor": floor})
    recorded = db.execute("SELECT run_id FROM figures WHERE seen_at >= ?", (timestamp(max(since, now - _RECENT)),))
    journal = db.execute("SELECT * FROM torrent_journal WHERE closed_at IS NULL ORDER BY id DESC")
    answers = db.execute("SELECT * FROM paid_answers WHERE asked_at >= ? ORDER BY id DESC", first)
    return RatioFacts(
        transitions=tuple(_transition(row, frozen[row["id"]]) for row in transitions),
        passes=tuple(map(_pass, passes)),
        forecasts_total=db.execute(_FORECASTS, first).fetchone()[0],
        recorded_runs=frozenset(run for (run,) in recorded),
        journal=tuple(
            JournalFact(
                row["client"], row["name"], row["phase"], sure_moment(row["written_at"]),
                row["missing_since"] is not None,
            )
            for row in journal
        ),
        answers=tuple(
            PaidAnswerFact(row["subject"], sure_moment(row["asked_at"]), row["answer"] == "allowed") for row in answers
        ),
    )  # fmt: skip


def _transition(row: sqlite3.Row, frozen: list[datetime]) -> GuardFact:
    """What was frozen by the pass that began the emergency; a later download is frozen as it comes."""
    at = sure_moment(row["at"])
    until = min(moment(row["next_run_at"]) or at + _LONGEST, at + _LONGEST)
    return GuardFact(
        id=row["id"],
        at=at,
        to_emergency=row["to_state"] == "emergency",
        by_guard=row["decided_by"] == "guard",
        ratio=row["ratio"],
        source=row["source"],
        totals_known=row["uploaded_bytes"] is not None,
        override_until=moment(row["hold_until"]),
        frozen_last_at=max((one for one in frozen if one < until), default=None),
        frozen=len(frozen),
    )


def _pass(row: sqlite3.Row) -> PassFact:
    return PassFact(
        run_id=row["run_id"],
        seen_at=sure_moment(row["seen_at"]),
        emergency=row["state"] == "emergency",
        source=row["source"],
        ratio=row["ratio"],
        unknown_because=row["unknown_because"],
        downloaded_bytes=row["downloaded_bytes"],
        hours=(row["hours_low"], row["hours"], row["hours_high"]),
    )

"""The guard's facts: transitions with their freezes, passes, the journal of torrents, answers about paid downloads."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime, timedelta

from mamctl.domain.spec.facts import GuardFact, JournalFact, PaidAnswerFact, PassFact, RatioFacts
from mamctl.domain.timestamps import timestamp
from mamctl.store.values import moment, sure_moment

_LONGEST = timedelta(minutes=30)  # one pass takes less, even with clients that are slow


def read_ratio_facts(db: sqlite3.Connection, since: datetime) -> RatioFacts:
    """Every transition, and the passes and answers since then, the newest first."""
    first = (timestamp(since),)
    transitions = db.execute(
        "SELECT g.*, (SELECT min(r.started_at) FROM runs r WHERE r.job = 'ratio' AND r.id > g.run_id) AS next_run_at"
        " FROM guard_transitions g ORDER BY g.id DESC"
    )
    frozen: dict[int, list[datetime]] = defaultdict(list)
    for row in db.execute("SELECT emergency_id, frozen_at FROM torrent_journal WHERE frozen_at IS NOT NULL"):
        frozen[row["emergency_id"]].append(sure_moment(row["frozen_at"]))
    passes = db.execute("SELECT * FROM figures WHERE seen_at >= ? ORDER BY id DESC", first)
    journal = db.execute("SELECT * FROM torrent_journal WHERE closed_at IS NULL ORDER BY id DESC")
    answers = db.execute("SELECT * FROM paid_answers WHERE asked_at >= ? ORDER BY id DESC", first)
    return RatioFacts(
        transitions=tuple(_transition(row, frozen[row["id"]]) for row in transitions),
        passes=tuple(map(_pass, passes)),
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

"""The facts of downloads and of changes."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import datetime

from mamctl.domain.queue.policy import QueuePolicy
from mamctl.domain.spec.queue_facts import ChangeFact, ChangeFacts, ItemFact, QueueFacts, ReleaseFact
from mamctl.domain.timestamps import timestamp
from mamctl.store.change.log import is_taken_back
from mamctl.store.values import moment, sure_moment

_ITEMS = """
SELECT i.*,
  EXISTS (SELECT 1 FROM queue_verdicts v WHERE v.item_id = i.id AND v.torrent_id = i.torrent_id AND v.stage = 'claimed')
    AS judged,
  EXISTS (SELECT 1 FROM queue_history h WHERE h.item_id = i.id AND h.to_state = 'verified') AS checked
FROM queue_items i WHERE i.removed_at IS NULL AND (i.claimed_at IS NOT NULL OR i.handed_over_at IS NOT NULL)
ORDER BY i.id DESC"""
_CHANGES = """
SELECT c.*,
  (SELECT count(*) FROM change_acts a WHERE a.change_id = c.id) AS acts,
  (SELECT count(*) FROM change_acts a
    WHERE a.change_id = c.id AND (a.done_at IS NULL OR a.reason IS NOT NULL)) AS left_,
  (SELECT count(*) FROM change_acts a
    WHERE a.change_id = c.id AND a.done_at IS NULL AND a.reason IS NULL) AS unexplained
FROM change_log c WHERE c.at >= ? OR c.failing_since IS NOT NULL ORDER BY c.id DESC"""


def read_queue_facts(db: sqlite3.Connection, policy: QueuePolicy, since: datetime) -> QueueFacts:
    """The downloads that were claimed, and the releases since then."""
    failed: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in db.execute(
        "SELECT v.item_id, v.stage, v.rule FROM queue_verdicts v JOIN queue_items i ON i.id = v.item_id"
        " AND i.torrent_id = v.torrent_id WHERE v.holds = 0 ORDER BY v.item_id, v.place"
    ):
        failed[row["item_id"]][row["stage"]].append(row["rule"])
    releases = db.execute(
        "SELECT at, run_id FROM queue_history WHERE to_state = 'handed_over' AND from_state = 'claimed' AND at >= ?",
        (timestamp(since),),
    )
    newest = db.execute(
        "SELECT unsatisfied_count, unsatisfied_limit FROM standings ORDER BY id DESC LIMIT 1"
    ).fetchone()
    known = newest is not None and newest[0] is not None and newest[1] is not None
    return QueueFacts(
        policy=policy,
        items=tuple(_item(row, failed[row["id"]]) for row in db.execute(_ITEMS)),
        releases=tuple(ReleaseFact(sure_moment(row["at"]), row["run_id"]) for row in releases),
        unsatisfied=(newest[0], newest[1]) if known else None,
    )


def _item(row: sqlite3.Row, failed: dict[str, list[str]]) -> ItemFact:
    return ItemFact(
        id=row["id"],
        title=row["title"],
        state=row["state"],
        attempt=row["attempt"],
        paid=bool(row["paid"]),
        free=row["free"],
        claimed_at=moment(row["claimed_at"]),
        handed_over_at=moment(row["handed_over_at"]),
        info_hash=row["info_hash"],
        torrent_id=row["torrent_id"],
        ratio_after=row["ratio_after"],
        wedge_sent_at=moment(row["wedge_sent_at"]),
        wedges_before=row["wedges_before"],
        judged=bool(row["judged"]),
        failed={stage: tuple(rules) for stage, rules in failed.items()},
        checked=bool(row["checked"]),
        filed=row["folder"] is not None,
    )


def read_change_facts(db: sqlite3.Connection, since: datetime) -> ChangeFacts:
    """The log of changes since then, and those that failed at any time."""
    marks = {row["kind"]: row["mark"] for row in db.execute("SELECT kind, mark FROM change_marks")}
    changes = tuple(
        ChangeFact(
            id=row["id"],
            at=sure_moment(row["at"]),
            kind=row["kind"],
            outcome=row["outcome"],
            failing_since=moment(row["failing_since"]),
            accepted_at=moment(row["accepted_at"]),
            closed_at=moment(row["closed_at"]),
            acts=row["acts"],
            left=row["left_"],
            unexplained=row["unexplained"],
            taken_back=is_taken_back(row["outcome"], row["reason"]),
        )
        for row in db.execute(_CHANGES, (timestamp(since),))
    )
    pushes = db.execute("SELECT id, json_valid(before) AS known FROM shelf_pushes ORDER BY id DESC LIMIT 10000")
    return ChangeFacts(changes, marks, tuple((row["id"], bool(row["known"])) for row in pushes))

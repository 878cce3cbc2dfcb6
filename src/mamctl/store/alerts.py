"""Alerts that stand or stood, and what was reported of them: table `alerts`, one memory for every command."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.alerts.judge import ALERT_ENDS, Alert
from mamctl.domain.alerts.policy import AlertName
from mamctl.domain.reporting import Due, ReminderPolicy, Reported, decide_reports, fingerprint
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, storable, sure_moment

_FORGOTTEN_AFTER = timedelta(days=400)  # the report shows a year of them


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert as it is on record: `since_at` begins its present or last spell, `last_at` is its last message."""

    name: str
    subject: str | None
    clause: str
    figure: float | str | None
    threshold: float | str | None
    message: str
    remedy: str
    since_at: datetime
    last_at: datetime
    ended_at: datetime | None


def settle_alerts(
    db: sqlite3.Connection,
    alerts: Iterable[Alert],
    unknown: Iterable[AlertName],
    now: datetime,
    remind_after: timedelta,
) -> Due:
    """Record which alerts stand, and say what is to be reported now; it counts as reported from then on.

    Of the names in `unknown` nothing is known: what stands of them goes on. Two runs that end at once report each
    alert once. Raises sqlite3.Error.
    """
    now = now.replace(microsecond=0)
    current = {fingerprint(alert.problem): alert for alert in alerts}
    left_out = {name.value for name in unknown}
    policy = ReminderPolicy(remind_after, ends=ALERT_ENDS)
    with transaction(db):
        memory, rows = {}, {}
        for row in db.execute("SELECT * FROM alerts"):
            rows[row["mark"]] = row
            if row["name"] not in left_out:
                memory[row["mark"]] = _reported(row)
        due = decide_reports(memory, [alert.problem for alert in current.values()], (), now, policy)
        for mark, reported in due.changes.items():
            _save(db, mark, current.get(mark), reported)
        db.execute("DELETE FROM alerts WHERE ended_at < ?", (timestamp(now - _FORGOTTEN_AFTER),))
    return due


def drop_alerts(db: sqlite3.Connection, alerts: Iterable[KeptAlert], now: datetime) -> None:
    """End them without a word: nothing is known of how they went on. Raises sqlite3.Error."""
    gone = [(timestamp(now), one.name, storable(one.subject)) for one in alerts]
    if gone:
        with transaction(db):
            db.executemany("UPDATE alerts SET ended_at = ? WHERE name = ? AND subject IS ? AND ended_at IS NULL", gone)


def _reported(row: sqlite3.Row) -> Reported:
    return Reported(
        first_at=sure_moment(row["first_at"]),
        last_at=sure_moment(row["last_at"]),
        since_at=sure_moment(row["since_at"]),
        ended_at=moment(row["ended_at"]),
        code=f"alert_{row['name']}",
        subject=row["subject"],
        message=row["message"],
    )


def _save(db: sqlite3.Connection, mark: str, alert: Alert | None, reported: Reported) -> None:
    times = (
        timestamp(reported.since_at),
        timestamp(reported.last_at),
        timestamp(reported.ended_at) if reported.ended_at else None,
    )
    if alert is None:
        db.execute("UPDATE alerts SET since_at = ?, last_at = ?, ended_at = ? WHERE mark = ?", (*times, mark))
        return
    db.execute(
        "INSERT INTO alerts (mark, name, subject, clause, figure, threshold, message, remedy, first_at, since_at,"
        " last_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " figure = excluded.figure, threshold = excluded.threshold, clause = excluded.clause,"
        " message = excluded.message, remedy = excluded.remedy, since_at = excluded.since_at,"
        " last_at = excluded.last_at, ended_at = excluded.ended_at",
        (
            mark,
            alert.name.value,
            storable(alert.subject),
            alert.clause,
            alert.figure,
            alert.threshold,
            storable(alert.message),
            storable(alert.remedy),
            timestamp(reported.first_at),
            *times,
        ),
    )


def kept_alerts(db: sqlite3.Connection, since: datetime | None = None) -> tuple[KeptAlert, ...]:
    """The alerts that stand, the oldest first; with `since` also those that ended after it."""
    rows = db.execute(
        "SELECT * FROM alerts WHERE ended_at IS NULL OR ended_at >= ? ORDER BY since_at, name, subject",
        (timestamp(since) if since else "9999",),
    )
    return tuple(
        KeptAlert(
            name=row["name"],
            subject=row["subject"],
            clause=row["clause"],
            figure=row["figure"],
            threshold=row["threshold"],
            message=row["message"],
            remedy=row["remedy"],
            since_at=sure_moment(row["since_at"]),
            last_at=sure_moment(row["last_at"]),
            ended_at=moment(row["ended_at"]),
        )
        for row in rows
    )


def is_reported(db: sqlite3.Connection, codes: Iterable[str], since: datetime) -> bool:
    """Whether a job reports one of these problems itself, or did so since then."""
    return any(
        db.execute(
            "SELECT 1 FROM run_problems WHERE code = ? AND (ended_at IS NULL OR ended_at >= ?) LIMIT 1",
            (code, timestamp(since)),
        ).fetchone()
        for code in codes
    )

"""The seedbox address: what the site saw, every registration asked for, and what became of it. Times are the site's."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.address import AddressRecord, SeenAddress
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment

UNKNOWN, REFUSED, NOT_SENT = "unknown", "refused", "not_sent"
# What may have been counted by the site as a change of this hour.
_COUNTED = "('unknown', 'completed', 'too_recent')"


@dataclass(frozen=True, slots=True)
class AddressReading:
    """An address as the site saw it, when by its clock (`at`), and when by this machine's (`looked_at`)."""

    address: SeenAddress
    at: datetime
    looked_at: datetime


def record_address(db: sqlite3.Connection, reading: AddressReading) -> None:
    """Note what the site saw: a row for each address, from its first to its last sight in a row."""
    seen, at, looked_at = reading.address, timestamp(reading.at), timestamp(reading.looked_at)
    with transaction(db):
        last = last_address(db)
        if last is not None and last.address == seen:
            db.execute(
                "UPDATE seen_addresses SET last_seen_at = ?, looked_at = ?"
                " WHERE id = (SELECT max(id) FROM seen_addresses)",
                (at, looked_at),
            )
            return
        db.execute(
            "INSERT INTO seen_addresses (first_seen_at, last_seen_at, looked_at, ip, asn, network)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (at, at, looked_at, seen.ip, seen.asn, seen.network),
        )


def last_address(db: sqlite3.Connection) -> AddressReading | None:
    """The newest look; None before the first."""
    row = db.execute("SELECT * FROM seen_addresses ORDER BY id DESC LIMIT 1").fetchone()
    return (
        None
        if row is None
        else AddressReading(_address(row), *(sure_moment(row[name]) for name in ("last_seen_at", "looked_at")))
    )


def claim_registration(db: sqlite3.Connection, run_id: int | None, seen: SeenAddress, now: datetime) -> int:
    """Write down before the request that it is made; until `settle_registration` its outcome is unknown."""
    with transaction(db):
        row = db.execute(
            "INSERT INTO address_registrations (run_id, asked_at, ip, asn, network, outcome)"
            " VALUES (?, ?, ?, ?, ?, 'unknown')",
            (run_id, timestamp(now), seen.ip, seen.asn, seen.network),
        )
        return int(row.lastrowid or 0)


def settle_registration(
    db: sqlite3.Connection, number: int, outcome: str, now: datetime, code: str | None = None
) -> None:
    """What became of it, known at `now`; `code` is the slug of an error."""
    with transaction(db):
        db.execute(
            "UPDATE address_registrations SET outcome = ?, asked_at = ?, code = ? WHERE id = ?",
            (outcome, timestamp(now), code, number),
        )


def read_registrations(db: sqlite3.Connection, now: datetime) -> AddressRecord:
    """What is known of earlier registrations.

    A row in the future comes from a clock that was wrong: it is moved to `now`, so that its hour ends.
    """
    with transaction(db):
        db.execute("UPDATE address_registrations SET asked_at = ? WHERE asked_at > ?", (timestamp(now),) * 2)
    good = db.execute(
        "SELECT * FROM address_registrations WHERE outcome IN ('completed', 'no_change') ORDER BY id DESC LIMIT 1"
    ).fetchone()
    changed = db.execute(
        f"SELECT max(asked_at) AS at FROM address_registrations WHERE outcome IN {_COUNTED}"  # noqa: S608
    ).fetchone()
    return AddressRecord(
        None if good is None else _address(good),
        None if good is None else sure_moment(good["asked_at"]),
        moment(changed["at"]),
    )


def was_asked_unseen(db: sqlite3.Connection, ip: str) -> bool:
    """Whether a registration of this address, asked for since the last one known to hold, has no known outcome."""
    row = db.execute(
        "SELECT 1 FROM address_registrations WHERE outcome = 'unknown' AND ip = ? AND id > coalesce("
        "(SELECT max(id) FROM address_registrations WHERE outcome IN ('completed', 'no_change')), 0)",
        (ip,),
    ).fetchone()
    return row is not None


def _address(row: sqlite3.Row) -> SeenAddress:
    return SeenAddress(row["ip"], row["asn"], row["network"])


def last_outcome(db: sqlite3.Connection) -> tuple[str, str | None, datetime] | None:
    """Outcome, code and time of the newest registration; None before the first."""
    row = db.execute("SELECT * FROM address_registrations ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else (row["outcome"], row["code"], sure_moment(row["asked_at"]))

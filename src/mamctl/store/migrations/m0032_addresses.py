"""The seedbox address: what the site saw, and each registration that was asked for."""

from __future__ import annotations

from sqlite_utils import Database

_SEEN = """
CREATE TABLE seen_addresses (
  id INTEGER PRIMARY KEY,
  first_seen_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  looked_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER,
  network TEXT
) STRICT"""

_REGISTRATIONS = """
CREATE TABLE address_registrations (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs (id),
  asked_at TEXT NOT NULL,
  ip TEXT NOT NULL,
  asn INTEGER,
  network TEXT,
  outcome TEXT NOT NULL CHECK (outcome IN ('unknown', 'completed', 'no_change', 'too_recent', 'refused', 'not_sent')),
  code TEXT
) STRICT"""


def up(db: Database) -> None:
    """Make the tables."""
    db.execute(_SEEN)
    db.execute(_REGISTRATIONS)


def down(db: Database) -> None:
    """Drop them: the hour is forgotten, and the site still keeps it."""
    db.execute("DROP TABLE address_registrations")
    db.execute("DROP TABLE seen_addresses")

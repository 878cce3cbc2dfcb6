"""Categories, what holds in them now and before, and the events of the site."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.site.rules import CategoryRule, EventKind, RuleChange, SiteEvent, diff_rules
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment


@dataclass(frozen=True, slots=True)
class CategoryRecord:
    """A category with the rule in force, as `rules list` shows it."""

    id: int
    name: str
    main: str
    freeleech_active: bool
    freeleech_count: int
    bonus_event_active: bool
    promotions: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PastRule:
    """A rule as it was from `changed_at` to `updated_at`."""

    changed_at: datetime
    updated_at: datetime
    freeleech_active: bool
    freeleech_count: int
    bonus_event_active: bool
    promotions: tuple[str, ...]


def save_categories(
    db: sqlite3.Connection, found: Iterable[tuple[int, str, str, bool]], now: datetime, *, listed: bool
) -> tuple[int, ...]:
    """Keep (id, name, main, known) of each category; the ids that were not there before are returned.

    `listed` says that the site's own list has them: then a new name replaces the old one, and one that was gone is
    back. Otherwise those that are there already stay as they are.
    """
    with transaction(db):
        before = {row["id"] for row in db.execute("SELECT id FROM categories")}
        rows = tuple(found)
        db.executemany(_LISTED if listed else _SEEN, [(*row, timestamp(now)) for row in rows])
    return tuple(sorted({row[0] for row in rows} - before))


_SEEN = "INSERT INTO categories (id, name, main, known, first_seen_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
_LISTED = _SEEN.replace("NOTHING", "UPDATE SET name = excluded.name, main = excluded.main, gone_at = NULL")


def mark_gone(db: sqlite3.Connection, ids: Iterable[int], now: datetime) -> None:
    """Categories that the site no longer lists; their history stays."""
    with transaction(db):
        db.executemany(
            "UPDATE categories SET gone_at = ? WHERE id = ? AND gone_at IS NULL", [(timestamp(now), n) for n in ids]
        )


def known_category_ids(db: sqlite3.Connection) -> tuple[int, ...]:
    """Every category that is not gone."""
    return tuple(row["id"] for row in db.execute("SELECT id FROM categories WHERE gone_at IS NULL ORDER BY id"))


def save_rules(
    db: sqlite3.Connection, run_id: int, rules: Iterable[CategoryRule], now: datetime
) -> tuple[RuleChange, ...]:
    """Newer replaces older, which stays as history; what changed is returned. All of it or nothing."""
    rules = tuple(rules)
    with transaction(db):
        before = rules_in_force(db)
        changes = diff_rules(before, rules)
        changed = {change.category_id for change in changes}
        for rule in rules:
            if rule.category_id in changed:
                db.execute(
                    "INSERT INTO category_rules (category_id, run_id, freeleech_active, freeleech_count,"
                    " bonus_event_active, promotions, updated_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        rule.category_id,
                        run_id,
                        rule.freeleech_active,
                        rule.freeleech_count,
                        rule.bonus_event_active,
                        json.dumps(rule.promotions),
                        timestamp(now),
                        timestamp(now),
                    ),
                )
            else:
                db.execute(
                    "UPDATE category_rules SET updated_at = ?"
                    " WHERE id = (SELECT max(id) FROM category_rules WHERE category_id = ?)",
                    (timestamp(now), rule.category_id),
                )
    return changes


def list_rules(db: sqlite3.Connection) -> tuple[CategoryRecord, ...]:
    """Every category with the rule in force."""
    rows = db.execute("SELECT * FROM category_rules_now ORDER BY main, name")
    return tuple(
        CategoryRecord(
            row["id"],
            row["name"],
            row["main"],
            bool(row["freeleech_active"]),
            row["freeleech_count"],
            bool(row["bonus_event_active"]),
            tuple(json.loads(row["promotions"])),
            sure_moment(row["updated_at"]),
        )
        for row in rows
    )


def rule_history(db: sqlite3.Connection, category_id: int) -> tuple[PastRule, ...]:
    """All that held in one category, newest first."""
    rows = db.execute("SELECT * FROM category_rules WHERE category_id = ? ORDER BY id DESC", (category_id,))
    return tuple(
        PastRule(
            sure_moment(row["changed_at"]),
            sure_moment(row["updated_at"]),
            bool(row["freeleech_active"]),
            row["freeleech_count"],
            bool(row["bonus_event_active"]),
            tuple(json.loads(row["promotions"])),
        )
        for row in rows
    )


def rules_in_force(db: sqlite3.Connection) -> dict[int, CategoryRule]:
    """What holds now in every category that has a rule."""
    rows = db.execute(
        "SELECT * FROM category_rules WHERE id IN (SELECT max(id) FROM category_rules GROUP BY category_id)"
    )
    return {row["category_id"]: _rule(row) for row in rows}


def last_changes(db: sqlite3.Connection) -> tuple[RuleChange, ...]:
    """What the last run that changed anything changed, with what held before.

    The first rule of a category is a change only where the category was not in the known list.
    """
    rows = db.execute(_LAST_CHANGES).fetchall()
    changes = []
    for row in rows:
        older = db.execute(
            "SELECT * FROM category_rules WHERE category_id = ? AND id < ? ORDER BY id DESC LIMIT 1",
            (row["category_id"], row["id"]),
        ).fetchone()
        changes.append(RuleChange(row["category_id"], _rule(older) if older else None, _rule(row)))
    return tuple(changes)


_LAST_CHANGES = """
WITH changes AS (
  SELECT r.* FROM category_rules r JOIN categories c ON c.id = r.category_id
  WHERE NOT c.known OR EXISTS (SELECT 1 FROM category_rules o WHERE o.category_id = r.category_id AND o.id < r.id)
)
SELECT * FROM changes WHERE run_id = (SELECT max(run_id) FROM changes) ORDER BY category_id
"""


def add_event(
    db: sqlite3.Connection, kind: EventKind, source: str, starts_at: datetime, ends_at: datetime | None,
    note: str | None, now: datetime,
) -> int:  # fmt: skip
    """A new event; its id."""
    with transaction(db):
        cursor = db.execute(
            "INSERT INTO site_events (kind, source, starts_at, ends_at, note, added_at) VALUES (?, ?, ?, ?, ?, ?)",
            (kind.value, source, timestamp(starts_at), timestamp(ends_at) if ends_at else None, note, timestamp(now)),
        )
        return int(cursor.lastrowid or 0)


def end_event(db: sqlite3.Connection, event_id: int, now: datetime) -> bool:
    """End an event now. False when there is none under way by that id."""
    with transaction(db):
        cursor = db.execute(
            "UPDATE site_events SET ends_at = ? WHERE id = ? AND (ends_at IS NULL OR ends_at > ?)",
            (timestamp(now), event_id, timestamp(now)),
        )
        return cursor.rowcount == 1


def date_event(db: sqlite3.Connection, event_id: int, ends_at: datetime) -> None:
    """Give an event its end."""
    with transaction(db):
        db.execute("UPDATE site_events SET ends_at = ? WHERE id = ?", (timestamp(ends_at), event_id))


def list_events(db: sqlite3.Connection) -> tuple[SiteEvent, ...]:
    """Every event ever known, newest first."""
    rows = db.execute("SELECT * FROM site_events ORDER BY id DESC")
    return tuple(
        SiteEvent(
            row["id"],
            EventKind(row["kind"]),
            row["source"],
            sure_moment(row["starts_at"]),
            moment(row["ends_at"]),
            row["note"],
        )
        for row in rows
    )


def category_name(db: sqlite3.Connection, category_id: int) -> str:
    """A category's name with its main one, e.g. "AudioBooks · Fantasy"."""
    row = db.execute("SELECT main, name FROM categories WHERE id = ?", (category_id,)).fetchone()
    return f"{row['main']} · {row['name']}" if row else f"category {category_id}"


def _rule(row: sqlite3.Row) -> CategoryRule:
    return CategoryRule(
        row["category_id"],
        bool(row["freeleech_active"]),
        row["freeleech_count"],
        bool(row["bonus_event_active"]),
        tuple(json.loads(row["promotions"])),
    )

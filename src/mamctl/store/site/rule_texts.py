"""Dated, hashed texts of the site's pages, as you saved them or they were read."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.site.rule_texts import SectionChange, diff_texts
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import moment, sure_moment


@dataclass(frozen=True, slots=True)
class TextChange:
    """How a page's text changed from one version to the next."""

    page: str
    before_at: datetime
    after_at: datetime
    sections: tuple[SectionChange, ...]


def save_text(db: sqlite3.Connection, page: str, text: str, source: str, reader: str, now: datetime) -> bool:
    """Keep a page's text; False when it is the newest version already, whose date is brought up to now."""
    from hashlib import sha256  # here: those that list rules keep none

    digest = sha256(text.encode()).hexdigest()
    with transaction(db):
        row = db.execute(
            "SELECT id, sha256 FROM rule_texts WHERE page = ? ORDER BY id DESC LIMIT 1", (page,)
        ).fetchone()
        if row and row["sha256"] == digest:
            db.execute("UPDATE rule_texts SET last_seen_at = ? WHERE id = ?", (timestamp(now), row["id"]))
            return False
        db.execute(
            "INSERT INTO rule_texts (page, sha256, text, source, reader, first_seen_at, last_seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (page, digest, text, source, reader, timestamp(now), timestamp(now)),
        )
        return True


def text_changes(db: sqlite3.Connection) -> tuple[TextChange, ...]:
    """For every page with several versions: the newest against the one before."""
    pages = [row["page"] for row in db.execute("SELECT page FROM rule_texts GROUP BY page HAVING count(*) > 1")]
    changes = []
    for page in pages:
        new, old = db.execute("SELECT * FROM rule_texts WHERE page = ? ORDER BY id DESC LIMIT 2", (page,)).fetchall()
        before_at, after_at = sure_moment(old["last_seen_at"]), sure_moment(new["first_seen_at"])
        changes.append(TextChange(page, before_at, after_at, diff_texts(old["text"], new["text"])))
    return tuple(changes)


def last_seen(db: sqlite3.Connection, page: str) -> datetime | None:
    """When the newest kept version of a page was last seen; None for a page that was never kept."""
    row = db.execute("SELECT last_seen_at FROM rule_texts WHERE page = ? ORDER BY id DESC LIMIT 1", (page,)).fetchone()
    return moment(row["last_seen_at"]) if row else None

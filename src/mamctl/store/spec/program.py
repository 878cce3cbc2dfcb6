"""The program's own facts: runs, what is reported, requests, categories, and the schema."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from mamctl.domain.problem import BROKEN_PROMISE
from mamctl.domain.spec.facts import (
    CategoryFact,
    ExchangeFact,
    ProgramFacts,
    RefusalFact,
    RunFact,
    SiteFacts,
    SpellFact,
)
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.exchanges import load_exchanges
from mamctl.store.migrate import MIGRATIONS, schema_version
from mamctl.store.values import moment, sure_moment


def read_program_facts(db: sqlite3.Connection, since: datetime, misread: tuple[str, ...]) -> ProgramFacts:
    """Runs and broken promises since then, the newest first, and what is reported now. `misread` is what the program
    does not read of its samples.
    """
    first = (timestamp(since),)
    runs = db.execute("SELECT * FROM runs WHERE started_at >= ? ORDER BY id DESC", first)
    problems = db.execute("SELECT DISTINCT job, code FROM run_problems WHERE ended_at IS NULL")
    spells = db.execute(
        "SELECT subject, began_at, ended_at FROM run_problems WHERE code = ? AND (ended_at IS NULL OR ended_at >= ?)"
        " ORDER BY id DESC",
        (BROKEN_PROMISE, *first),
    )
    refusals = db.execute("SELECT * FROM clause_refusals WHERE at >= ? ORDER BY id DESC", first)
    return ProgramFacts(
        runs=tuple(map(_run, runs)),
        problems=frozenset((row["job"], row["code"]) for row in problems),
        schema=schema_version(db),
        newest_schema=len(MIGRATIONS),
        migrations=_migrations(db),
        broken_references=len(db.execute("PRAGMA foreign_key_check").fetchall()),
        refusals=tuple(
            RefusalFact(sure_moment(row["at"]), row["act"], row["clause"], row["reason"]) for row in refusals
        ),
        spells=tuple(
            SpellFact(row["subject"], sure_moment(row["began_at"]), moment(row["ended_at"])) for row in spells
        ),
        misread=misread,
    )


def load_misread(db: sqlite3.Connection, code: str) -> tuple[str, ...] | None:
    """What that code misread of its samples; None when that is not on record."""
    row = db.execute("SELECT misread FROM spec_samples WHERE code = ?", (code,)).fetchone()
    return None if row is None else tuple(json.loads(row["misread"]))


def save_misread(db: sqlite3.Connection, code: str, misread: tuple[str, ...]) -> None:
    """Keep what that code misreads, in place of what others did."""
    with transaction(db):
        db.execute("DELETE FROM spec_samples")
        db.execute("INSERT INTO spec_samples (code, misread) VALUES (?, ?)", (code, json.dumps(misread)))


def read_site_facts(db: sqlite3.Connection, since: datetime) -> SiteFacts:
    """The categories that the site lists, and the counts of requests and exchanges since then."""
    day = (timestamp(since)[:10],)
    categories = db.execute(
        "SELECT c.name, (SELECT r.updated_at FROM category_rules r WHERE r.category_id = c.id"
        " ORDER BY r.id DESC LIMIT 1)"
        " AS updated_at FROM categories c WHERE c.gone_at IS NULL ORDER BY c.id"
    )
    requests = db.execute(
        "SELECT day, sum(count) FROM requests WHERE service = 'tracker' AND day >= ? GROUP BY day", day
    )
    registrations = db.execute(
        "SELECT asked_at FROM address_registrations WHERE outcome = 'completed' AND asked_at >= ?", (timestamp(since),)
    )
    paths = db.execute("SELECT * FROM site_requests WHERE day >= ? ORDER BY day DESC, path", day)
    return SiteFacts(
        categories=tuple(CategoryFact(row["name"], moment(row["updated_at"])) for row in categories),
        requests=tuple((row[0], row[1]) for row in requests),
        paths=tuple((row["day"], row["path"], row["count"]) for row in paths),
        registrations=tuple(sure_moment(row["asked_at"]) for row in registrations),
        exchanges=tuple(
            ExchangeFact(one.day, one.service, one.outcome, one.count) for one in load_exchanges(db, since)
        ),
    )


def _migrations(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0])


def _run(row: sqlite3.Row) -> RunFact:
    return RunFact(
        id=row["id"],
        job=row["job"],
        started_at=sure_moment(row["started_at"]),
        finished_at=moment(row["finished_at"]),
        status=row["status"],
        exit_code=row["exit_code"],
        scheduled=row["trigger"] == "scheduled",
    )

"""Numbered migrations, applied under a write lock to a backed-up database, and reversible."""

from __future__ import annotations

import contextlib
import importlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mamctl.domain.timestamps import timestamp
from mamctl.errors import StoreError
from mamctl.sqlite import open_read_only, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

# In order; a migration once released is never changed. Each module has up(db) and down(db).
MIGRATIONS = (
    "m0001_foundation",
    "m0002_ratio",
    "m0003_library",
    "m0005_catalogues",
    "m0006_drift",
    "m0007_exports",
    "m0008_export_intents",
    "m0009_guard",
    "m0010_pending_findings",
    "m0011_reports",
    "m0012_run_trigger",
    "m0013_export_contents",
    "m0030_speech",
    "m0032_addresses",
    "m0033_alerts",
    "m0034_queue",
    "m0035_shelf_pushes",
    "m0036_change",
    "m0037_spec",
    "m0038_shelf_words",
    "m0039_pending_searches",
    "m0040_book_marks",
    "m0041_compared_books",
    "m0042_spec_samples",
)


def schema_version(db: sqlite3.Connection) -> int:
    """How many migrations the database has."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, path: Path | None, target: int | None = None) -> Path | None:
    """Bring the schema to `target` migrations (all of them for None), up or down; the backup made before is returned.

    Two processes may call it at once: one does the work, the other finds it done. Raises StoreError when the
    database comes from a newer mamctl, or when a migration fails (then nothing has changed).
    """
    target = len(MIGRATIONS) if target is None else target
    version = schema_version(db)
    _refuse_newer(version, path)
    if version == target:
        return None
    if version:  # else the schema is made without it
        import sqlite_utils  # noqa: F401 - before others wait for the lock
    try:
        with transaction(db):
            version = schema_version(db)  # again: another process may have done it meanwhile
            if version == target:
                return None
            _refuse_newer(version, path)
            backup = _back_up(path, version) if version and path else None
            _apply(db, version, target)
            return backup
    except Exception as error:
        _note_failure(db, version, target, error)
        raise


def _refuse_newer(version: int, path: Path | None) -> None:
    if version > len(MIGRATIONS):
        raise StoreError(
            f"the database has schema {version}, and this mamctl knows only {len(MIGRATIONS)}",
            subject=str(path) if path else None,
            remedy=f"use the newer mamctl, or restore {_usable_backup(path) or 'the backup that it made before'}"
            " (docs/operations.md, “Upgrade and downgrade”)",
        )


def _note_failure(db: sqlite3.Connection, version: int, target: int, error: Exception) -> None:
    """A migration that failed has changed nothing; the log of changes says so, where the database has one already."""
    with contextlib.suppress(sqlite3.Error):
        db.execute(
            "INSERT INTO change_log (at, kind, summary, before, after, outcome, reason, closed_at)"
            " VALUES (?1, 'schema', ?2, ?3, ?4, 'failed_rolled_back', ?5, ?1)",
            (timestamp(datetime.now(UTC)), f"schema {version} → {target}", f'{{"schema": "{version}"}}',
             f'{{"schema": "{target}"}}', f"the migration failed and changed nothing: {type(error).__name__}: {error}"),
        )  # fmt: skip


def _apply(db: sqlite3.Connection, version: int, target: int) -> None:
    """From one schema to another, within the caller's transaction."""
    if version == 0 and target == len(MIGRATIONS) and _create(db):
        return
    # The connection keeps plain sqlite3 semantics: the one explicit transaction is around all steps.
    from sqlite_utils import Database, Migrations

    wrapped = Database(db, execute_plugins=False)
    history = Migrations("mamctl")
    for name in MIGRATIONS[:target]:
        history(name=name)(_step(name, "up"))
    if version < target:
        history.apply(wrapped)
    for name in reversed(MIGRATIONS[target:version]):
        _step(name, "down")(wrapped)
        db.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (name,))
    db.execute(f"PRAGMA user_version = {target}")


def _create(db: sqlite3.Connection) -> bool:
    """Give an empty database the schema that all migrations together leave, in a tenth of their time. False, and
    nothing is done, when it is not empty or schema.sql belongs to another schema."""
    head, *statements = (Path(__file__).parent / "schema.sql").read_text("utf-8").split(_BETWEEN)
    if head != _schema_head() or db.execute("SELECT 1 FROM sqlite_master").fetchone():
        return False
    for statement in filter(None, statements):
        db.execute(f"{statement};")
    now = str(datetime.now(UTC))
    rows = [("mamctl", name, now) for name in MIGRATIONS]
    db.executemany("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)", rows)
    db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return True


_BETWEEN = ";\n\n"


def _schema_head() -> str:
    return f"-- What the {len(MIGRATIONS)} migrations make of an empty database, up to {MIGRATIONS[-1]}; make docs"


def schema_text() -> str:
    """The text of schema.sql by running every migration. No statement of theirs holds an empty line."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, None, len(MIGRATIONS) - 1)
        migrate(db, None)
        rows = db.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY type <> 'table', rowid"
        )
        return _BETWEEN.join([_schema_head(), *(sql for (sql,) in rows), ""])


def _step(name: str, direction: str) -> Callable[[object], None]:
    step: Callable[[Any], None] = getattr(importlib.import_module(f"mamctl.store.migrations.{name}"), direction)
    return step


def _usable_backup(path: Path | None) -> Path | None:
    """The backup beside the database with the newest schema that this mamctl knows."""
    known = range(len(MIGRATIONS), 0, -1) if path else ()
    files = (_backup_of(path, version) for version in known if path)
    return next((file for file in files if file.exists()), None)


def _backup_of(path: Path, version: int) -> Path:
    return path.with_name(f"{path.name}.schema-{version}.bak")


def _back_up(path: Path, version: int) -> Path:
    """A consistent copy beside the database, e.g. mamctl.db.schema-1.bak; readable by its owner only.

    The caller holds the write lock, so nobody else makes one. It is read by a connection that is not the caller's:
    SQLite copies no database for the one that writes to it.
    """
    target = _backup_of(path, version)
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
    with contextlib.closing(open_read_only(path)) as source, contextlib.closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
    partial.replace(target)
    return target

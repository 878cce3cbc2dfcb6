"""Whether anything was changed outside of mamctl: what each run asks first, without what it takes to test a change."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from mamctl import __version__
from mamctl.errors import ExitCode, MamctlError
from mamctl.sqlite import transaction
from mamctl.store.change.log import ChangeKind, Mark, open_changes, read_marks, set_mark
from mamctl.store.change.tests import tests_to_repeat
from mamctl.store.migrate import schema_version


class ChangeHeldError(MamctlError):
    """A change that fails its self-tests keeps this job from acting."""

    code = "change_failing"
    exit_code = ExitCode.ATTENTION


def changed_outside(db: sqlite3.Connection, config_mark: str) -> bool:
    """Whether version, schema or configuration differ from what is known: the guard's pass asks no more than this."""
    known = read_marks(db)
    now = simple_marks(db)
    now[ChangeKind.CONFIG] = config_mark
    return any(kind not in known or known[kind].mark != mark for kind, mark in now.items())


def is_unsettled(db: sqlite3.Connection) -> bool:
    """Whether a change is under way, fails, or could not be tested wholly."""
    return bool(open_changes(db) or tests_to_repeat(db))


def is_new(db: sqlite3.Connection) -> bool:
    """Whether nothing was ever known, and no change waits: before the first run."""
    return not read_marks(db) and not is_unsettled(db)


def remember_first(db: sqlite3.Connection, config: Mark, now: datetime) -> None:
    """What there is before the first run is what is known from then on; nothing was changed, and nothing is tested."""
    marks: Mapping[ChangeKind, Mark] = {
        **{kind: Mark(mark, {kind.value: mark}) for kind, mark in simple_marks(db).items()},
        ChangeKind.CONFIG: config,
    }
    with transaction(db):
        for kind, mark in marks.items():
            set_mark(db, kind, mark, now)


def simple_marks(db: sqlite3.Connection) -> dict[ChangeKind, str]:
    """The version and the schema as they are now."""
    return {ChangeKind.VERSION: __version__, ChangeKind.SCHEMA: str(schema_version(db))}

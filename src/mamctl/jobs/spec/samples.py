"""Whether this very program reads the sample NFO and the sample path.

Its code alone decides that, so it is found out once for each code. Reading them takes as long as judging all clauses:
everything that reads names comes with it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.code_mark import code_mark
from mamctl.store.spec.program import load_misread, save_misread

READING = (
    "domain/library/files.py",
    "domain/library/grouping.py",
    "domain/library/labels.py",
    "domain/library/nfo.py",
    "domain/library/nfo_lines.py",
    "domain/library/parts.py",
    "domain/library/paths",
    "domain/metadata",
    "domain/text",
    "domain/spec/samples.py",
    "domain/outcome.py",
    "domain/problem.py",
    "dataclass.py",
    "errors.py",
    "regex.py",
)
"""The code that reads the samples, as `code_mark` takes it; besides it only Python's own library does."""


def misread_samples(db: sqlite3.Connection, now: datetime) -> tuple[str, ...]:
    """What this program misreads of the samples: as kept for the same code, else read now."""
    code = code_mark(*READING)
    known = load_misread(db, code) if code else None
    return _read(now) if known is None else known


def keep_misread(db: sqlite3.Connection, now: datetime) -> None:
    """Store the result of reading the samples, for commands that only read the store."""
    code = code_mark(*READING)
    if code and load_misread(db, code) is None:
        save_misread(db, code, _read(now))


def _read(now: datetime) -> tuple[str, ...]:
    from mamctl.domain.spec.samples import read_samples

    return read_samples(now)

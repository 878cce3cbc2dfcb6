"""Books that the library holds more than once."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from mamctl.domain.problem import Problem
from mamctl.domain.text.normalize import fold, fold_title
from mamctl.store.values import text_to_path

SHOWN = 4


def load_duplicates(db: sqlite3.Connection) -> Iterator[Problem]:
    """Books that are there more than once: the same names, or the very same file under two books."""
    alike: dict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
    for row in db.execute(
        "SELECT id, path, title, authors, narrators FROM library WHERE title <> '' AND authors <> ''"
    ):
        alike[fold_title(row["title"]), fold(row["authors"]), fold(row["narrators"] or "")].append(row)
    for key in sorted(key for key, rows in alike.items() if len(rows) > 1):
        yield _duplicate(alike[key])
    for row in db.execute("SELECT * FROM shared_files ORDER BY path"):
        path, other = text_to_path(row["path"]), text_to_path(row["other_path"])
        yield Problem(
            "shared_file",
            f"{path} is the same file as {other} (hard links)",
            path,
            "one recording counts as two books; move one of them out of the library",
        )


def _duplicate(rows: list[sqlite3.Row]) -> Problem:
    first, told = rows[0], ", ".join(f"{row['id']}: {text_to_path(row['path'])}" for row in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return Problem(
        "duplicate_books",
        f"“{first['title']}” by {first['authors']} is there {len(rows)} times ({told}{more})",
        text_to_path(first["path"]),
        "keep one of them, or set what tells them apart with mamctl meta set",
    )

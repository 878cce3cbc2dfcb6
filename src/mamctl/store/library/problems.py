"""Books that the library holds more than once."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from mamctl.domain.problem import Problem
from mamctl.domain.text.normalize import fold, fold_title
from mamctl.store.values import text_to_path

SHOWN = 4
_PLACE = re.compile(r"#(\S+)")


def load_duplicates(db: sqlite3.Connection) -> Iterator[Problem]:
    """Books that are there more than once: the same names, or the very same file under two books.

    Books whose places in a series differ are volumes, whatever else is the same of them.
    """
    alike: dict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
    for row in db.execute(
        "SELECT id, path, title, authors, narrators, series FROM library WHERE title <> '' AND authors <> ''"
    ):
        alike[fold_title(row["title"]), fold(row["authors"]), fold(row["narrators"] or "")].append(row)
    for key in sorted(key for key, rows in alike.items() if len(rows) > 1):
        yield from (_duplicate(rows) for rows in _by_place(alike[key]) if len(rows) > 1)
    for row in db.execute("SELECT * FROM shared_files ORDER BY path"):
        path, other = text_to_path(row["path"]), text_to_path(row["other_path"])
        yield Problem(
            "shared_file",
            f"{path} is the same file as {other} (hard links)",
            path,
            "one recording counts as two books; move one of them out of the library",
        )


def _by_place(rows: list[sqlite3.Row]) -> list[list[sqlite3.Row]]:
    """The rows by their places in series; those of no known place belong to the others where these have one place."""
    by_place: dict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        by_place[tuple(sorted(_PLACE.findall(row["series"] or "")))].append(row)
    placed = [place for place in by_place if place]
    if len(placed) == 1 and () in by_place:
        return [rows]
    return [by_place[place] for place in sorted(by_place)]


def _duplicate(rows: list[sqlite3.Row]) -> Problem:
    first, told = rows[0], ", ".join(f"{row['id']}: {text_to_path(row['path'])}" for row in rows[:SHOWN])
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return Problem(
        "duplicate_books",
        f"“{first['title']}” by {first['authors']} is there {len(rows)} times ({told}{more})",
        text_to_path(first["path"]),
        "compare them before you remove one; mamctl meta set BOOK says what tells them apart",
    )

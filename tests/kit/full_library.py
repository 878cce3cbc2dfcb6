"""A large library in a store as years of scans and catalogues leave it: every book has several files, a dozen agreed
values with the evidence of several sources for each, and most have something that needs a look.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from random import Random

from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction

_WORDS = "salt road lantern winter harbour quiet mirror copper field orchard night river glass tower garden".split()
_FIRST_NAMES = ("Mara", "Jo", "Édith", "Tom", "Ada", "Una", "Kit", "Ines")
_AUTHORS = 9_000
_NARRATORS = 2_500
_DESCRIPTION = "A lantern burns in the orchard, and those who live beside it do not ask who lit it. " * 8
_CATALOGUES = ("audible", "goodreads", "open_library")
# Each third book has none of these, some have two.
_PROBLEMS = (
    ("damaged_file", "{file}: 12 errors between 1:02:03 and 1:02:09", "get this file again; recheck it in the client"),
    ("doubtful_authors", "{path}: unsure of the authors: “{author}”, “{title}”", "mamctl meta set {id} authors VALUE"),
    ("doubtful_title", "{path}: unsure of the title: “{title}”", "mamctl meta set {id} title VALUE"),
    ("missing_parts", "{path}: no part 3", "check whether files were lost"),
    ("length_differs", "{path}: it plays 9 h 40 m, its records say 11 h 2 m", "check whether parts are missing"),
    ("unreadable_tags", "{file}: the tags cannot be read", "write its tags again with a tagger"),
)


def fill_library(db: sqlite3.Connection, now: datetime, books: int) -> None:
    """Books 1 to `books`, the same for the same `now`; one in a hundred has the names of another, and one in two
    hundred its files.

    The first scan found four of five, in the order of paths; the others came later.
    """
    rng, at = Random("full library"), timestamp(now)
    names = [_names(rng, number) for number in range(books)]
    for copy in range(99, books, 100):
        names[copy] = names[copy - 1]
    first = books * 4 // 5
    with transaction(db):
        for number, (author, title, reader) in enumerate(sorted(names[:first]) + names[first:], 1):
            _add(db, number, author, title, reader, at, rng)


def _names(rng: Random, number: int) -> tuple[str, str, str]:
    """An author, a title, which is mostly one book's, and the narrator, who is mostly the same for an author."""
    writer = int(_AUTHORS * rng.random() ** 2)  # a few have dozens of books, most have one or two
    author = f"{_FIRST_NAMES[writer % 8]} {_surname(writer)}"
    title = f"The {rng.choice(_WORDS).title()} of the {rng.choice(_WORDS).title()}"
    reader = writer % _NARRATORS if rng.random() < 0.7 else rng.randrange(_NARRATORS)
    return author, title if number % 5 == 0 else f"{title} {number}", f"Una {_surname(reader)}"


def _add(db: sqlite3.Connection, number: int, author: str, title: str, reader: str, at: str, rng: Random) -> None:
    volume = rng.randrange(1, 9)
    path = f"/library/{author}/{title}/{number}"
    files = [f"{path}/{title} - part {part:02}.mp3" for part in range(1, rng.randrange(2, 9))]
    db.execute(
        "INSERT INTO books (id, path, root, stamp, duration, size, added_at, scanned_at)"
        " VALUES (?, ?, '/library', 'x', ?, ?, ?, ?)",
        (number, path, 36_000.0 + number, 4 * 10**8, at, at),
    )
    twin = number - (number % 200 == 0)
    links = 2 if number % 200 in {0, 199} else 1
    db.executemany(
        "INSERT INTO files (book_id, position, path, size, mtime_ns, device, inode, links, container, codec, duration,"
        " sound, decoded) VALUES (?, ?, ?, 90000000, 1, 1, ?, ?, 'mp3', 'mp3', 5000.0, 'good', 'edges')",
        [(number, place, file, twin * 10 + place, links) for place, file in enumerate(files)],
    )
    values = _values(title, author, reader, volume, number, rng)
    said = [(number, name, value, source, f"{path}#{source}", sure, at)
            for name, value in values.items() for source, sure in _evidence(name, rng)]  # fmt: skip
    db.executemany(
        "INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        said,
    )
    db.executemany(
        "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at)"
        " VALUES (?, ?, ?, ?, 'tags', 'the best source: tags, folder and audible say the same', ?)",
        [(number, name, value, 0.4 if rng.random() < 0.04 else 0.9, at) for name, value in values.items()],
    )
    db.executemany(
        "INSERT INTO catalogue_answers (book_id, catalogue, outcome, chosen_by, reason, record_id, title, score,"
        " asked_at) VALUES (?, ?, ?, 'search', 'title, authors and length agree', ?, ?, 0.97, ?)",
        [(number, name, rng.choices(("match", "none", "ambiguous"), (90, 8, 2))[0], f"B{number:09}", title, at)
         for name in _CATALOGUES if rng.random() < 0.9],
    )  # fmt: skip
    known = {"path": path, "file": files[0], "author": author, "title": title, "id": number}
    db.executemany(
        "INSERT INTO library_problems (book_id, code, message, remedy, subject, found_at) VALUES (?, ?, ?, ?, ?, ?)",
        [(number, code, *(text.format_map(known) for text in texts), path, at)
         for code, *texts in rng.sample(_PROBLEMS, rng.choice((0, 1, 2)))],
    )  # fmt: skip


def _values(title: str, author: str, reader: str, volume: int, number: int, rng: Random) -> dict[str, str]:
    """The values by their fields, as the store has them; some books lack some."""
    values: dict[str, object] = {
        "title": title,
        "authors": [author, "Jo Penn"] if number % 7 == 0 else [author],
        "narrators": [reader],
        "series": [{"name": f"{author}'s Cycle", "position": str(volume)}],
        "year": 1950 + number % 75,
        "published": f"{2000 + number % 25}-05-0{volume}",
        "publisher": "Orchard Audio",
        "language": "English",
        "asin": f"B{number:09}",
        "genres": ["Fantasy", "Fiction"],
        "description": _DESCRIPTION,
        "duration": 36_000.0 + number,
    }
    lacking = {name for name in ("narrators", "series", "asin", "genres") if rng.random() < 0.25}
    return {name: json.dumps(value) for name, value in values.items() if name not in lacking}


def _evidence(field: str, rng: Random) -> Iterator[tuple[str, float]]:
    """The sources that state the field, each with its confidence."""
    if field == "duration":
        yield "decoder", 0.95
        return
    yield "tags", 0.8
    if field in {"title", "authors", "series"}:
        yield "folder", 0.6
    if field != "description" and rng.random() < 0.8:
        yield "audible", 0.9


def _surname(number: int) -> str:
    return f"{_WORDS[number % 15].title()}{_WORDS[number // 15 % 15]}{number // 225}"

"""A library without files that Audiobookshelf has too: as many books as wanted, each an item there."""

from __future__ import annotations

import sqlite3

from mamctl.practice.audiobookshelf.state import Item, ShelfWorld, as_metadata
from mamctl.sqlite import transaction
from tests.kit.stocked_library import add_book

LACKING = 10  # of so many items one has no narrator, which mamctl knows
_DESCRIPTION = "A lantern in the orchard, and nobody who would say who had lit it. " * 20


def shelve_library(db: sqlite3.Connection, world: ShelfWorld, books: int) -> None:
    """Books 1 to `books`, and an item of each, of the same words."""
    with transaction(db):
        for number in range(1, books + 1):
            title, author = f"The Lantern of Number {number}", f"Writer Number{number % 700}"
            path = f"/l/{number}/book.m4b"
            add_book(db, number, title=title, authors=[author], narrators=["Una Fell"], description=_DESCRIPTION)
            db.execute(
                "INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at)"
                " SELECT book_id, field, value, 'tags', '', 1, changed_at FROM agreed WHERE book_id = ?",
                (number,),
            )
            db.execute(
                "INSERT INTO files (book_id, position, path, size, mtime_ns, device, inode, links, sound)"
                " VALUES (?, 0, ?, 1, 1, 1, ?, 1, 'good')",
                (number, path, number),
            )
            narrators = [] if number % LACKING == 0 else ["Una Fell"]
            said = {"title": title, "authors": [author], "narrators": narrators, "description": _DESCRIPTION}
            world.items[f"li-{number}"] = Item(
                f"li-{number}", "lib-1", f"/l/{number}", None, [path], as_metadata(said)
            )  # fmt: skip

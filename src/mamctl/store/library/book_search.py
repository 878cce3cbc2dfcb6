"""Finding a book by its id, its path, or a few words of its title, author or path."""

from __future__ import annotations

import json
import os
import sqlite3

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import as_unicode, fold, word_sieve
from mamctl.store.library.book_list import NAMED
from mamctl.store.values import path_to_text, text_to_path

_TEXTS = f"""SELECT b.id, b.path || ' ' || coalesce(t.value, '') || ' ' || coalesce(a.value, '') FROM books b {NAMED}
  WHERE b.gone_at IS NULL"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class FoundBook:
    """A book as a list shows it."""

    id: int
    path: str
    title: str | None
    authors: str | None


def find_books(db: sqlite3.Connection, text: str) -> tuple[FoundBook, ...]:
    """Every book that `text` may mean; a title that is the text itself goes before titles that hold its words."""
    if text.isascii() and text.isdigit() and (found := _select(db, "id = ?", (int(text[:18]),))):
        return found
    if found := _by_path(db, text):
        return found
    wanted = fold(text)
    words = set(wanted.split())
    books = [(book, fold(book.title or "")) for book in _perhaps(db, words)]
    exact = tuple(book for book, title in books if title == wanted)
    return exact or tuple(book for book, title in books if words and words <= _words(book, title))


def _perhaps(db: sqlite3.Connection, words: set[str]) -> tuple[FoundBook, ...]:
    """The books whose title, authors and path may have all of these folded words; of the others no more is read."""
    may_have, cursor = word_sieve(words), db.cursor()
    cursor.row_factory = None
    rows = cursor.execute(_TEXTS)
    ids = [key for key, text in rows if may_have(text)]
    return _select(db, "id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))


def _by_path(db: sqlite3.Connection, text: str) -> tuple[FoundBook, ...]:
    """The book at the path, the one to which the file belongs, or all that lie below the folder."""
    for path in dict.fromkeys((text.rstrip("/") or text, os.path.realpath(text))):
        stored = path_to_text(path)
        if found := _select(db, "path = ? OR id IN (SELECT book_id FROM files WHERE path = ?)", (stored, stored)):
            return found
        if os.path.isabs(path) and (found := _below(db, stored)):  # noqa: PTH117
            return found
    return ()


def _below(db: sqlite3.Connection, folder: str) -> tuple[FoundBook, ...]:
    start = folder.rstrip("/") + "/"
    return _select(db, "substr(path, 1, ?) = ?", (len(start), start))


def _words(book: FoundBook, title: str) -> set[str]:
    return set(f"{title} {fold(book.authors or '')} {fold(as_unicode(book.path))}".split())


def _select(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> tuple[FoundBook, ...]:
    rows = db.execute(f"SELECT id, path, title, authors FROM library WHERE {where} ORDER BY id", values)  # noqa: S608
    return tuple(FoundBook(row["id"], text_to_path(row["path"]), row["title"], row["authors"]) for row in rows)

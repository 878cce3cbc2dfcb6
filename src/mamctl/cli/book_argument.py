"""BOOK on the command line: an id, a path, or a few words of the title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mamctl.errors import UsageError

if TYPE_CHECKING:
    import sqlite3

Book = Annotated[str, typer.Argument(metavar="BOOK", help="An id, a path, or a few words of the title.")]
SHOWN = 10


def find_book(db: sqlite3.Connection, text: str) -> int:
    """The id of the one book that is meant. Raises UsageError, which lists the candidates when there are several."""
    from mamctl.store.library.book_search import find_books

    if not text.strip():  # a variable of a shell that was never set must not mean the only book there is
        raise UsageError(
            "BOOK is empty", subject="BOOK", remedy="name a book by its id, its path, or words of its title"
        )
    found = find_books(db, text)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise UsageError(f"no book is called “{text}”", subject=text, remedy="mamctl meta scan, or other words")
    lines = [f"{book.id}: {book.title or '?'} ({book.authors or '?'}), {book.path}" for book in found[:SHOWN]]
    more = [f"… and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    told = "\n".join([f"“{text}” may be any of {len(found)} books:", *lines, *more])
    raise UsageError(told, subject=text, remedy="name one by its id")

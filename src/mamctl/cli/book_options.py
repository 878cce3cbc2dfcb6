"""BOOK and FIELD: which book and which of its fields are meant."""

from __future__ import annotations

import sqlite3
from typing import Annotated

import typer

from mamctl.domain.metadata.observation import Field
from mamctl.errors import UsageError
from mamctl.store.library.book_search import find_books

Book = Annotated[str, typer.Argument(metavar="BOOK", help="An id, a path, or a few words of the title.")]
SHOWN = 10


def find_book(db: sqlite3.Connection, text: str) -> int:
    """The id of the one book that is meant. Raises UsageError, which lists the candidates when there are several."""
    found = find_books(db, text)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise UsageError(
            f"no book is called “{text}”",
            subject=text,
            remedy="mamctl meta list lists your books; mamctl meta scan reads new ones",
        )
    lines = [f"{book.id}: {book.title or '?'} ({book.authors or '?'}), {book.path}" for book in found[:SHOWN]]
    more = [f"… and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
    choices = "\n".join([f"“{text}” may be any of {len(found):,} books:", *lines, *more])
    raise UsageError(choices, subject=text, remedy="name one by its id")


def find_field(name: str) -> Field:
    """The field of this name, in singular or plural. Raises UsageError, which names the nearest field or all."""
    from difflib import get_close_matches

    known = {field.value: field for field in Field} | {"author": Field.AUTHORS, "narrator": Field.NARRATORS,
                                                       "genre": Field.GENRES}  # fmt: skip
    if found := known.get(name.lower()):
        return found
    near = get_close_matches(name.lower(), known, 1)
    hint = f"did you mean {near[0]}?" if near else f"fields are {', '.join(field.value for field in Field)}"
    raise UsageError(f"there is no field “{name}”", subject=name, remedy=hint)

"""Reads what a book's own files say: tags, sidecars, names."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.domain.book_record import BookReading
from mamctl.domain.observation import Field, Source, Witness

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.domain.grouping import BookFiles


class LocalBookReader:
    """Reads the files of one book."""

    @staticmethod
    def read(book: BookFiles, seen_at: datetime) -> BookReading:
        """Everything the book's own files say."""
        name = PurePath(book.path)
        return BookReading(Witness(Source.FOLDER, book.path, seen_at).says(Field.TITLE, name.stem, 0.6))

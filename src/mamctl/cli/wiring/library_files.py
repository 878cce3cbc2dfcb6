"""The readers and writers of a library's files, for the commands that work on files directly."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.adapters.library.export_files import DiskSidecars
from mamctl.adapters.library.filing import LibraryFiler
from mamctl.adapters.library.reader import LocalBookReader
from mamctl.adapters.library.sidecars import LARGEST_SIDECAR, observe_nfo
from mamctl.adapters.library.text_encoding import decode_nfo, is_text
from mamctl.adapters.library.torrent_file import read_torrent
from mamctl.adapters.library.walk import DiskLibrary, find_book_folder, library_of, list_files
from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Observation
from mamctl.domain.queue.naming import observe_row
from mamctl.jobs.queue.add import row_from_text
from mamctl.store.queue.records import filed_as, row_of_filed

__all__ = [
    "LARGEST_SIDECAR",
    "DiskLibrary",
    "DiskSidecars",
    "FiledSidecars",
    "LocalBookReader",
    "decode_nfo",
    "find_book_folder",
    "is_text",
    "library_of",
    "list_files",
    "observe_nfo",
    "read_torrent",
]


@dataclass(frozen=True, slots=True)
class FiledSidecars:
    """What the queue wrote beside a book when it filed it, by its records and the library."""

    db: sqlite3.Connection

    def text(self, path: str) -> str | None:
        """What was written to `path`; None where nothing was, or another file is there by now."""
        filed = filed_as(self.db, path)
        return LibraryFiler.read_own(filed) if filed is not None and filed.method == "written" else None

    def evidence(self, path: str, seen_at: datetime) -> tuple[Observation, ...]:
        """What the site states of the book beside which `path` was written."""
        row = row_from_text(row_of_filed(self.db, path))
        return observe_row(row, seen_at) if row is not None else ()

"""What the queue wrote beside a book when it filed it, for the commands that write or compare sidecars."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from mamctl.adapters.library.filing import LibraryFiler
from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import Observation
from mamctl.domain.queue.naming import observe_row
from mamctl.jobs.queue.add import row_from_text
from mamctl.store.queue.records import filed_as, row_of_filed


@dataclass(frozen=True, slots=True)
class FiledSidecars:
    """Reads it from the queue's records and the library."""

    db: sqlite3.Connection

    def text(self, path: str) -> str | None:
        """What was written to `path`; None where nothing was, or another file is there by now."""
        filed = filed_as(self.db, path)
        return LibraryFiler.read_own(filed) if filed is not None and filed.method == "written" else None

    def evidence(self, path: str, seen_at: datetime) -> tuple[Observation, ...]:
        """What the site states of the book beside which `path` was written."""
        row = row_from_text(row_of_filed(self.db, path))
        return observe_row(row, seen_at) if row is not None else ()

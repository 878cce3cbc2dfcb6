"""Reads the names of recorded books again, with the other books of the library around them.

The store keeps what the best reading gave. Where another reading is needed, or the reasons, the name is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.library.paths.listing import list_folders, neighbours_of
from mamctl.domain.library.paths.observe import know, read_recorded
from mamctl.store.library.books import book_path, book_root, paths_below

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Mapping

    from mamctl.domain.library.paths.reading import ReadPath
    from mamctl.domain.metadata.observation import Observation


class NameReader:
    """Reads names of recorded books; the folders of each library are listed once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._trees: dict[str, Mapping[str, frozenset[str]]] = {}

    def read(self, book_id: int, observations: Iterable[Observation]) -> ReadPath | None:
        """All readings of the book's path; `observations` are those of the book, of which its tags and sidecars are
        evidence. None when the path names nothing."""
        return self.prepare(book_id, observations)()

    def prepare(self, book_id: int, observations: Iterable[Observation]) -> Callable[[], ReadPath | None]:
        """What `read` returns, to be read later and by any thread: often nobody needs it."""
        root = book_root(self._db, book_id)
        path = _below(book_path(self._db, book_id), root)
        if root not in self._trees:
            self._trees[root] = list_folders(_below(one, root) for one in paths_below(self._db, root))
        tree = self._trees[root]
        return lambda: read_recorded(path, neighbours_of(path, tree), know(observations))


def _below(path: str, root: str) -> str:
    """The path below the library's folder; a library that is one book has only its name."""
    return path.removeprefix(root.rstrip("/")).strip("/") or path.rpartition("/")[2]

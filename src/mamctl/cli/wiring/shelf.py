"""Builds what the commands on Audiobookshelf need: the client, the libraries to look in, what it reads by itself."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mamctl.adapters.audiobookshelf.client import LARGEST_ANSWER, ShelfClient, ShelfLibrary
from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.library.reader import read_by_abs
from mamctl.adapters.library.sidecar_json import read_object
from mamctl.cli.wiring.library_files import FiledSidecars
from mamctl.config.secrets import shelf_key
from mamctl.domain.library.export import ABS_NAME, OwnExport
from mamctl.errors import ConfigInvalidError
from mamctl.jobs.audiobookshelf.shelf import ShelfPlace, place_books
from mamctl.store.library.exports import own_export

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from mamctl.cli.runtime import Runtime
    from mamctl.domain.library.audiobookshelf import Document
    from mamctl.domain.library.book import BookRecord
    from mamctl.jobs.audiobookshelf.shelf import Placed


def open_shelf(runtime: Runtime) -> ShelfClient:
    """The configured server. Raises ConfigInvalidError when there is none, or no key."""
    section = runtime.config.audiobookshelf
    if section.url is None:
        raise ConfigInvalidError(
            "no Audiobookshelf is configured",
            subject="audiobookshelf.url",
            remedy="set url and api_key_file in the section [audiobookshelf]",
            code="abs_not_configured",
        )
    source = shelf_key(section)
    key = source.read(os.environ)
    if key is None:
        raise ConfigInvalidError(
            f"there is no API key of Audiobookshelf in {source.where}",
            subject="audiobookshelf.api_key_file",
            remedy="create one in Audiobookshelf (Settings → API Keys), active, and put it there",
            code="abs_key_missing",
        )
    bounds = Bounds(silence=section.timeout, total=4 * section.timeout, largest_body=LARGEST_ANSWER)
    return ShelfClient(url=section.url, key=key, bounds=bounds, record_exchange=runtime.record_exchange)


def shelf_place(runtime: Runtime, shelf: ShelfClient) -> ShelfPlace:
    """The libraries to look in. Raises ConfigInvalidError when the one named is not there."""
    section = runtime.config.audiobookshelf
    return ShelfPlace(tuple(one.id for one in chosen_libraries(runtime, shelf)), section.paths)


def chosen_libraries(runtime: Runtime, shelf: ShelfClient) -> tuple[ShelfLibrary, ...]:
    """The library named, else every library of books. Raises ConfigInvalidError."""
    wanted = runtime.config.audiobookshelf.library
    found = shelf.fetch_libraries()
    chosen = tuple(one for one in found if not wanted or wanted in (one.id, one.name))
    if not chosen:
        names = ", ".join(one.name for one in found) or "none that this key may see"
        raise ConfigInvalidError(
            f"Audiobookshelf has no library of books called “{wanted}”" if wanted else "Audiobookshelf has no library",
            subject="audiobookshelf.library",
            remedy=f"libraries there: {names}",
            code="abs_library_missing",
        )
    return chosen


def placed_books(
    runtime: Runtime, db: sqlite3.Connection, shelf: ShelfClient, book_ids: Iterable[int]
) -> Iterator[Placed]:
    """These books with their items, asked about as they are taken."""
    place = shelf_place(runtime, shelf)
    return place_books(db, shelf, place, read_by_server(db), book_ids, runtime.now())


def read_by_server(db: sqlite3.Connection) -> Callable[[BookRecord], tuple[Document, ...]]:
    """All that the server may have read by itself for a book."""
    return lambda book: read_by_abs(book, _written_beside(db, f"{book.path}/{ABS_NAME}"))


def _written_beside(db: sqlite3.Connection, path: str) -> OwnExport:
    """What mamctl itself wrote there: by an export, else when the book was filed."""
    export = own_export(db, path)
    text = FiledSidecars(db).text(path) if export.text is None else None
    with suppress(ValueError):
        read_object((text or "").encode())
        return replace(export, text=text)
    return export

"""Of a large library no more than a hundred books and a piece of the server's list are in memory at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from mamctl.adapters.audiobookshelf.client import ShelfClient
from mamctl.adapters.http.policy import Bounds
from mamctl.domain.library.abs_items import Match
from mamctl.domain.secret import Secret
from mamctl.errors import ShapeChangedError
from mamctl.jobs.audiobookshelf.shelf import ShelfPlace, place_books
from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.audiobookshelf.state import Item, ShelfWorld, as_metadata
from mamctl.store.database import open_store
from tests.kit.shelved_library import LACKING, shelve_library

BOOKS = 250
LIST, WHOLE = "/api/libraries/lib-1/items", "/api/items/batch/get"


@pytest.fixture
def shelf() -> Iterator[PracticeShelf]:
    with PracticeShelf(ShelfWorld()) as shelf:
        yield shelf


@pytest.fixture
def client(shelf: PracticeShelf) -> ShelfClient:
    return ShelfClient(url=shelf.url, key=Secret(shelf.world.key))


def test_books_are_asked_about_a_hundred_at_a_time(shelf: PracticeShelf, client: ShelfClient, tmp_path: Path) -> None:
    db = open_store(tmp_path / "mamctl.db")
    shelve_library(db, shelf.world, BOOKS)
    shelf.world.items["li-1"].files.append("/l/1/another.m4b")  # no item of its own any more
    del shelf.world.items["li-2"]
    numbers = range(1, BOOKS + 1)

    placed = place_books(db, client, ShelfPlace(("lib-1",)), lambda _: (), numbers, datetime.now(UTC))
    first = list(islice(placed, 100))
    assert Counter(shelf.journal.paths()) == {LIST: 1, WHOLE: 1}

    found = [*first, *placed]
    db.close()
    assert Counter(shelf.journal.paths()) == {LIST: 1, WHOLE: 3}
    assert [one.book.id for one in found] == list(numbers)
    assert [one.match for one in found[:3]] == [Match.PART, Match.NONE, Match.ONE]
    assert [one.book.id for one in found if one.differences] == list(range(LACKING, BOOKS + 1, LACKING))


def test_items_too_large_for_one_answer_are_asked_for_in_halves(shelf: PracticeShelf) -> None:
    for number in range(8):
        metadata = as_metadata({"title": f"Book {number}", "description": "x" * 10_000})
        shelf.world.items[f"li-{number}"] = Item(f"li-{number}", "lib-1", f"/l/{number}", None, [], metadata)
    bounds = Bounds(largest_body=30_000)
    client = ShelfClient(url=shelf.url, key=Secret(shelf.world.key), bounds=bounds)
    assert [item.id for item in client.fetch_items(f"li-{number}" for number in range(8))] == list(shelf.world.items)
    assert Counter(shelf.journal.paths()) == {WHOLE: 1 + 2 + 4}
    shelf.world.items["li-7"].metadata["description"] = "x" * 40_000
    with pytest.raises(
        ShapeChangedError, match="batch/get of Audiobookshelf returned too much: an answer of more than 29 KiB"
    ):
        client.fetch_items(["li-6", "li-7"])


@pytest.mark.parametrize(("items", "pieces"), [(0, 1), (1_999, 1), (2_000, 2), (4_001, 3)])
def test_a_long_list_is_read_in_pieces(shelf: PracticeShelf, client: ShelfClient, items: int, pieces: int) -> None:
    for number in range(items):
        metadata = as_metadata({"title": f"Book {number}"})
        shelf.world.items[f"li-{number}"] = Item(f"li-{number}", "lib-1", f"/l/{number}", None, [], metadata)

    paths = client.fetch_paths("lib-1")

    assert paths == {f"li-{number}": f"/l/{number}" for number in range(items)}
    assert shelf.journal.paths() == [LIST] * pieces

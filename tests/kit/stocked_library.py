"""A library of the made-up world's books in a store, without audio: what the scan would have recorded of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random

from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.timestamps import timestamp
from mamctl.practice.catalogue.world import Recording, Work, World
from mamctl.sqlite import transaction
from mamctl.store.library.agreed import replace_observations, save_agreed

_ROOT = "/library"
_SOURCES = (Source.TAGS, Source.FOLDER, Source.DECODER)


def stock_library(
    db: sqlite3.Connection, world: World, now: datetime, *, with_asin: float = 0.3
) -> dict[int, Recording]:
    """One book for each work, read as its first recording is; the recordings by the ids of their books.

    The share `with_asin` of the books names its ASIN, four of five their narrator, half their series.
    """
    rng = Random(f"library {world.seed}")
    with transaction(db):
        return {_add(db, work, now, rng, with_asin): work.recordings[0] for work in world.works}


def add_book(db: sqlite3.Connection, number: int, **agreed: object) -> None:
    """A book of this id with these agreed values and nothing more."""
    at = "2026-11-29T00:00:00Z"
    db.execute(
        "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (?, ?, '/l', '', 0, ?, ?)",
        (number, f"/l/{number}", at, at),
    )
    db.executemany(
        "INSERT INTO agreed (book_id, field, value, confidence, source, reason, changed_at) VALUES"
        " (?, ?, ?, 1, 'tags', '', ?)",
        [(number, field, json.dumps(value), at) for field, value in agreed.items()],
    )


def _add(db: sqlite3.Connection, work: Work, now: datetime, rng: Random, with_asin: float) -> int:
    recording = work.recordings[0]
    path = f"{_ROOT}/{work.authors[0]}/{work.title} {work.id}"
    row = db.execute(
        "INSERT INTO books (path, root, stamp, duration, size, added_at, scanned_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (path, _ROOT, "practice", float(recording.duration_s), 10**8, timestamp(now), timestamp(now)),
    )
    book_id = int(row.lastrowid or 0)
    said = tuple(_observations(work, recording, path, now, rng, with_asin))
    replace_observations(db, book_id, None, said, _SOURCES)
    save_agreed(db, book_id, None, agree(said), now)
    return book_id


def _observations(
    work: Work, recording: Recording, path: str, now: datetime, rng: Random, with_asin: float
) -> Iterator[Observation]:
    tags, decoder = Origin(Source.TAGS, f"{path}/book.m4b", now), Origin(Source.DECODER, path, now)
    yield from tags.observe(Field.TITLE, work.title, 0.8)
    yield from tags.observe(Field.AUTHORS, work.authors, 0.8)
    yield from decoder.observe(Field.DURATION, float(recording.duration_s), 0.95)
    optional: Iterable[tuple[Field, object, float]] = (
        (Field.NARRATORS, recording.narrators, 0.8),
        (Field.SERIES, work.series, 0.5),
        (Field.ASIN, recording.asin() or "", with_asin),
    )
    for field, value, share in optional:
        if rng.random() < share and value:
            yield from tags.observe(field, value, 0.75)  # type: ignore[arg-type]

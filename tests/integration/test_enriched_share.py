"""How much of a realistic library ends up enriched: some hundred books whose tags are damaged as files damage them."""

from __future__ import annotations

import json
import random
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest
from bench.accuracy_damage import RECOVERABLE, clean
from bench.accuracy_http import as_book
from bench.catalogues import connect

from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.matching.scoring import same_recording
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Origin, Source, value_to_json
from mamctl.domain.text.normalize import fold
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.lookup import query_catalogues
from mamctl.jobs.catalogues.match import match
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import WIRES, PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.world import Recording
from mamctl.sqlite import transaction
from mamctl.store.database import open_store
from mamctl.store.library.agreed import replace_observations, save_agreed
from tests.kit.stocked_library import stock_library

BOOKS = 300


@pytest.fixture(scope="module")
def world():
    return make_world(BOOKS, seed=8)


def damaged_library(path, world) -> dict[int, Recording]:
    """A book for each work, its tags under one kind of damage in turn; what is read by the numbers of the books."""
    dice, now, kinds = random.Random(8), datetime.now(UTC), list(RECOVERABLE)
    with closing(open_store(path)) as db:
        recordings = stock_library(db, world, now, with_asin=0)
        with transaction(db):
            for book, recording in recordings.items():
                retell(db, book, world.by_id[recording.work_id], RECOVERABLE[kinds[book % len(kinds)]], dice, now)
    return recordings


def retell(db, book, work, damage, dice, now) -> None:
    known = as_book(work)
    asked = damage(dice, known, clean(known))
    tags = Origin(Source.TAGS, f"/library/{book}/book.m4b", now)
    said = [
        *tags.observe(Field.TITLE, asked.title, 0.8),
        *tags.observe(Field.AUTHORS, (asked.author,) if asked.author else (), 0.8),
        *tags.observe(Field.NARRATORS, (asked.narrator,) if asked.narrator and dice.random() < 0.5 else (), 0.75),
    ]
    replace_observations(db, book, None, said, (Source.TAGS,))
    db.execute("DELETE FROM agreed WHERE book_id = ?", (book,))
    save_agreed(db, book, None, agree(said), now)
    db.execute("UPDATE books SET duration = ? WHERE id = ?", (asked.duration_s, book))


@pytest.fixture
def member(tmp_path, world):
    """The books by number, in a store that a configuration names; the catalogues are reached over HTTP."""
    recordings = damaged_library(tmp_path / "mamctl.db", world)
    with PracticeCatalogue(world) as server:
        config = tmp_path / "mamctl.toml"
        config.write_text(f'[store]\npath = "{tmp_path}/mamctl.db"\n{catalogue_sections(server)}')
        yield config, recordings


def values(path, book) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT field, value FROM agreed WHERE book_id = ?", (book,)).fetchall()
    return {field: json.loads(value) for field, value in rows}


def folded(names) -> set[str]:
    return {fold(name) for name in names or ()}


def is_right(known, work, recording) -> bool:
    """Every one of the fields is what the world says."""
    return (
        fold(known["title"]) == fold(work.title)
        and folded(known["authors"]) == folded(work.authors)
        and folded(known["narrators"]) == folded(recording.narrators)
        and (not work.series or known["series"] == value_to_json(work.series))
    )


@pytest.mark.spec("META-8")
@pytest.mark.timeout(300)
def test_nearly_all_of_a_damaged_library_ends_up_enriched_and_none_of_it_wrong(mamctl, member, world):
    config, recordings = member
    done = mamctl("meta", "enrich", "--config", str(config), "--json")
    assert done.data["asked"] == BOOKS
    complete, wrong = 0, []
    for book, recording in recordings.items():
        work, known = world.by_id[recording.work_id], values(config.parent / "mamctl.db", book)
        wanted = {"title", "authors", "narrators"} | ({"series"} if work.series else set())
        if wanted <= known.keys():
            complete += 1
            if not is_right(known, work, recording):
                wrong.append((work, known))
    assert complete >= 0.95 * BOOKS
    assert wrong == []


@pytest.mark.timeout(300)
def test_a_book_is_the_same_one_whichever_command_asks(tmp_path, world):
    """Enrichment asks fewer catalogues than `meta match`, and comes to the same verdict and the same recording."""
    dice, kinds = random.Random(9), list(RECOVERABLE)
    with PracticeCatalogue(world) as server:
        http = CatalogueHttp(tmp_path, RequestPolicy(), now=lambda: datetime.now(UTC), sleep=time.sleep)
        catalogues = connect(http, {name: server.base_url(name) for name in WIRES}, keys=False)
        for number in range(4 * len(kinds)):
            book = as_book(world.works[number])
            book_query = RECOVERABLE[kinds[number % len(kinds)]](dice, book, clean(book))
            result, matched = (
                query_catalogues(book_query, catalogues, LookupPolicy()),
                match(book_query, catalogues).verdict,
            )
            assert result.outcome.value == matched.kind.value, book_query
            records = [one.record for one in result.matched]
            assert all(same_recording(record, matched.chosen.record) for record in records), book_query
        http.close()

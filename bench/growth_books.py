"""How jobs grow with the books of the library: whole processes, with the report of every book as JSON.

The practice catalogue runs in a process of its own and without limits, and Audiobookshelf in this one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.kit.shelved_library import shelve_library
from tests.kit.stocked_library import stock_library

from bench.catalogues import now, running_catalogue
from bench.frame.measure import alone, database_mb, environment, run_process
from bench.frame.model import Benchmark, Growth
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.audiobookshelf.state import ShelfWorld
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.store.database import open_store

_ORDER = ("audible", "audnexus", "goodreads", "hardcover", "open_library", "librivox", "itunes")
_KEY = "PRACTICE_CATALOGUE_KEY"
_FIRST = ("meta enrich",)
_AGAIN = ("meta enrich --all", "drift check --all")
_SHELF = ("abs check", "abs push --all", "meta export --all --dry-run")


def measure(books: tuple[int, ...], again: bool, shelved: tuple[int, ...]) -> Iterator[Growth]:
    """Enrichment of libraries of each size, with what follows it where it is done `again`; then a library that
    Audiobookshelf has too."""
    for count in books:
        yield from _enriched(count, (*_FIRST, *(_AGAIN if again else ())))
    for count in shelved:
        yield from _shelved(count)


def _enriched(count: int, commands: tuple[str, ...]) -> Iterator[Growth]:
    with tempfile.TemporaryDirectory() as place, running_catalogue(count) as urls:
        home = Path(place)
        alone(_stock, home, count)
        servers = (f'[catalogues.{name}]\nbase_url = "{urls[name]}"\ninterval = 0\n' for name in _ORDER)
        order = ", ".join(f'"{name}"' for name in _ORDER)
        config = _configure(
            home,
            f'[catalogues]\norder = [{order}]\nmax_requests = 1_000_000\ngoodreads_key_env = "{_KEY}"\n'
            f'hardcover_token_env = "{_KEY}"\n{"".join(servers)}',
        )
        for command in commands:
            yield _job(home, config, command, count, partial(_asked, home))


def _stock(home: Path, count: int) -> None:
    with closing(open_store(home / "mamctl.db")) as db:
        stock_library(db, make_world(count), datetime.now(UTC))


def _asked(home: Path) -> int:
    """The requests to the catalogues so far today."""
    http = CatalogueHttp(home / "catalogues", RequestPolicy(), now=now, sleep=time.sleep)
    try:
        return sum(http.counters(name)["asked"] for name in _ORDER)
    finally:
        http.close()


def _shelved(count: int) -> Iterator[Growth]:
    with tempfile.TemporaryDirectory() as place, PracticeShelf(ShelfWorld()) as shelf:
        home = Path(place)
        with closing(open_store(home / "mamctl.db")) as db:
            shelve_library(db, shelf.world, count)
        key = home / "key"
        key.write_text(shelf.world.key)
        key.chmod(0o600)
        config = _configure(home, f'[audiobookshelf]\nurl = "{shelf.url}"\napi_key_file = "{key}"\n')
        for command in _SHELF:
            yield _job(home, config, command, count, lambda: len(shelf.journal.entries))


def _configure(home: Path, sections: str) -> Path:
    config = home / "mamctl.toml"
    config.write_text(f'[store]\npath = "{home / "mamctl.db"}"\n[alerts]\ndisk_free = 0\n{sections}')
    return config


def _job(home: Path, config: Path, command: str, count: int, requests: Callable[[], int]) -> Growth:
    """One run, for it changes what the next one finds."""
    before = requests()
    words = [sys.executable, "-m", "mamctl", *command.split(), "--json", "--config", config]
    spent = run_process(words, environment(home, **{_KEY: PRACTICE_KEY}), ok=(0, 3, 4))
    size = sum(map(database_mb, (home / "mamctl.db", *(home / "catalogues").glob("*.db"))))
    asked = requests() - before
    return Growth(f"`{command} --json`", count, "books", spent.processor, spent.peak_mib, round(size, 1), asked)


BENCHMARK = Benchmark(
    "Growth with books",
    measure,
    full={"books": (1_000, 10_000), "again": True, "shelved": (1_000, 10_000)},
    largest={"books": (50_000,), "again": False, "shelved": ()},
    quick={"books": (40,), "again": True, "shelved": (40,)},
    about=(
        "Whole processes, one run of each, that report every book as JSON; of the library that Audiobookshelf has too,"
        " one book in ten differs. Time is the processor's, start-up included. Memory depends on how many different"
        " words there are to remember, up to a bound. `--largest` enriches 50,000 books, in a section of its own."
    ),
)

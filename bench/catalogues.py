"""What enrichment costs: our own time per book, requests per 1,000 books cold and warm, memory.

    python -m bench catalogues

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured. So does each
round, and its memory is its own. The reference is as many bare requests by the same HTTP library in the same run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.kit.stocked_library import stock_library

from bench.frame.measure import alone, database_mb, peak_memory
from bench.frame.model import Benchmark, Figure, Growth
from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.audnexus import Audnexus
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.adapters.catalogues.hardcover import Hardcover
from mamctl.adapters.catalogues.itunes import ITunes
from mamctl.adapters.catalogues.librivox import LibriVox
from mamctl.adapters.catalogues.open_library import OpenLibrary
from mamctl.cli.garbage import begin_work, spare_the_start
from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.secret import Secret
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.enrich import enrich
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.run import job_run
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import WIRES
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.practice.catalogue.world import World
from mamctl.store.catalogues.answers import load_answers
from mamctl.store.database import open_store


@dataclass(frozen=True)
class Round:
    """One pass over all books. `own` is processor time, `wall` what a clock shows, in seconds; `peak` is in MiB."""

    name: str
    wall: float
    own: float
    requests: Counter[str]
    outcomes: Counter[Outcome]
    changes: int
    peak: float

    @property
    def sent(self) -> int:
        """All requests."""
        return sum(self.requests.values())


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@contextmanager
def running_catalogue(books: int) -> Iterator[dict[str, str]]:
    """The practice catalogue in a process of its own; its addresses by name."""
    command = [sys.executable, "-m", "mamctl.practice.catalogue", "--books", str(books)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            told = "".join(process.stdout.readline() for _ in range(3 * len(WIRES) + 2))
            section = tomllib.loads(told)["catalogues"]
            yield {name: section[name]["base_url"] for name in WIRES if name != "custom"}
        finally:
            process.terminate()


def connect(http: CatalogueHttp, urls: dict[str, str], *, keys: bool) -> list[Catalogue]:
    """The catalogues in the default order, without a pace."""
    key = Secret(PRACTICE_KEY)
    keyed: list[Catalogue] = [
        Goodreads(http, key=key, base_url=urls["goodreads"], interval=0),
        Hardcover(http, key=key, base_url=urls["hardcover"], interval=0),
    ]
    return [
        Audible(http, today=lambda: now().date(), base_url=urls["audible"], interval=0),
        Audnexus(http, base_url=urls["audnexus"], interval=0),
        *(keyed if keys else []),
        OpenLibrary(http, base_url=urls["open_library"], interval=0),
        LibriVox(http, base_url=urls["librivox"], interval=0),
        ITunes(http, base_url=urls["itunes"], interval=0),
    ]


def go_round(name: str, folder: Path, urls: dict[str, str], ids: Sequence[int], *, keys: bool) -> Round:
    """Enrich all books once, as a run of its own."""
    db = open_store(folder / "mamctl.db")
    http = CatalogueHttp(folder / "catalogues", RequestPolicy(budget=10**9), now=now, sleep=time.sleep)
    catalogues = connect(http, urls, keys=keys)
    policy = LookupPolicy(fresh_after=now() - timedelta(days=1))
    before = Counter({one.name: http.counters(one.name)["asked"] for one in catalogues})
    spare_the_start()  # as every command does
    begin_work()
    wall, own = time.perf_counter(), time.process_time()
    with job_run("meta.enrich", db, folder / "mamctl.db", now) as run:
        figures = enrich(run, ids, catalogues, policy)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    requests = Counter({one.name: http.counters(one.name)["asked"] for one in catalogues}) - before
    http.close()
    db.close()
    return Round(name, wall, own, requests, figures.outcomes, figures.changes, peak_memory())


def bare_requests(urls: dict[str, str], titles: Sequence[str]) -> tuple[float, float]:
    """Seconds by the clock and of processor time for a search of each title, by httpx alone."""
    import httpx

    search = f"{urls['audible'].replace('{region}', 'us')}/1.0/catalog/products"
    with httpx.Client() as client:
        client.get(search, params={"title": "warm up"})
        wall, own = time.perf_counter(), time.process_time()
        for title in titles:
            client.get(search, params={"title": title, "response_groups": "contributors", "num_results": 20}).json()
        return time.perf_counter() - wall, time.process_time() - own


def count_right(folder: Path, world: World, ids: Sequence[int]) -> tuple[int, int]:
    """Audible records that are the book's very recording, and those that are another."""
    db = open_store(folder / "mamctl.db")
    right = wrong = 0
    for book_id, work in zip(ids, world.works, strict=True):
        answer = load_answers(db, book_id).get("audible")
        if answer and answer.record_id:
            right += answer.record_id == work.recordings[0].asin()
            wrong += answer.record_id != work.recordings[0].asin()
    db.close()
    return right, wrong


@dataclass(frozen=True)
class Enriched:
    """A library asked about for the first time and once more, and what a bare request of the same run cost in ms."""

    cold: Round
    warm: Round
    bare: float
    right: int
    wrong: int
    database: float


def measure(sizes: tuple[int, ...], single: int, rounds: int) -> Iterator[Figure | Growth]:
    """Libraries of each size, of which the last is the one with targets; then one with a book of each author.

    The catalogue is the same for all: it does not grow with a library. Each library is made and asked about `rounds`
    times, all sizes in turn, and the least of each own time counts.
    """
    world = make_world(sizes[-1])
    libraries = {books: replace(world, works=world.works[:books]) for books in sizes}
    tries = [
        {books: measure_library(library, sizes[-1]) for books, library in libraries.items()} for _ in range(rounds)
    ]
    own: dict[int, float] = {}
    for books in sizes:
        enriched = _least([one[books] for one in tries])
        own[books] = 1000 * enriched.cold.own / books
        for round_, name in ((enriched.cold, "enrichment, nothing cached"), (enriched.warm, "enrichment, all cached")):
            yield Growth(name, books, "books", round_.own, round_.peak, enriched.database, round_.sent)
        if books == sizes[-1]:
            yield from _figures(enriched, books, own[sizes[0]], sizes[0])
    if single:
        yield from measure_single(single)


def _least(tries: Sequence[Enriched]) -> Enriched:
    """The least of several rounds of the same library; what is asked and found is the same in each."""
    return replace(
        tries[0],
        cold=min((one.cold for one in tries), key=lambda one: one.own),
        warm=min((one.warm for one in tries), key=lambda one: one.own),
        bare=min(one.bare for one in tries),
    )


def _figures(enriched: Enriched, books: int, small: float, small_size: int) -> Iterator[Figure]:
    sizes = {"books": books}
    for name, round_, what in (
        ("enrich.cold", enriched.cold, "first enrichment, with keys: own time a book"),
        ("enrich.warm", enriched.warm, "again on the same day: own time a book"),
    ):
        detail = {
            "ms of a bare request": enriched.bare,
            "requests per 1,000 books": 1000 * round_.sent / books,
            "s on the clock": round_.wall,
        }
        yield Figure(name, what, 1000 * round_.own / books, "ms", None, sizes, detail, round_.peak)
    flat = 1000 * enriched.cold.own / books / small
    yield Figure(
        "enrich.flat", "own time a book of the first enrichment", flat, "×", f"with {small_size:,} books", sizes
    )
    asked = enriched.cold.requests
    others = {name: 1000 * count / books for name, count in asked.most_common() if name != "goodreads"}
    goodreads = 1000 * asked["goodreads"] / books
    yield Figure(
        "requests.goodreads", "Goodreads' requests per 1,000 books", goodreads, "requests", None, sizes, others
    )
    yield Figure("enrich.right", "Audible records of the very recording", enriched.right, "", None, sizes,
                 {"of another recording": enriched.wrong})  # fmt: skip


def measure_library(world: World, served: int) -> Enriched:
    """The works of a world as a library, and a catalogue of `served` books that has them."""
    books = len(world.works)
    with tempfile.TemporaryDirectory() as place, running_catalogue(served) as urls:
        folder = Path(place)
        db = open_store(folder / "mamctl.db")
        ids = tuple(stock_library(db, world, now()))
        db.close()
        _, bare = alone(bare_requests, urls, [work.title for work in world.works[:500]])
        cold = alone(go_round, "cold", folder, urls, ids, keys=True)
        warm = alone(go_round, "warm", folder, urls, ids, keys=True)
        right, wrong = count_right(folder, world, ids)
        size = sum(path.stat().st_size for path in (folder / "catalogues").glob("*.db")) / 1e6
        return Enriched(cold, warm, 1000 * bare / min(500, books), right, wrong,
                        round(size + database_mb(folder / "mamctl.db"), 1))  # fmt: skip


def measure_single(books: int) -> Iterator[Figure]:
    """A library with one book of each author: an author's list answers for that book alone."""
    served = 10 * books
    world = make_world(served)
    first_of_author = {work.authors[0]: work for work in reversed(world.works)}
    chosen = tuple(first_of_author.values())[:books]
    enriched = measure_library(replace(world, works=chosen), served)
    goodreads = 1000 * enriched.cold.requests["goodreads"] / len(chosen)
    yield Figure("requests.goodreads_single", "Goodreads' requests per 1,000 books, one book an author", goodreads,
                 "requests", None, {"books": len(chosen)})  # fmt: skip


BENCHMARK = Benchmark(
    "Catalogues",
    measure,
    full={"sizes": (500, 5_000), "single": 1_000, "rounds": 2},
    quick={"sizes": (40,), "single": 0, "rounds": 1},
    about=(
        "A library without audio, enriched from the practice catalogue without its limits, in a process of its own;"
        " each round is one run of the program's own job. The catalogue has the books of the largest library. Own time"
        " is the processor's of mamctl alone. In the world the limits decide: Goodreads is asked once a second."
    ),
)

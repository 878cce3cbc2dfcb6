"""What enrichment costs: our own time per book, requests per 1,000 books cold and warm, memory.

    python -m bench.catalogues [--books N] [--no-keys]

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured. So does each
round, and its memory is its own. The reference is as many bare requests by the same HTTP library in the same run.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from tests.kit.stocked_library import stock_library

from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.audnexus import Audnexus
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.adapters.catalogues.hardcover import Hardcover
from mamctl.adapters.catalogues.itunes import ITunes
from mamctl.adapters.catalogues.librivox import LibriVox
from mamctl.adapters.catalogues.open_library import OpenLibrary
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

T = TypeVar("T")


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
    wall, own = time.perf_counter(), time.process_time()
    with job_run("meta.enrich", db, folder / "mamctl.db", now) as run:
        figures = enrich(run, ids, catalogues, policy)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    requests = Counter({one.name: http.counters(one.name)["asked"] for one in catalogues}) - before
    http.close()
    db.close()
    return Round(name, wall, own, requests, figures.outcomes, figures.changes, peak_memory())


def peak_memory() -> float:
    """What this process has held at most, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(work: Callable[..., T], *given: object, **named: object) -> T:
    """Do the work in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given, **named).result()


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


def report(done: Round, books: int, bare: tuple[float, float]) -> str:
    """A round as a line of the table."""
    sent = sum(done.requests.values())
    names = ", ".join(f"{name} {1000 * count / books:.0f}" for name, count in done.requests.most_common(3))
    own, reference = 1000 * done.own / books, 1000 * bare[1] * sent / books
    ratio = f"{own / reference:.1f}" if sent > books / 10 else "–"
    matched = done.outcomes[Outcome.MATCH]
    return (
        f"| {books:,} | {done.name} | {done.wall:.1f} | {own:.1f} | {reference:.2f} | {ratio} |"
        f" {1000 * sent / books:.0f} | {names or '–'} | {done.peak:.0f} | {matched} |"
    )


def measure(books: int, *, keys: bool) -> None:
    """A library of this size, asked about for the first time and once more."""
    world = make_world(books)
    with tempfile.TemporaryDirectory() as place, running_catalogue(books) as urls:
        folder = Path(place)
        db = open_store(folder / "mamctl.db")
        ids = tuple(stock_library(db, world, now()))
        db.close()
        titles = [work.title for work in world.works[:500]]
        wall, own = apart(bare_requests, urls, titles)
        bare = (wall / len(titles), own / len(titles))
        for name in ("cold", "warm"):
            print(report(apart(go_round, name, folder, urls, ids, keys=keys), books, bare), flush=True)
        right, wrong = count_right(folder, world, ids)
        size = sum(path.stat().st_size for path in (folder / "catalogues").glob("*.db"))
        print(f"\nAudible records of the very recording: {right}, of another: {wrong}; answers on disk: ", end="")
        print(f"{size / 1e6 / books * 1000:.1f} MB per 1,000 books\n", flush=True)


def run(books: int = 5000, *, keys: bool = True) -> None:
    """Measure a library and one of a tenth of its size."""
    for size in (max(1, books // 10), books):
        print(
            "| books | round | s | own ms a book | bare requests, ms a book | ratio | requests per 1,000 | of them |",
            end="",
        )
        print(" peak MiB | matched |\n|---|---|---|---|---|---|---|---|---|---|")
        measure(size, keys=keys)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=5000)
    parser.add_argument("--no-keys", action="store_true", help="as for somebody without keys and tokens")
    chosen = parser.parse_args()
    run(chosen.books, keys=not chosen.no_keys)

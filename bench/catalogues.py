"""What enrichment costs: our own time per book, requests per 1,000 books cold and warm, memory.

    python -m bench.catalogues [--books N] [--no-keys]

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured. The
reference is the time of as many bare requests to it, sent by the same HTTP library without any of our layers.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.audnexus import Audnexus
from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.adapters.catalogues.hardcover import Hardcover
from mamctl.adapters.catalogues.http import CatalogueHttp, Manners
from mamctl.adapters.catalogues.itunes import ITunes
from mamctl.adapters.catalogues.librivox import LibriVox
from mamctl.adapters.catalogues.open_library import OpenLibrary
from mamctl.domain.catalogue_answer import Outcome
from mamctl.domain.secret import Secret
from mamctl.jobs.catalogue_hearing import HearingPolicy
from mamctl.jobs.meta_enrich import enrich
from mamctl.jobs.ports_catalogues import Catalogue
from mamctl.jobs.run import run_bracket
from mamctl.practice.catalogue.library import stock_library
from mamctl.practice.catalogue.server import WIRES
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY
from mamctl.practice.catalogue.world import World, make_world
from mamctl.store.catalogue_answers import load_answers
from mamctl.store.database import open_store


@dataclass(frozen=True)
class Round:
    """One pass over all books. `own` is processor time of this process, `wall` what a clock shows, in seconds."""

    name: str
    wall: float
    own: float
    requests: Counter[str]
    outcomes: Counter[Outcome]
    changes: int


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
        Hardcover(http, token=key, base_url=urls["hardcover"], interval=0),
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
    http = CatalogueHttp(folder / "catalogues", Manners(budget=10**9), now=now, sleep=time.sleep)
    catalogues = connect(http, urls, keys=keys)
    before = Counter({one.name: http.tallies(one.name)["asked"] for one in catalogues})
    wall, own = time.perf_counter(), time.process_time()
    with run_bracket("meta.enrich", db, folder / "mamctl.db", now) as run:
        figures = enrich(run, ids, catalogues, HearingPolicy())
    wall, own = time.perf_counter() - wall, time.process_time() - own
    requests = Counter({one.name: http.tallies(one.name)["asked"] for one in catalogues}) - before
    http.close()
    db.close()
    return Round(name, wall, own, requests, figures.outcomes, figures.changes)


def bare_requests(urls: dict[str, str], world: World, count: int) -> float:
    """Processor time for as many searches by httpx alone."""
    import httpx

    with httpx.Client() as client:
        started = time.process_time()
        for number in range(count):
            title = world.works[number % len(world.works)].title
            client.get(f"{urls['open_library']}/search.json", params={"title": title}).json()
        return (time.process_time() - started) / count


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


def report(done: Round, books: int, bare: float) -> None:
    """A round in a few lines."""
    sent = sum(done.requests.values())
    own = done.own / books
    reference = bare * sent / books
    print(f"{done.name}: {done.wall:.1f} s, {1000 * own:.1f} ms of our own time a book", end="")
    print(f" ({own / reference:.1f} times its bare requests)" if sent > books / 10 else "")
    print(f"  outcomes {dict(done.outcomes)}, {done.changes} values changed")
    for name, count in done.requests.most_common():
        print(f"  {name}: {1000 * count / books:.0f} requests per 1,000 books")
    print(f"  together: {1000 * sent / books:.0f} requests per 1,000 books")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=5000)
    parser.add_argument("--no-keys", action="store_true", help="as for somebody without keys and tokens")
    chosen = parser.parse_args()
    world = make_world(chosen.books)
    with tempfile.TemporaryDirectory() as place, running_catalogue(chosen.books) as urls:
        folder = Path(place)
        db = open_store(folder / "mamctl.db")
        ids = tuple(stock_library(db, world, now()))
        db.close()
        bare = bare_requests(urls, world, 200)
        print(f"{chosen.books} books; a bare request takes {1000 * bare:.2f} ms of processor time")
        for name in ("cold", "warm"):
            report(go_round(name, folder, urls, ids, keys=not chosen.no_keys), chosen.books, bare)
        right, wrong = count_right(folder, world, ids)
        size = sum(path.stat().st_size for path in (folder / "catalogues").glob("*.db"))
        print(f"records of the very recording: {right} right, {wrong} wrong")
        print(f"answers on disk: {size / 1e6 / chosen.books * 1000:.1f} MB per 1,000 books")
        print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

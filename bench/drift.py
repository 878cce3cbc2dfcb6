"""What comparing a library with the catalogues again costs, when nothing and when something has changed.

    python -m bench drift

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.kit.stocked_library import stock_library

from bench.catalogues import connect, go_round, now, running_catalogue
from bench.frame.measure import alone, database_mb, peak_memory
from bench.frame.model import Benchmark, Figure, Growth
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.cli.garbage import begin_work, spare_the_start
from mamctl.domain.catalogues.drift import DriftPolicy
from mamctl.jobs.catalogues.drift import DriftFigures, check_drift, fix_drift
from mamctl.jobs.run import job_run
from mamctl.practice.catalogue.make_world import make_world
from mamctl.store.catalogues.drift import due_books
from mamctl.store.database import open_store

AGED = 5  # one book in so many has an older publisher and description than the catalogues have


@dataclass(frozen=True)
class Pass:
    """One pass over all books; seconds of the processor and on the clock, and the peak memory in MiB."""

    own: float
    wall: float
    requests: int
    seen: int
    made: int
    peak_mib: float


def go_through(folder: Path, urls: dict[str, str], job: Callable[..., DriftFigures], days: int) -> Pass:
    """One pass over all books, some days later."""
    db = open_store(folder / "mamctl.db")
    later = timedelta(days=days)
    http = CatalogueHttp(
        folder / "catalogues", RequestPolicy(budget=10**9), now=lambda: now() + later, sleep=time.sleep
    )
    catalogues = connect(http, urls, keys=True)
    before = sum(http.counters(one.name)["asked"] for one in catalogues)
    books = due_books(db, None, datetime.now(UTC))
    spare_the_start()  # as every command does
    begin_work()
    wall, own = time.perf_counter(), time.process_time()
    with job_run("drift", db, folder / "mamctl.db", now) as run:
        figures = job(run, books, catalogues, DriftPolicy(max_changes=10**6), {})
    wall, own = time.perf_counter() - wall, time.process_time() - own
    sent = sum(http.counters(one.name)["asked"] for one in catalogues) - before
    http.close()
    db.close()
    return Pass(own, wall, sent, figures.changes, len(figures.made), peak_memory())


def age(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Give one book in five an older description and publisher, in its values and in the evidence."""
    for field, old in (("description", '"An older text, in other words altogether."'), ("publisher", '"Old House"')):
        for book in ids[::AGED]:
            db.execute("UPDATE agreed SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))
            db.execute("UPDATE observations SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))


# The figure's name, what it is, the job, and the days since the answers were kept.
_PASSES: tuple[tuple[str, str, Callable[..., DriftFigures], int], ...] = (
    ("drift.first", "`drift check` for the first time, everything asked", check_drift, 40),
    ("drift.asked", "`drift check`, everything asked again", check_drift, 80),
    ("drift.kept", "`drift check` again, answers kept", check_drift, 80),
    ("drift.fix", "`drift fix`, one book in five changed in two fields", fix_drift, 120),
    ("drift.after", "`drift check` after it", check_drift, 120),
)


def measure(sizes: tuple[int, ...]) -> Iterator[Figure | Growth]:
    """Libraries of each size, of which the last is the one with targets."""
    for books in sizes:
        with tempfile.TemporaryDirectory() as place, running_catalogue(books) as urls:
            folder = Path(place)
            db = open_store(folder / "mamctl.db")
            ids = tuple(stock_library(db, make_world(books), now()))
            alone(go_round, "enrich", folder, urls, ids, keys=True)
            for name, what, job, days in _PASSES:
                if job is fix_drift:
                    age(db, ids)
                done = alone(go_through, folder, urls, job, days)
                size = round(database_mb(folder / "mamctl.db"), 1)
                yield Growth(what, books, "books", done.own, done.peak_mib, size, done.requests)
                if books == sizes[-1]:
                    yield _figure(name, what, done, books)
            db.close()


def _figure(name: str, what: str, done: Pass, books: int) -> Figure:
    detail = {
        "requests per 1,000 books": 1000 * done.requests / books,
        "changes seen": done.seen,
        "made": done.made,
        "s on the clock": done.wall,
    }
    return Figure(name, f"{what}: own time a book", 1000 * done.own / books, "ms", None, {"books": books}, detail,
                  done.peak_mib)  # fmt: skip


BENCHMARK = Benchmark(
    "Drift",
    measure,
    full={"sizes": (500, 5_000)},
    quick={"sizes": (40,)},
    about=(
        "Enriched books compared with the practice catalogue again, each pass in a process of its own. Own time is the"
        " processor's of mamctl alone. From the second time on a book is compared only where an answer, the book or the"
        " rules changed."
    ),
)

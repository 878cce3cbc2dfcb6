"""What comparing a library with the catalogues again costs, when nothing and when something has changed.

    python -m bench.drift [--books N]

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured. A change is for
a person where the match with the record is less certain than `drift.certain`, though certain enough to enrich by.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from tests.kit.stocked_library import stock_library

from bench.catalogues import apart, connect, go_round, now, peak_memory, running_catalogue
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.catalogues.drift import DriftPolicy
from mamctl.domain.catalogues.drift_changes import ChangeKind
from mamctl.jobs.catalogues.drift import DriftFigures, check_drift, fix_drift
from mamctl.jobs.run import job_run
from mamctl.practice.catalogue.make_world import make_world
from mamctl.store.catalogues.drift import due_books
from mamctl.store.database import open_store

AGED = 5  # one book in so many has an older publisher and description than the catalogues tell


def measure(name: str, folder: Path, urls: dict[str, str], job: Callable[..., DriftFigures], days: int) -> str:
    """One pass over all books, some days later: time, requests, changes, memory."""
    db = open_store(folder / "mamctl.db")
    later = timedelta(days=days)
    http = CatalogueHttp(
        folder / "catalogues", RequestPolicy(budget=10**9), now=lambda: now() + later, sleep=time.sleep
    )
    catalogues = connect(http, urls, keys=True)
    before = sum(http.counters(one.name)["asked"] for one in catalogues)
    books = due_books(db, None)
    wall, own = time.perf_counter(), time.process_time()
    with job_run("drift", db, folder / "mamctl.db", now) as run:
        figures = job(run, books, catalogues, DriftPolicy(max_changes=10**6), {})
    wall, own = time.perf_counter() - wall, time.process_time() - own
    sent = sum(http.counters(one.name)["asked"] for one in catalogues) - before
    http.close()
    db.close()
    asked_for = sum(change.kind is not ChangeKind.SAFE for change in figures.changes)
    return (
        f"| {len(books):,} | {name} | {wall:.1f} | {1000 * own / len(books):.2f} | {1000 * sent / len(books):.0f} |"
        f" {len(figures.changes)} | {len(figures.made)} | {asked_for} | {peak_memory():.0f} |"
    )


def age(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Give one book in five an older description and publisher, in its values and in the evidence."""
    for field, old in (("description", '"An older text, in other words altogether."'), ("publisher", '"Old House"')):
        for book in ids[::AGED]:
            db.execute("UPDATE agreed SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))
            db.execute("UPDATE observations SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))


def run(books: int = 5_000) -> None:
    """Measure a library and one of a tenth of its size."""
    for size in (max(AGED, books // 10), books):
        print("| books | what | s | own ms a book | requests per 1,000 | changes seen | made |", end="")
        print(" for a person | peak MiB |\n|---|---|---|---|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as name, running_catalogue(size) as urls:
            _measure_all(Path(name), urls, size)
        print()


def _measure_all(folder: Path, urls: dict[str, str], books: int) -> None:
    db = open_store(folder / "mamctl.db")
    ids = tuple(stock_library(db, make_world(books), now()))
    apart(go_round, "enrich", folder, urls, ids, keys=True)
    for name, job, days in (
        ("check, nothing changed, asked anew", check_drift, 40),
        ("check again, answers kept", check_drift, 40),
        ("fix, one book in five changed", fix_drift, 80),
        ("check after fix", check_drift, 80),
    ):
        if job is fix_drift:
            age(db, ids)
        print(apart(measure, name, folder, urls, job, days), flush=True)
    db.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=5_000)
    run(parser.parse_args().books)

"""What comparing a library with the catalogues again costs, when nothing and when something has changed.

    python -m bench.drift [--books N]

The practice catalogue runs in a process of its own and without limits, so that waiting is not measured.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from bench.catalogues import connect, go_round, now, running_catalogue
from mamctl.adapters.catalogues.http import CatalogueHttp, Manners
from mamctl.domain.drift import DriftPolicy
from mamctl.jobs.drift import DriftFigures, check_drift, fix_drift
from mamctl.jobs.run import run_bracket
from mamctl.practice.catalogue.library import stock_library
from mamctl.practice.catalogue.world import make_world
from mamctl.store.database import open_store
from mamctl.store.drift import due_books

AGED = 5  # one book in so many has an older publisher and description than the catalogues tell


def measure(name: str, folder: Path, urls: dict[str, str], job: Callable[..., DriftFigures], days: int) -> None:
    """One pass over all books, some days later: time, requests, changes."""
    db = open_store(folder / "mamctl.db")
    later = timedelta(days=days)
    http = CatalogueHttp(folder / "catalogues", Manners(budget=10**9), now=lambda: now() + later, sleep=time.sleep)
    catalogues = connect(http, urls, keys=True)
    before = sum(http.tallies(one.name)["asked"] for one in catalogues)
    books = due_books(db, None)
    wall, own = time.perf_counter(), time.process_time()
    with run_bracket("drift", db, folder / "mamctl.db", now) as run:
        figures = job(run, books, catalogues, DriftPolicy(max_changes=10**6), {})
    wall, own = time.perf_counter() - wall, time.process_time() - own
    sent = sum(http.tallies(one.name)["asked"] for one in catalogues) - before
    http.close()
    db.close()
    print(f"{name}: {len(books)} books, {wall:.1f} s, {1000 * own / len(books):.2f} ms of our own time a book")
    print(f"  {1000 * sent / len(books):.0f} requests per 1,000 books; {len(figures.changes)} changes seen,", end="")
    print(f" {len(figures.made)} made")


def age(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Give one book in five an older description and publisher, in its values and in the evidence."""
    for field, old in (("description", '"An older text, in other words altogether."'), ("publisher", '"Old House"')):
        for book in ids[::AGED]:
            db.execute("UPDATE agreed SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))
            db.execute("UPDATE observations SET value = ? WHERE book_id = ? AND field = ?", (old, book, field))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, running_catalogue(options.books) as urls:
        folder = Path(name)
        db = open_store(folder / "mamctl.db")
        ids = tuple(stock_library(db, make_world(options.books), now()))
        go_round("enrich", folder, urls, ids, keys=True)
        measure("check, nothing changed, asked anew", folder, urls, check_drift, 40)
        measure("check again, answers kept", folder, urls, check_drift, 40)
        age(db, ids)
        measure("fix, one book in five changed", folder, urls, fix_drift, 80)
        measure("check after fix", folder, urls, check_drift, 80)
        db.close()
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()

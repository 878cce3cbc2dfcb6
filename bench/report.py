"""What a command that reads the store costs over start-up, with up to 50,000 books and three years of figures."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.kit.full_library import fill_library
from tests.kit.long_history import fill_history

from bench.frame.measure import Spent, database_mb, environment, in_turn, run_process
from bench.frame.model import Benchmark, Figure, Growth
from mamctl.store.database import open_store

# The figure's name, and the command.
_COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("read.list", ("meta", "list", "--limit", "200")),  # as many as a terminal shows
    ("read.list.all", ("meta", "list")),
    ("read.list.json", ("meta", "list", "--json")),
    ("read.list.words", ("meta", "list", "lantern", "harbour")),
    ("read.show.words", ("meta", "show", "lantern harbour")),  # several books have the words: all are found, ten named
    ("read.problems", ("meta", "problems")),
    ("read.status", ("status",)),
    ("read.report", ("report", "--since", "1095d")),
)


def measure(sizes: tuple[int, ...], rounds: int) -> Iterator[Figure | Growth]:
    """Libraries of each size, of which the last is the one with targets; then a full one of that size."""
    for books in sizes:
        taken, bare, size = _run_all(books, rounds, full=False)
        for name, words in _COMMANDS:
            spent, command = taken[name], f"`{' '.join(words)}`"
            yield Growth(command, books, "books", spent.processor, spent.peak_mib, size)
            if books == sizes[-1]:
                yield _figure(name, f"{command}, over start-up", spent, bare, books)
    taken, bare, _ = _run_all(sizes[-1], rounds, full=True)
    for name, words in _COMMANDS:
        what = f"`{' '.join(words)}`, over start-up, full library"
        yield _figure(f"{name}.full", what, taken[name], bare, sizes[-1])


def _run_all(books: int, rounds: int, *, full: bool) -> tuple[dict[str, Spent], Spent, float]:
    """What each command takes, what a start takes, and the database's MB."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = home / "mamctl.db"
        with closing(open_store(store)) as db:
            fill_history(db, now := datetime.now(UTC), books=0 if full else books)
            if full:
                fill_library(db, now, books)
        config = home / "mamctl.toml"
        config.write_text(f'[store]\npath = "{store}"\n[alerts]\ndisk_free = 0\n')
        mamctl, environ = [sys.executable, "-m", "mamctl"], environment(home)
        run = partial(run_process, environ=environ, ok=(0, 2, 3), cwd=home)
        works = {name: partial(run, [*mamctl, *words, "--config", config]) for name, words in _COMMANDS}
        works["start-up"] = partial(run, [*mamctl, "--help"])
        for work in works.values():  # modules are compiled, pages of the database read
            work()
        taken = in_turn(rounds, works)
        return taken, taken.pop("start-up"), round(database_mb(store), 1)


def _figure(name: str, what: str, spent: Spent, bare: Spent, books: int) -> Figure:
    detail = {"s": spent.processor, "s of `--help`": bare.processor, "s on the clock": spent.wall}
    over = spent.processor - bare.processor
    return Figure(name, what, over, "s", None, {"books": books}, detail, spent.peak_mib)


BENCHMARK = Benchmark(
    "Commands that read the store",
    measure,
    full={"sizes": (500, 5_000, 50_000), "rounds": 5},
    quick={"sizes": (100,), "rounds": 1},
    about=(
        "Three years of figures (13,000 points of the ratio, 1,096 readings of the account) and a library with titles,"
        " authors and narrators. A full library has besides what years of scans and catalogues leave: about eleven"
        " agreed values a book with the evidence of several sources, four files and three catalogues' answers, and two"
        " of three books have a problem or two. Whole processes; times are the processor's, start-up is"
        " `mamctl --help`."
        " A terminal shows 200 books; a pipe gets all of them."
    ),
)

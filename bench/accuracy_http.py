"""How often `meta match` is right over HTTP: the practice catalogue's own world, asked with damaged data.

python -m bench.accuracy_http [--books N]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from bench.accuracy_damage import RECOVERABLE, clean
from bench.accuracy_twins import Book
from bench.catalogues import connect
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.matching.records import CatalogueRecord
from mamctl.domain.text.normalize import fold
from mamctl.jobs.catalogues.match import match
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import WIRES, PracticeCatalogue
from mamctl.practice.catalogue.world import Work, World

KINDS = 3  # kinds of damage tried on each book


def as_book(work: Work) -> Book:
    """A work with its first recording."""
    recording = work.recordings[0]
    narrator, series = recording.narrators[0], work.series[0] if work.series else None
    return Book(
        work.id, work.title, work.authors[0], tuple(work.authors[1:]), narrator, float(recording.duration_s),
        work.subtitle, series, asin=recording.asin() or "",
    )  # fmt: skip


def is_right(world: World, work: Work, record: CatalogueRecord) -> bool:
    """Whether the record is of this very work; by its ASIN, of one of its recordings."""
    if record.asin and record.asin in world.by_asin:
        return world.by_asin[record.asin][1].work_id == work.id
    title = record.title.removesuffix(f": {work.subtitle}")
    return fold(title) == fold(work.title) and set(map(fold, record.authors)) == set(map(fold, work.authors))


def main() -> None:
    """Ask and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--books", type=int, default=400)
    options = parser.parse_args()
    world, dice = make_world(options.books), random.Random(3)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, PracticeCatalogue(world) as server:
        http = CatalogueHttp(Path(folder), RequestPolicy(budget=10**9), now=lambda: datetime.now(UTC), sleep=time.sleep)
        catalogues = connect(http, {name: server.base_url(name) for name in WIRES}, keys=True)
        for work in world.works:
            book = as_book(work)
            for kind in dice.sample(list(RECOVERABLE), KINDS):
                found = match(RECOVERABLE[kind](dice, book, clean(book)), catalogues).verdict
                chosen = found.chosen
                outcome = found.kind.value if chosen is None else _word(is_right(world, work, chosen.record))
                by_kind[kind][outcome] += 1
        asked = len(server.journal.entries)
        http.close()
    for kind, counts in [*sorted(by_kind.items()), ("all", sum(by_kind.values(), Counter()))]:
        print(f"{kind:<32}{dict(counts)}")
    questions = options.books * KINDS
    print(
        f"{1000 * (time.perf_counter() - started) / questions:.0f} ms and {asked / questions:.1f} requests a question"
    )


def _word(right: bool) -> str:
    return "right" if right else "wrong"


if __name__ == "__main__":
    main()

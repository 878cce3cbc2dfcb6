"""A stocked library beside a practice catalogue, and runs of jobs that ask it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.metadata.observation import Field, Value
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.run import Run, job_run
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.catalogue.world import World
from mamctl.store.database import open_store
from mamctl.store.library.agreed import load_agreed
from tests.kit.catalogue import FixedClock, make_catalogue
from tests.kit.stocked_library import stock_library


class CatalogueStory:
    """One book for each work of the world, whose recordings have the ids of the books."""

    def __init__(self, folder: Path, server: PracticeCatalogue, world: World) -> None:
        self.folder, self.server, self.world = folder, server, world
        self.clock = FixedClock()
        self.db = open_store(folder / "mamctl.db")
        self.recordings = stock_library(self.db, world, self.clock())

    @contextmanager
    def run(
        self, job: str, catalogues: Sequence[str], *, budget: int = 10_000, dry_run: bool = False
    ) -> Iterator[tuple[Run, list[Catalogue]]]:
        """One run in a process of its own, as it were: a fresh client over the kept answers."""
        requests = RequestPolicy(budget=budget)
        http = CatalogueHttp(self.folder / "catalogues", requests, now=self.clock, sleep=self.clock.sleep)
        sources = [make_catalogue(name, http, self.server.base_url(name), self.clock) for name in catalogues]
        try:
            with job_run(job, self.db, self.folder / "mamctl.db", self.clock, dry_run=dry_run) as run:
                yield run, sources
        finally:
            http.close()

    def values(self) -> dict[int, dict[Field, Value]]:
        """Every agreed value of every book."""
        return {
            book: {field: chosen.value for field, chosen in load_agreed(self.db, book).items()}
            for book in self.recordings
        }

"""A clock that moves only when somebody sleeps, and the adapters of all catalogues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.audnexus import Audnexus
from mamctl.adapters.catalogues.client import CatalogueHttp
from mamctl.adapters.catalogues.custom import Custom
from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.adapters.catalogues.google_books import GoogleBooks
from mamctl.adapters.catalogues.hardcover import Hardcover
from mamctl.adapters.catalogues.itunes import ITunes
from mamctl.adapters.catalogues.librivox import LibriVox
from mamctl.adapters.catalogues.open_library import OpenLibrary
from mamctl.domain.secret import Secret
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.practice.catalogue.server import WIRES
from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY

NAMES = tuple(sorted(WIRES))


@dataclass
class FixedClock:
    """Time that stands still until somebody sleeps; `slept` lists for how long."""

    now: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def make_catalogue(name: str, http: CatalogueHttp, base_url: str, clock: Callable[[], datetime]) -> Catalogue:
    """The adapter of a catalogue, without a pace of its own."""
    key = Secret(PRACTICE_KEY)
    build: dict[str, Callable[[], Catalogue]] = {
        "audible": lambda: Audible(
            http, today=lambda: clock().date(), regions=("us", "uk"), base_url=base_url, interval=0
        ),
        "audnexus": lambda: Audnexus(http, regions=("us", "uk"), base_url=base_url, interval=0),
        "custom": lambda: Custom(http, name="custom", base_url=base_url, key=key, interval=0),
        "goodreads": lambda: Goodreads(http, key=key, base_url=base_url, interval=0),
        "google_books": lambda: GoogleBooks(http, key=key, base_url=base_url, interval=0),
        "hardcover": lambda: Hardcover(http, key=key, base_url=base_url, interval=0),
        "itunes": lambda: ITunes(http, base_url=base_url, interval=0),
        "librivox": lambda: LibriVox(http, base_url=base_url, interval=0),
        "open_library": lambda: OpenLibrary(http, base_url=base_url, interval=0),
    }
    return build[name]()

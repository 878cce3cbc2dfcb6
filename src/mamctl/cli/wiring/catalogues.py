"""Builds the catalogues from the configuration; the one place that names them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from mamctl.cli.clock import nature
from mamctl.cli.runtime import Runtime
from mamctl.config.secrets import catalogue_key, custom_key
from mamctl.config.sections import CatalogueSource, CataloguesSection, CustomSource
from mamctl.errors import ConfigInvalidError
from mamctl.jobs.catalogues.ports import Catalogue

if TYPE_CHECKING:
    from mamctl.adapters.catalogues.client import CatalogueHttp


@dataclass(frozen=True)
class Connected:
    """The catalogues of this configuration in their order, those that lack their key, and how far each is trusted."""

    catalogues: tuple[Catalogue, ...]
    keyless: tuple[str, ...]
    trust: Mapping[str, float]
    tallies: Callable[[str], Mapping[str, int]]

    @cached_property
    def by_name(self) -> dict[str, Catalogue]:
        """The usable ones by name."""
        return {one.name: one for one in self.catalogues}


@contextmanager
def connect_catalogues(runtime: Runtime) -> Iterator[Connected]:
    """Everything that can be asked. Raises ConfigInvalidError for a name in `order` that nobody has."""
    from mamctl.adapters.catalogues.client import CatalogueHttp, Manners

    section = runtime.config.catalogues
    manners = Manners(
        ttl=section.cache_ttl,
        budget=section.max_requests,
        timeout=section.timeout,
        contact=section.user_agent_contact or runtime.config.tracker.user_agent_contact,
    )
    folder = runtime.config.store.path.parent / "catalogues"
    # Catalogues are asked by several threads, which would not find the nature in force by themselves.
    here = nature()
    http = CatalogueHttp(folder, manners, now=here.now, sleep=here.sleep)
    try:
        makers = _Makers(section, http, here.now)
        found = {name: makers.make(name) for name in dict.fromkeys(section.order)}
        usable = tuple(one for one in found.values() if one is not None)
        keyless = tuple(name for name, one in found.items() if one is None)
        yield Connected(usable, keyless, _trust(section), http.tallies)
    finally:
        http.close()


class _Makers:
    """One maker for each kind of catalogue; None comes of one whose key is missing."""

    def __init__(self, section: CataloguesSection, http: CatalogueHttp, now: Callable[[], datetime]) -> None:
        self._section, self._http, self._now = section, http, now
        self._custom = {one.name: one for one in section.custom}
        self._plain: dict[str, Callable[[], Catalogue | None]] = {
            "audible": self._audible,
            "audnexus": self._audnexus,
            "goodreads": self._goodreads,
            "hardcover": self._hardcover,
            "open_library": self._open_library,
            "google_books": self._google_books,
            "itunes": self._itunes,
            "librivox": self._librivox,
        }

    def make(self, name: str) -> Catalogue | None:
        """The catalogue of this name."""
        if name in self._custom:
            return self._make_custom(self._custom[name])
        if name not in self._plain:
            known = ", ".join((*self._plain, *self._custom))
            raise ConfigInvalidError(
                f"catalogues.order: there is no catalogue {name!r}; known are {known}", subject=name
            )
        return self._plain[name]()

    def _audible(self) -> Catalogue:
        from mamctl.adapters.catalogues.audible import Audible

        one = self._section.audible
        return Audible(
            self._http,
            today=lambda: self._now().date(),
            regions=self._section.regions,
            base_url=_base(one),
            interval=one.interval,
        )

    def _audnexus(self) -> Catalogue:
        from mamctl.adapters.catalogues.audnexus import Audnexus

        one = self._section.audnexus
        return Audnexus(self._http, regions=self._section.regions, base_url=_base(one), interval=one.interval)

    def _goodreads(self) -> Catalogue | None:
        from mamctl.adapters.catalogues.goodreads import Goodreads

        one = self._section.goodreads
        key = catalogue_key(self._section, "goodreads").read(os.environ)
        return Goodreads(self._http, key=key, base_url=_base(one), interval=one.interval) if key else None

    def _hardcover(self) -> Catalogue | None:
        from mamctl.adapters.catalogues.hardcover import Hardcover

        one = self._section.hardcover
        token = catalogue_key(self._section, "hardcover").read(os.environ)
        return Hardcover(self._http, key=token, base_url=_base(one), interval=one.interval) if token else None

    def _open_library(self) -> Catalogue:
        from mamctl.adapters.catalogues.open_library import OpenLibrary

        one = self._section.open_library
        return OpenLibrary(self._http, base_url=_base(one), interval=one.interval)

    def _google_books(self) -> Catalogue | None:
        from mamctl.adapters.catalogues.google_books import GoogleBooks

        one = self._section.google_books
        key = catalogue_key(self._section, "google_books").read(os.environ)
        return GoogleBooks(self._http, key=key, base_url=_base(one), interval=one.interval) if key else None

    def _itunes(self) -> Catalogue:
        from mamctl.adapters.catalogues.itunes import ITunes

        one, regions = self._section.itunes, self._section.regions
        country = {"uk": "gb"}.get(regions[0], regions[0]) if regions else "us"
        return ITunes(self._http, country=country, base_url=_base(one), interval=one.interval)

    def _librivox(self) -> Catalogue:
        from mamctl.adapters.catalogues.librivox import LibriVox

        one = self._section.librivox
        return LibriVox(self._http, base_url=_base(one), interval=one.interval)

    def _make_custom(self, one: CustomSource) -> Catalogue:
        from mamctl.adapters.catalogues.custom import Custom

        key = custom_key(one).read(os.environ)
        return Custom(self._http, name=one.name, base_url=one.base_url, key=key, interval=one.interval)


def _base(source: CatalogueSource) -> str:
    return source.base_url.rstrip("/")


def _trust(section: CataloguesSection) -> dict[str, float]:
    known = (getattr(section, name, None) for name in section.order)
    trust = {
        name: one.trust for name, one in zip(section.order, known, strict=True) if isinstance(one, CatalogueSource)
    }
    return trust | {one.name: one.trust for one in section.custom}

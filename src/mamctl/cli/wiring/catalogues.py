"""Builds the catalogues from the configuration; the one place that names them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial

from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.audnexus import Audnexus
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.adapters.catalogues.custom import Custom
from mamctl.adapters.catalogues.goodreads import Goodreads
from mamctl.adapters.catalogues.google_books import GoogleBooks
from mamctl.adapters.catalogues.hardcover import Hardcover
from mamctl.adapters.catalogues.itunes import ITunes
from mamctl.adapters.catalogues.librivox import LibriVox
from mamctl.adapters.catalogues.open_library import OpenLibrary
from mamctl.cli.clock import current_clock
from mamctl.cli.runtime import Runtime
from mamctl.config.secrets import catalogue_key, custom_key
from mamctl.config.sections import CatalogueSource, CataloguesSection, CustomSource
from mamctl.dataclass import dataclass
from mamctl.errors import ConfigInvalidError
from mamctl.jobs.catalogues.ports import Catalogue

_KEYED = frozenset({"goodreads", "google_books", "hardcover"})


@dataclass(frozen=True)
class Connected:
    """The catalogues of this configuration in their order, those that lack their key, and how far each is trusted."""

    catalogues: tuple[Catalogue, ...]
    keyless: tuple[str, ...]
    trust: Mapping[str, float]
    counters: Callable[[str], Mapping[str, int]]

    @cached_property
    def by_name(self) -> dict[str, Catalogue]:
        """The usable ones by name."""
        return {one.name: one for one in self.catalogues}


@contextmanager
def open_catalogues(runtime: Runtime, budget: int | None = None) -> Iterator[Connected]:
    """Everything that can be asked, with `budget` requests to each instead of the configured ones: with none, by what
    was kept of their answers. Raises ConfigInvalidError for an unknown name in `order`."""
    section = runtime.config.catalogues
    policy = RequestPolicy(
        ttl=section.cache_ttl,
        budget=section.max_requests if budget is None else budget,
        timeout=section.timeout,
        contact=section.user_agent_contact or runtime.config.tracker.user_agent_contact,
    )
    folder = runtime.config.store.path.parent / "catalogues"
    # Catalogues are asked by several threads, which would not find the clock in force by themselves.
    here = current_clock()
    http = CatalogueHttp(folder, policy, now=here.now, sleep=here.sleep, record_exchange=runtime.record_exchange)
    try:
        found = _make_all(section, http, here.now)
        usable = tuple(one for one in found.values() if one is not None)
        keyless = tuple(name for name, one in found.items() if one is None)
        yield Connected(usable, keyless, _trust(section), http.counters)
    finally:
        http.close()


def _builders(section: CataloguesSection, now: Callable[[], datetime]) -> dict[str, Callable[..., Catalogue]]:
    """The maker of each built-in catalogue, given the shared HTTP, address, interval, and key where it has one."""
    regions = section.regions
    return {
        "audible": partial(Audible, today=lambda: now().date(), regions=regions),
        "audnexus": partial(Audnexus, regions=regions),
        "goodreads": partial(Goodreads, author_id=section.goodreads_author_id.partition(".")[0]),
        "hardcover": Hardcover,
        "open_library": OpenLibrary,
        "google_books": GoogleBooks,
        "itunes": partial(ITunes, country={"uk": "gb"}.get(regions[0], regions[0]) if regions else "us"),
        "librivox": LibriVox,
    }


def _make_all(
    section: CataloguesSection, http: CatalogueHttp, now: Callable[[], datetime]
) -> dict[str, Catalogue | None]:
    """The catalogues in `order`; None stands for one whose key is missing.

    Raises ConfigInvalidError for a name that is not known.
    """
    builders = _builders(section, now)
    custom = {one.name: one for one in section.custom}
    found: dict[str, Catalogue | None] = {}
    for name in dict.fromkeys(section.order):
        if name in custom:
            found[name] = _make_custom(custom[name], http)
        elif name in builders:
            source: CatalogueSource = getattr(section, name)
            given: dict[str, object] = {"base_url": _base(source), "interval": source.interval}
            if name in _KEYED:
                given["key"] = catalogue_key(section, name).read(os.environ)
            found[name] = None if name in _KEYED and given["key"] is None else builders[name](http, **given)
        else:
            known = ", ".join((*builders, *custom))
            raise ConfigInvalidError(
                f"catalogues.order: there is no catalogue {name!r}; known are {known}", subject=name
            )
    return found


def _make_custom(one: CustomSource, http: CatalogueHttp) -> Catalogue:
    key = custom_key(one).read(os.environ)
    return Custom(http, name=one.name, base_url=one.base_url, key=key, interval=one.interval)


def _base(source: CatalogueSource) -> str:
    return source.base_url.rstrip("/")


def _trust(section: CataloguesSection) -> dict[str, float]:
    trust = {one.name: one.trust for one in section.custom}
    for name in section.order:
        source: CatalogueSource | None = getattr(section, name, None)
        if isinstance(source, CatalogueSource):  # a custom catalogue may have any name, that of a key too
            trust.setdefault(name, source.trust)
    return trust

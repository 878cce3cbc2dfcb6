"""`mamctl meta catalogues`: each catalogue's state, and what it was asked today."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import Connected, open_catalogues
from mamctl.dataclass import dataclass
from mamctl.domain.matching.records import CatalogueUnavailableError
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.ports import Catalogue
from mamctl.jobs.catalogues.search import probe
from mamctl.output.screen import Screen

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """One catalogue. `reachable` is None when they were not contacted; `answered` is the share of today's requests that
    brought an answer, None without requests; `cached` counts the questions that needed no request.
    """

    name: str
    configured: bool
    reachable: bool | None
    requests_today: int
    answered: float | None
    cached: int
    stale: int
    failed: int
    trust: float


@dataclass(frozen=True, slots=True)
class CataloguesData:
    """All catalogues in the order of asking."""

    catalogues: tuple[CatalogueState, ...]


def render_catalogues(screen: Screen, data: CataloguesData) -> None:
    """A line for each."""
    rows = [
        (
            one.name,
            "yes" if one.configured else "no key",
            {True: "yes", False: "no", None: "–"}[one.reachable],
            one.requests_today,
            "–" if one.answered is None else f"{one.answered:.0%}",
            one.cached,
        )
        for one in data.catalogues
    ]
    headers = ("catalogue", "configured", "reachable", "requests today", "answered", "from cache")
    screen.table(headers, rows, right=(3, 4, 5), optional=(5, 1))


@command(app, "catalogues", schema="mamctl.meta.catalogues/1", render=render_catalogues)
def catalogues(
    runtime: Runtime,
    offline: Annotated[bool, typer.Option("--offline", help="Do not contact them.")] = False,
) -> Result:
    """Show the catalogues and whether they answer.

    That is one request each, none with --offline; and how often each was asked today.
    """
    names = tuple(dict.fromkeys(runtime.config.catalogues.order))
    with open_catalogues(runtime) as connected:
        asked = () if offline else tuple(connected.catalogues)
        troubles = _troubles(asked)
        states = tuple(
            _state(connected, name, None if offline else _reached(connected, name, troubles)) for name in names
        )
    problems = tuple(Problem.of(error) for error in troubles.values() if error is not None)
    return Result.of(CataloguesData(states), problems)


def _troubles(catalogues: tuple[Catalogue, ...]) -> dict[str, CatalogueUnavailableError | None]:
    """Why each does not answer, None where it does; all at once, for you are waiting."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max(1, len(catalogues))) as pool:
        return dict(zip((one.name for one in catalogues), pool.map(_trouble, catalogues), strict=True))


def _trouble(catalogue: Catalogue) -> CatalogueUnavailableError | None:
    try:
        probe(catalogue)
    except CatalogueUnavailableError as error:
        return error
    return None


def _reached(connected: Connected, name: str, troubles: dict[str, CatalogueUnavailableError | None]) -> bool | None:
    return None if name not in connected.by_name else troubles[name] is None


def _state(connected: Connected, name: str, reachable: bool | None) -> CatalogueState:
    counts = connected.counters(name)
    return CatalogueState(
        name=name,
        configured=name in connected.by_name,
        reachable=reachable,
        requests_today=counts["asked"],
        answered=round(counts["answered"] / counts["asked"], 4) if counts["asked"] else None,
        cached=counts["cached"],
        stale=counts["stale"],
        failed=counts["failed"],
        trust=connected.trust.get(name, 1.0),
    )

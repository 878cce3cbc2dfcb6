"""`mamctl meta series`: the series one owns, in order, and the volumes that are missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.catalogues import open_catalogues
from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.series_gaps import SeriesGaps
from mamctl.domain.matching.records import SeriesVolume
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Problem
from mamctl.jobs.catalogues.series_gaps import review_series
from mamctl.output.screen import Screen

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class SeriesData:
    """`series` are those that a catalogue lists; `unlisted` the names of those that none does."""

    series: tuple[SeriesGaps, ...]
    unlisted: tuple[str, ...]


def render_series(screen: Screen, data: SeriesData) -> None:
    """A line for each series with something missing or to come, and one for each such volume; the others together."""
    whole = [one for one in data.series if not (one.missing or one.side or one.announced)]
    for one in data.series:
        if one in whole:
            continue
        screen.line(f"{one.name}: {len(one.owned)} here, {len(one.missing)} missing ({one.catalogue})")
        for mark, volumes in (("missing", one.missing), ("beside the series", one.side), ("announced", one.announced)):
            _list(screen, mark, volumes)
    if whole:
        screen.line(f"Nothing missing: {', '.join(f'{one.name} ({len(one.owned)})' for one in whole)}")
    if data.unlisted:
        screen.line(f"Not listed by any catalogue: {', '.join(data.unlisted)}")
    if not data.series and not data.unlisted:
        screen.line("No series is known yet: mamctl meta enrich looks them up.")


def _list(screen: Screen, mark: str, volumes: Iterable[SeriesVolume]) -> None:
    for volume in volumes:
        place = f"#{volume.position}" if volume.position else "-"
        screen.line(f"  {mark}: {place} {volume.title}{f' ({volume.published})' if volume.published else ''}")


@command(app, "series", schema="mamctl.meta.series/1", render=render_series)
def series_(
    runtime: Runtime,
    series: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Only series whose name contains this.", show_default=False)
    ] = "",
    incomplete: Annotated[bool, typer.Option("--incomplete", help="Only series with missing volumes.")] = False,
) -> Result:
    """Show your series and their missing volumes.

    As the catalogues list them.
    """
    with open_catalogues(runtime) as connected:
        review = review_series(runtime.store, connected.catalogues, runtime.now().date(), series)
    shown = tuple(one for one in review.gaps if one.missing or not incomplete)
    problems = tuple(Problem.of(error) for error in review.unavailable.values())
    data = SeriesData(shown, () if incomplete else tuple(review.unknown))
    return Result.of(data, problems, Status.PARTIAL)

"""What each path that people wait for should reach, and what it cost when the list was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.frame.model import Figure, Result


@dataclass(frozen=True)
class Target:
    """A bound for the figure of this name: at most `limit`, or at least that if `least`; null only asks for it."""

    name: str
    path: str
    limit: float | None
    unit: str = "×"
    before: float | None = None
    least: bool = False

    def is_reached(self, value: float) -> bool:
        """Whether the value, as the page shows it, keeps the bound."""
        shown = round(value, 2)
        return self.limit is None or (shown >= self.limit if self.least else shown <= self.limit)


_TYPER, _LIST, _FIND = "× `import typer`", "× bare `torrents/info`", "× `find -printf`"

TARGETS = (
    Target("startup.help", f"`mamctl --help`, {_TYPER}", 1.15, before=1.15),
    Target("startup.store", f"a command that reads the store, the slowest of all, {_TYPER}", 2.2, before=3.3),
    Target("startup.store.others", f"the slowest of those that do not judge every clause, {_TYPER}", 2.2),
    Target("startup.store.spec_list", f"`spec list`, {_TYPER}", 2.2),
    Target("startup.store.report_metrics", f"`report metrics`, {_TYPER}", 2.2),
    Target("startup.store.report", f"`report`, {_TYPER}", 2.2),
    Target("startup.vip_check", f"`vip check`, its part without the network, {_TYPER}", None),
    Target("ratio.healthy", f"healthy `ratio watch`, 5,000 torrents on 5.x, {_LIST}", 0.6, before=0.8),
    Target("ratio.flat", "the same with 5,000 torrents, × with 100", 1.15, before=1.18),
    Target("ratio.freeze", "freezing 2,500 of 5,000 until the client shows it, × two bare batch calls", 1.5),
    Target("scan.unchanged", f"`meta scan`, nothing changed, 100,000 files, {_FIND}", 3.5, before=9),
    Target("scan.empty", f"`meta scan`, first, 100,000 empty files, {_FIND}", 30, before=115),
    Target("scan.ends", "`meta scan`, first, 2,000 files with both ends decoded, × the same decoding bare", 1.15),
    Target("scan.tags", "first scan without sound, 2,000 files, × mutagen alone", 2),
    Target("scan.tags_beets", "the same, times as fast as beets `import -A`", 5, least=True),
    Target("scan.full_decode", "full decode, × ffmpeg on as many cores", 1.05),
    Target("enrich.cold", "enrichment, own time a book, 5,000 books, nothing cached", 6, "ms", 29),
    Target("enrich.warm", "enrichment, own time a book, 5,000 books, answers cached", 4, "ms", 26),
    Target("enrich.flat", "own time a book with 5,000 books, × with 500", 1.15),
    Target("drift.asked", "drift, own time a book, everything asked again", 1.5, "ms", 5.8),
    Target("drift.kept", "drift, own time a book, answers cached", 1, "ms", 3.7),
    Target("matching.judge", "judging 20 candidates", 2, "ms", 7),
    Target("read.list", "`meta list`, the 200 of 50,000 books that a terminal shows, over start-up", 0.5, "s"),
    Target("read.list.all", "`meta list` in a pipe, all 50,000 books, over start-up", 0.5, "s"),
    Target("read.problems", "`meta problems`, 50,000 books, over start-up", 0.5, "s"),
    Target("read.status", "`status`, 50,000 books and 3 years of figures, over start-up", 0.5, "s"),
    Target("read.report", "`report`, 50,000 books and 3 years of figures, over start-up", 0.5, "s"),
    Target("requests.daily", "the daily task with 20 wanted titles", 6, "requests", 23),
    Target("requests.goodreads", "Goodreads, 1,000 of 5,000 books of the generator", 400, "requests", 809),
    Target("requests.goodreads_single", "Goodreads, 1,000 books, one an author", 900, "requests"),
    Target("memory.peak", "the peak memory of any job", 150, "MiB", 170),
)
BY_NAME = {target.name: target for target in TARGETS}
LIMITS = {target.name: target.limit for target in TARGETS if target.limit is not None}


def find_figure(target: Target, results: Iterable[Result]) -> Figure | None:
    """The figure that was measured for the target; for memory the greatest peak of any figure and job."""
    results = tuple(results)
    if target.name == "memory.peak":
        return _greatest_peak(results)
    return next((figure for result in results for figure in result.figures if figure.name == target.name), None)


def _greatest_peak(results: Iterable[Result]) -> Figure | None:
    peaks = [
        (row.peak_mib, row.what if isinstance(row, Figure) else f"{row.job}, {row.count:,} {row.of}")
        for result in results
        for row in (*result.figures, *result.growth)
        if row.peak_mib is not None
    ]
    if not peaks:
        return None
    value, what = max(peaks)
    return Figure("memory.peak", what, value, "MiB")

"""`mamctl rules import`: pages of the site that a person saved in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.format import day
from mamctl.cli.runtime import Runtime
from mamctl.domain.outcome import Result, Status
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mamctl.errors import MamctlError
    from mamctl.jobs.run import Run
    from mamctl.jobs.site.pages_import import PagesImport
    from mamctl.jobs.site.ports import PageSource

_OUTCOMES = {
    "new": "kept, the first of its kind",
    "changed": "changed: mamctl rules diff shows how",
    "same": "as it was",
    "older": "older than what is kept; left alone",
    "failed": "not read",
}


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A page that a person saved."""

    path: Path
    origin: str = "file"

    @property
    def name(self) -> str:
        """The file's name as it was given."""
        return str(self.path)

    def load(self) -> str:
        """Its text."""
        from mamctl.adapters.saved_pages import read_saved_page

        return read_saved_page(self.path)


@dataclass(frozen=True, slots=True)
class ImportData:
    """What became of each page, and what the pages told."""

    pages: tuple[Any, ...]
    categories: Any
    events: tuple[Any, ...]
    prices: tuple[Any, ...]
    changes: tuple[Any, ...]


def render_import(screen: Screen, data: ImportData) -> None:
    """A row a page, then categories, events and prices."""
    screen.table(
        ("page", "what became of it", "made at", "file"),
        [(p.page, _OUTCOMES[p.outcome], day(p.shown_at), p.source) for p in data.pages],
    )
    if data.categories:
        news = data.categories
        screen.line(f"{news.listed} categories listed; {len(news.new)} new, {len(news.missing)} gone")
    for event in data.events:
        until = f", until {day(event.until)}" if event.until else ""
        screen.line(f"{event.kind.value} event {event.step.value}{until}: {event.note or ''}", Tone.GOOD)
    if data.prices:
        screen.line()
        screen.table(
            ("the store sells", "points"), [(price.item, f"{price.cost:,}") for price in data.prices], right=(1,)
        )


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "import", schema="mamctl.rules.import/1", render=render_import, dry_run=True)
    def import_(
        runtime: Runtime,
        files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pages saved as HTML.")],
    ) -> Result:
        """Read saved pages: rules, FAQ, freeleech, store, browse. The site is asked nothing."""
        from mamctl.jobs.site.rules_sync import site_news

        with runtime.run("rules") as run:
            found, error = take_pages(runtime, run, [SavedFile(path) for path in dict.fromkeys(files)])
            run.notices.extend(site_news(run))
            failure = error if found.failed == len(found.pages) else None
            return run.finish(data_of(found), status=Status.PARTIAL if error else None, error=failure)


def take_pages(runtime: Runtime, run: Run, sources: Iterable[PageSource]) -> tuple[PagesImport, MamctlError | None]:
    """Import pages with the newest readers; copies of what no reader knows are kept beside the store."""
    from mamctl.adapters.saved_pages import keep_copy
    from mamctl.adapters.tracker.readers.read import read_page
    from mamctl.adapters.tracker.readers.redacted import redact_html
    from mamctl.jobs.site.pages_import import import_pages

    folder = runtime.config.store.path.with_name("pages")

    def keep(source: str, html: str) -> Path:
        return keep_copy(folder, source, redact_html(html))

    return import_pages(run, sources, read_page, None if runtime.options.dry_run else keep)


def data_of(found: PagesImport) -> ImportData:
    """The report's part about pages."""
    return ImportData(found.pages, found.categories, found.events, found.prices, found.changes)

"""`mamctl rules sync` and `import`: learn the rules from the site's answers, and from pages that you saved."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.context import Requests
from mamctl.cli.format import day
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.site_pages import PagesOfToday, keep_copy, read_page, read_saved_page, redact_html
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.errors import MamctlError
from mamctl.jobs.run import Run
from mamctl.jobs.site.pages_import import PagesImport, import_pages
from mamctl.jobs.site.ports import PageSource
from mamctl.jobs.site.rules_sync import RulesSync, observe, site_notices, sync_rules
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_OUTCOMES = {
    "new": "saved, the first of its kind",
    "changed": "changed: mamctl rules diff shows how",
    "same": "as it was",
    "older": "older than what is saved; left unchanged",
    "failed": "not read",
}

_WOULD = _OUTCOMES | {
    "new": "would be saved, the first of its kind",
    "changed": "changed: would be saved",
    "older": "older than what is saved; would be left unchanged",
}


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A page that you saved."""

    path: Path
    origin: str = "file"

    @property
    def name(self) -> str:
        """The file's name as it was given."""
        return str(self.path)

    def load(self) -> str:
        """Its text."""
        return read_saved_page(self.path)


def render_import(screen: Screen, data: PagesImport) -> None:
    """A row a page, then categories, events and prices."""
    screen.table(
        ("page", "result", "saved", "file"),
        [(p.page, (_WOULD if screen.dry_run else _OUTCOMES)[p.outcome], day(p.shown_at), p.source) for p in data.pages],
        elastic=(3,),
        optional=(2,),
        wrapped=(1,),
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


@dataclass(frozen=True, slots=True)
class SyncData:
    """The outcome of a sync; `pages` is None where reading pages is not allowed, `rules` after an outage."""

    rules: RulesSync | None
    pages: PagesImport | None
    requests: Requests


def render_sync(screen: Screen, data: SyncData) -> None:
    """Counts and events."""
    rules = data.rules
    if rules:
        screen.line(
            f"{rules.categories} categories; freeleech in {rules.freeleech_categories} "
            f"({rules.freeleech_torrents} torrents); {len(rules.changes)} changed"
        )
        if rules.site_wide_freeleech:
            screen.line("The whole site is freeleech.", Tone.GOOD)
    if data.pages and data.pages.pages:
        render_import(screen, data.pages)
    screen.line(f"Requests: {data.requests.run} in this run, {data.requests.today} today", Tone.DIM)


@command(app, "sync", schema="mamctl.rules.sync/1", render=render_sync, dry_run=True)
def sync(runtime: Runtime) -> Result:
    """Fetch the rules of every category."""

    with runtime.run("rules") as run:
        pages, unread, outage = _read_pages(runtime, run) if runtime.config.rules.read_pages else (None, None, None)
        if outage:
            return run.finish(SyncData(None, pages, runtime.requests()), error=outage)
        summary, _ = sync_rules(run, observe(runtime.tracker, runtime.config.rules.max_pages))
        run.notices.extend(site_notices(run))
        data = SyncData(summary, pages, runtime.requests())
        return run.finish(data, status=Status.PARTIAL if unread else None)


def _read_pages(runtime: Runtime, run: Run) -> tuple[PagesImport, MamctlError | None, MamctlError | None]:
    """What the pages gave, the first that could not be read, and what makes any further request pointless."""
    today = PagesOfToday(runtime)
    today.require_session()
    found, error = take_pages(runtime, run, today)
    return found, error, today.outage


@command(app, "import", schema="mamctl.rules.import/1", render=render_import, dry_run=True)
def import_(
    runtime: Runtime,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pages saved as HTML.")],
) -> Result:
    """Read pages saved in a browser; makes no request."""
    with runtime.run("rules") as run:
        found, error = take_pages(runtime, run, [SavedFile(path) for path in dict.fromkeys(files)])
        run.notices.extend(site_notices(run))
        failure = error if found.failed == len(found.pages) else None
        return run.finish(found, status=Status.PARTIAL if error else None, error=failure)


def take_pages(runtime: Runtime, run: Run, sources: Iterable[PageSource]) -> tuple[PagesImport, MamctlError | None]:
    """Import pages with the newest readers; copies of what no reader knows are kept beside the store."""
    folder = runtime.config.store.path.with_name("pages")

    def keep(source: str, html: str) -> Path:
        return keep_copy(folder, source, redact_html(html))

    return import_pages(run, sources, read_page, None if runtime.options.dry_run else keep)

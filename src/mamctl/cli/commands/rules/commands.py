"""`mamctl rules`: what holds in every category, and what changed."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.rules import import_ as rules_import
from mamctl.cli.format import day, yes_no
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.requests import Requests, count_requests
from mamctl.domain.outcome import Result, Status
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.errors import MamctlError
    from mamctl.jobs.run import Run

app = typer.Typer()

_WIDTH = 100  # columns of a quoted rule


@dataclass(frozen=True, slots=True)
class SyncData:
    """The outcome of a sync; `pages` is None where reading pages is not allowed, `rules` after an outage."""

    rules: Any
    pages: Any
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
        rules_import.render_import(screen, data.pages)
    screen.line(f"Requests: {data.requests.run} in this run, {data.requests.today} today", Tone.DIM)


@command(app, "sync", schema="mamctl.rules.sync/1", render=render_sync, dry_run=True)
def sync(runtime: Runtime) -> Result:
    """Learn what holds in every category the site lists."""
    from mamctl.jobs.site.rules_sync import site_news, sync_rules

    with runtime.run("rules") as run:
        pages, unread, outage = _read_pages(runtime, run) if runtime.config.rules.read_pages else (None, None, None)
        if outage:
            return run.finish(SyncData(None, pages, count_requests(runtime)), error=outage)
        summary, _ = sync_rules(run, runtime.tracker, runtime.config.rules.max_pages)
        run.notices.extend(site_news(run))
        data = SyncData(summary, pages, count_requests(runtime))
        return run.finish(data, status=Status.PARTIAL if unread else None)


def _read_pages(runtime: Runtime, run: Run) -> tuple[rules_import.ImportData, MamctlError | None, MamctlError | None]:
    """What the pages told, the first that could not be read, and what makes any further request pointless."""
    from mamctl.cli.wiring.site_pages import PagesOfToday

    today = PagesOfToday(runtime)
    today.require_session()
    found, error = rules_import.take_pages(runtime, run, today)
    return rules_import.data_of(found), error, today.outage


@dataclass(frozen=True, slots=True)
class ListData:
    """Every category with what holds now."""

    categories: tuple[Any, ...]
    events: tuple[Any, ...]


def render_list(screen: Screen, data: ListData) -> None:
    """One row a category."""
    if not data.categories:
        screen.line("No rules yet: mamctl rules sync learns them.")
        return
    screen.table(
        ("id", "main", "category", "freeleech", "free", "bonus", "promotions", "updated"),
        [
            (
                c.id,
                c.main,
                c.name,
                yes_no(c.freeleech_active),
                c.freeleech_count,
                yes_no(c.bonus_event_active),
                ", ".join(c.promotions).replace("_", " "),
                day(c.updated_at),
            )
            for c in data.categories
        ],
        right=(0, 4),
    )


@command(app, "list", schema="mamctl.rules.list/1", render=render_list)
def list_(runtime: Runtime) -> Result:
    """What holds now in every category."""
    from mamctl.store.site.rules import list_events, list_rules

    now = runtime.now()
    active = tuple(event for event in list_events(runtime.store) if event.active(now))
    return Result(ListData(list_rules(runtime.store), active))


@dataclass(frozen=True, slots=True)
class ShowData:
    """One category with its history, newest first."""

    category: Any
    history: tuple[Any, ...]


def render_show(screen: Screen, data: ShowData) -> None:
    """The category, then what held before."""
    screen.heading(f"{data.category.main} · {data.category.name} ({data.category.id})")
    screen.table(
        ("from", "last seen", "freeleech", "free", "bonus", "promotions"),
        [
            (
                day(h.changed_at),
                day(h.updated_at),
                yes_no(h.freeleech_active),
                h.freeleech_count,
                yes_no(h.bonus_event_active),
                ", ".join(h.promotions).replace("_", " "),
            )
            for h in data.history
        ],
        right=(3,),
    )


@command(app, "show", schema="mamctl.rules.show/1", render=render_show)
def show(
    runtime: Runtime, category: Annotated[str, typer.Argument(metavar="CATEGORY", help="Its id or name.")]
) -> Result:
    """One category: what holds, and what held before."""
    from mamctl.store.site.rules import list_rules, rule_history

    records = list_rules(runtime.store)
    wanted = category.casefold().strip()
    found = [r for r in records if wanted in (str(r.id), r.name.casefold(), f"{r.main} {r.name}".casefold())]
    if len(found) != 1:
        raise _not_one(category, found, records)
    return Result(ShowData(found[0], rule_history(runtime.store, found[0].id)))


def _not_one(category: str, found: list[Any], records: tuple[Any, ...]) -> UsageError:
    if found:
        choices = ", ".join(f"{r.id} ({r.main})" for r in found)
        return UsageError(
            f"{category}: several categories have this name: {choices}", subject=category, remedy="name the id"
        )
    from difflib import get_close_matches

    near = get_close_matches(category, [r.name for r in records], 1)
    hint = (
        f"did you mean {near[0]}?" if near else "mamctl rules list names them" if records else "run: mamctl rules sync"
    )
    return UsageError(f"{category}: no such category", subject=category, remedy=hint)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in one category, and in words."""

    category_id: int
    category: str
    before: Any
    after: Any
    words: str


@dataclass(frozen=True, slots=True)
class DiffData:
    """What the last sync that found a change changed, and how saved rule pages changed."""

    changes: tuple[Change, ...]
    texts: tuple[Any, ...]


def render_diff(screen: Screen, data: DiffData) -> None:
    """A line a change; texts as removed and added lines."""
    if not data.changes and not data.texts:
        screen.line("Nothing has changed.")
    for change in data.changes:
        screen.line(f"{change.category}: {change.words}")
    for text in data.texts:
        screen.heading(f"{text.page} page, {text.before_at:%Y-%m-%d} → {text.after_at:%Y-%m-%d}")
        for section in text.sections:
            render_section(screen, section)


def render_section(screen: Screen, section: Any) -> None:
    """A section's heading with the lines that went and came under it, wrapped so that none is cut off."""
    screen.line(f"  § {section.title or 'before the first heading'}")
    for mark, tone, lines in (("−", Tone.BAD, section.removed), ("+", Tone.GOOD, section.added)):
        for line in lines:
            for number, piece in enumerate(textwrap.wrap(line, _WIDTH)):
                screen.line(f"    {mark if number == 0 else ' '} {piece}", tone)


@command(app, "diff", schema="mamctl.rules.diff/1", render=render_diff)
def diff(runtime: Runtime) -> Result:
    """What changed since the last sync."""
    from mamctl.domain.site.rules import describe_change
    from mamctl.store.site.rule_texts import text_changes
    from mamctl.store.site.rules import category_name, last_changes

    changes = tuple(
        Change(c.category_id, category_name(runtime.store, c.category_id), c.before, c.after, describe_change(c))
        for c in last_changes(runtime.store)
    )
    return Result(DiffData(changes, text_changes(runtime.store)))

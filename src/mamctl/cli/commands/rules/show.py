"""`mamctl rules list`, `show` and `diff`: what holds in every category, and what changed; from the store alone."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated

import typer

from mamctl.cli.command import command, view
from mamctl.cli.format import day, when, yes_no
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.site.page_changes import under_events
from mamctl.domain.site.rule_texts import SectionChange
from mamctl.domain.site.rules import CategoryRule, SiteEvent, describe_change
from mamctl.domain.text.quantities import count_of
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone
from mamctl.store.site.rule_texts import TextChange, text_changes
from mamctl.store.site.rules import (
    CategoryRecord,
    PastRule,
    category_name,
    last_changes,
    list_events,
    list_rules,
    rule_history,
)

app = typer.Typer()

_MANY = 6  # categories with the same change: more would hide what else there is
_WIDTH = 100  # columns of a quoted rule


@dataclass(frozen=True, slots=True)
class ListData:
    """Every category with what holds now."""

    categories: tuple[CategoryRecord, ...]
    events: tuple[SiteEvent, ...]


def render_list(screen: Screen, data: ListData) -> None:
    """One row a category."""
    if not data.categories:
        screen.line("No rules yet: mamctl rules sync fetches them.")
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
                when(c.updated_at, exact=screen.verbose),
            )
            for c in data.categories
        ],
        right=(0, 4),
        optional=(6, 1, 5),
    )
    free = [one for one in data.categories if one.freeleech_active]
    torrents = count_of(sum(one.freeleech_count for one in free), "torrent")
    categories = count_of(len(data.categories), "category", "categories")
    screen.line(f"{categories}; freeleech in {len(free)} ({torrents})", Tone.DIM)


@command(app, "list", schema="mamctl.rules.list/1", render=render_list)
def list_(runtime: Runtime) -> Result:
    """Show the rules of every category."""
    now = runtime.now()
    active = tuple(event for event in list_events(runtime.store) if event.active(now))
    return Result(ListData(_categories(runtime), active))


def _categories(runtime: Runtime) -> tuple[CategoryRecord, ...]:
    """Every category as the last sync found it, under the events that began or ended since."""
    events, now = list_events(runtime.store), runtime.now()
    return tuple(under_events(record, events, now) for record in list_rules(runtime.store))


@dataclass(frozen=True, slots=True)
class ShowData:
    """One category with its history, newest first."""

    category: CategoryRecord
    history: tuple[PastRule, ...]


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
        optional=(1, 4),
    )


@command(app, "show", schema="mamctl.rules.show/1", render=render_show)
def show(
    runtime: Runtime, category: Annotated[str, typer.Argument(metavar="CATEGORY", help="Its id or name.")]
) -> Result:
    """Show one category, now and before."""
    records = _categories(runtime)
    wanted = category.casefold().strip()
    found = [r for r in records if wanted in (str(r.id), r.name.casefold(), f"{r.main} {r.name}".casefold())]
    if len(found) != 1:
        raise _not_one(category, found, records)
    return Result(ShowData(found[0], rule_history(runtime.store, found[0].id)))


def _not_one(category: str, found: Sequence[CategoryRecord], records: Sequence[CategoryRecord]) -> UsageError:
    if found:
        choices = ", ".join(f"{r.id} ({r.main})" for r in found)
        return UsageError(
            f"{category}: several categories have this name: {choices}", subject=category, remedy="name the id"
        )
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
    before: CategoryRule | None
    after: CategoryRule
    words: str


@dataclass(frozen=True, slots=True)
class DiffData:
    """What the last sync that found a change changed, and how saved rule pages changed."""

    changes: tuple[Change, ...]
    texts: tuple[TextChange, ...]


def render_diff(screen: Screen, data: DiffData) -> None:
    """A line a change; texts as removed and added lines."""
    if not data.changes and not data.texts:
        screen.line("Nothing has changed.")
    for line in _change_lines(data.changes):
        screen.line(line)
    for text in data.texts:
        screen.heading(f"{text.page} page, {text.before_at:%Y-%m-%d} → {text.after_at:%Y-%m-%d}")
        for section in text.sections:
            render_section(screen, section)


def _change_lines(changes: Sequence[Change]) -> list[str]:
    """A line a category; what is the same in many of them, as an event of the whole site is, is said once."""
    counts = Counter(part for change in changes for part in change.words.split("; "))
    common = {part for part, count in counts.items() if count >= _MANY}
    once = [f"{count} categories: {part}" for part, count in counts.items() if part in common]
    own = ((change.category, [one for one in change.words.split("; ") if one not in common]) for change in changes)
    return [*once, *(f"{category}: {'; '.join(parts)}" for category, parts in own if parts)]


def render_section(screen: Screen, section: SectionChange) -> None:
    """A section's heading with the lines that went and came under it, wrapped so that none is cut off."""
    screen.line(f"  § {section.title or 'before the first heading'}")
    for mark, tone, lines in (("−", Tone.BAD, section.removed), ("+", Tone.GOOD, section.added)):
        for line in lines:
            for number, piece in enumerate(textwrap.wrap(line, _WIDTH)):
                screen.line(f"    {mark if number == 0 else ' '} {piece}", tone)


@command(app, "diff", schema="mamctl.rules.diff/1", render=render_diff)
def diff(runtime: Runtime) -> Result:
    """Show what changed since the last sync."""
    changes = tuple(
        view(Change, change, category=category_name(runtime.store, change.category_id), words=describe_change(change))
        for change in last_changes(runtime.store)
    )
    return Result(DiffData(changes, text_changes(runtime.store)))

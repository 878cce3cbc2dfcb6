"""Learn what holds in every category, with few requests: the picks of all categories come in one search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.site.categories import CATEGORY_BY_ID, KNOWN_CATEGORIES, MAIN_CATEGORIES
from mamctl.domain.site.rules import EventKind, RuleChange, derive_rules, is_site_wide_freeleech, last_end
from mamctl.domain.site.search import SearchQuery, SearchType, TorrentRow
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.store.site.rules import (
    add_event,
    end_event,
    known_category_ids,
    list_events,
    save_categories,
    save_rules,
)

_PAGE = 1000  # the most rows that the documented search gives at once
_EVENTS = {
    EventKind.FREELEECH: ("site_freeleech", "the whole site is free"),
    EventKind.BONUS: ("site_bonus", "the site has a bonus event"),
}
_NEWEST = SearchQuery(search_type=SearchType.ALL, sort="dateDesc", per_page=100)


@dataclass(frozen=True, slots=True)
class Observed:
    """What the searches showed. `picks` are all rows listed as freeleech, `found` how many the site says there are."""

    picks: tuple[TorrentRow, ...]
    found: int
    newest: tuple[TorrentRow, ...]

    @property
    def rows(self) -> tuple[TorrentRow, ...]:
        """Every row seen, each torrent once."""
        return tuple({row.id: row for row in (*self.picks, *self.newest)}.values())


@dataclass(frozen=True, slots=True)
class RulesSync:
    """The outcome of a sync, with the rows it saw for the pending list to use."""

    categories: int
    freeleech_categories: int
    freeleech_torrents: int
    site_wide_freeleech: bool
    bonus_event: bool
    new_categories: tuple[int, ...]
    changes: tuple[RuleChange, ...]


def sync_rules(run: Run, observed: Observed) -> tuple[RulesSync, Observed]:
    """Decide by what was observed, and record it."""
    new = _record_categories(run, observed.rows)
    _record_site_event(run, observed.newest)
    now = run.clock()
    events = list_events(run.db)
    personal = (row for row in observed.newest if row.personal_freeleech and not row.free)
    rules = derive_rules(known_category_ids(run.db), (*observed.picks, *personal), events, now)
    changes = save_rules(run.db, run.id, rules, now)
    changes = tuple(change for change in changes if change.before or change.category_id not in CATEGORY_BY_ID)
    if observed.found > len(observed.picks):
        run.add_problem(_truncated(observed))
    under_way = {event.kind for event in events if event.active(now)}
    summary = RulesSync(
        categories=len(rules),
        freeleech_categories=sum(rule.freeleech_active for rule in rules),
        freeleech_torrents=sum(rule.freeleech_count for rule in rules),
        site_wide_freeleech=EventKind.FREELEECH in under_way,
        bonus_event=EventKind.BONUS in under_way,
        new_categories=new,
        changes=changes,
    )
    return summary, observed


def site_notices(run: Run) -> Iterator[Notice]:
    """Every kind of event of the whole site as a notice, which holds while one is under way."""
    now = run.clock()
    events = [event for event in list_events(run.db) if event.active(now)]
    for kind, (code, words) in _EVENTS.items():
        of_kind = [event for event in events if event.kind is kind]
        yield Notice(code, words + until(last_end(of_kind)), "site", standing=True, holds=bool(of_kind))


def until(at: datetime | None) -> str:
    """An end in words that go on after a sentence; "" for none."""
    return f", until {at:%Y-%m-%d %H:%M} UTC" if at else ""


def observe(tracker: Tracker, max_pages: int) -> Observed:
    """All freeleech rows in at most `max_pages` searches, and the newest uploads in one. Raises what the tracker
    raises.
    """
    rows: list[TorrentRow] = []
    found, start = 0, 0
    for _ in range(max_pages):
        page = tracker.search(
            SearchQuery(search_type=SearchType.FREELEECH, sort="dateDesc", per_page=_PAGE, start=start)
        )
        rows.extend(page.rows)
        found = page.found
        if page.next_start is None:
            break
        start = page.next_start
    newest = tracker.search(_NEWEST)
    return Observed(tuple({row.id: row for row in rows}.values()), found, newest.rows)


def _record_categories(run: Run, rows: Iterable[TorrentRow]) -> tuple[int, ...]:
    """The known list, and every category seen in the rows; new ones are reported once, when they are first seen."""
    found = {c.id: (c.id, c.name, c.main_name, True) for c in KNOWN_CATEGORIES}
    for row in rows:
        if row.category_id is not None and row.category_id not in found:
            main = MAIN_CATEGORIES.get(row.main_category_id or 0, "Unknown")
            name = row.category_name.split(" - ", 1)[-1].strip() or f"category {row.category_id}"
            found[row.category_id] = (row.category_id, name, main, False)
    added = set(save_categories(run.db, found.values(), run.clock(), listed=False))
    new = tuple(sorted(number for number in added if not found[number][3]))
    for number in new:
        run.add_problem(category_new(number, f"{found[number][2]} · {found[number][1]}"))
    return new


def category_new(number: int, name: str) -> Problem:
    """The site has a category that is not in the known list."""
    return Problem(
        "category_new",
        f"the site has a category that mamctl did not know: {name}",
        f"category {number}",
        "no action needed; it is recorded with the others from now on",
    )


def _record_site_event(run: Run, newest: tuple[TorrentRow, ...]) -> None:
    """A freeleech of the whole site begins and ends as the newest uploads show it."""
    free = is_site_wide_freeleech(newest)
    now = run.clock()
    seen = [e for e in list_events(run.db) if e.kind is EventKind.FREELEECH and e.source == "site" and e.active(now)]
    if free and not seen:
        add_event(run.db, EventKind.FREELEECH, "site", now, None, "nearly all of the newest uploads are free", now)
    elif free is False:
        for event in seen:
            end_event(run.db, event.id, now)


def _truncated(observed: Observed) -> Problem:
    return Problem(
        "picks_truncated",
        f"{len(observed.picks)} of {observed.found} freeleech torrents were read; the counts are too low",
        "rules sync",
        "raise rules.max_pages",
    )

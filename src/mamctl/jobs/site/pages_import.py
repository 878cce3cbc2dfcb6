"""Take in pages of the site: their texts, the list of categories, the events announced, the store's prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.site.categories import CATEGORY_BY_ID, KNOWN_CATEGORIES, MAIN_CATEGORIES
from mamctl.domain.site.page_changes import (
    CategoryChanges,
    EventChange,
    EventStep,
    compare_categories,
    judge_events,
    under_events,
)
from mamctl.domain.site.pages import ListedCategory, PageKind, Price, SitePage
from mamctl.domain.site.rules import CategoryRule, RuleChange
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError, ShapeChangedError
from mamctl.jobs.run import Run
from mamctl.jobs.site.ports import KeepCopy, PageSource, ReadPage
from mamctl.jobs.site.rules_sync import category_new
from mamctl.store.site.rule_texts import last_seen, save_text
from mamctl.store.site.rules import (
    add_event,
    category_name,
    date_event,
    end_event,
    known_category_ids,
    list_events,
    mark_gone,
    rules_in_force,
    save_categories,
    save_rules,
)


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of one page: new, changed, same, older (than what is kept, which stays) or failed."""

    source: str
    page: str | None
    outcome: str
    shown_at: datetime | None
    reader: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class PagesImport:
    """The content of the pages; `categories` is None when the search form was not among them."""

    pages: tuple[PageOutcome, ...]
    categories: CategoryChanges | None
    events: tuple[EventChange, ...]
    prices: tuple[Price, ...]
    changes: tuple[RuleChange, ...]

    @property
    def failed(self) -> int:
        """How many pages could not be read."""
        return sum(page.outcome == "failed" for page in self.pages)


@dataclass(frozen=True, slots=True)
class _Dated:
    source: PageSource
    at: datetime
    page: SitePage


def import_pages(
    run: Run, sources: Iterable[PageSource], read: ReadPage, keep_copy: KeepCopy | None
) -> tuple[PagesImport, MamctlError | None]:
    """Read every page, keep its content, and list what is new; the first error, if any page could not be read.

    A page that cannot be read is a separate problem, and the others are kept. `keep_copy` None keeps no copies.
    """
    now = run.clock()
    outcomes: list[PageOutcome] = []
    errors: list[MamctlError] = []
    dated: list[_Dated] = []
    for source in sources:
        try:
            page = _read(source, read, keep_copy)
        except MamctlError as error:
            errors.append(error)
            run.add_problem(Problem.of(error))
            outcomes.append(PageOutcome(source.name, None, "failed", None, None, None))
        else:
            dated.append(_Dated(source, min(page.shown_at or now, now), page))
    fresh = []
    for item in sorted(dated, key=lambda item: item.at):
        kept = _keep_text(run, item)
        outcomes.append(_outcome(item, kept))
        if kept != "older":
            fresh.append(item)
    result = PagesImport(
        pages=tuple(outcomes),
        categories=_take_categories(run, fresh),
        events=tuple(_take_events(run, fresh)),
        prices=next((item.page.prices for item in reversed(fresh) if item.page.prices), ()),
        changes=(),
    )
    return replace(result, changes=_apply(run)), errors[0] if errors else None


def _read(source: PageSource, read: ReadPage, keep_copy: KeepCopy | None) -> SitePage:
    html = source.load()
    try:
        return read(html, source.name)
    except ShapeChangedError as error:
        if keep_copy is not None and "<" in html:
            error.remedy = f"{error.remedy}; {_copied(lambda: str(keep_copy(source.name, html)))}"
        raise


def _copied(keep: Callable[[], str]) -> str:
    try:
        return f"a redacted copy for a report is kept at {keep()}"
    except OSError as error:
        return f"no copy could be kept: {error.strerror}"


def _keep_text(run: Run, item: _Dated) -> str:
    before = last_seen(run.db, item.page.kind.value)
    if before is not None and item.at.replace(microsecond=0) < before:
        return "older"
    page = item.page
    changed = save_text(run.db, page.kind.value, page.text, item.source.origin, page.reader, item.at)
    return "new" if before is None else "changed" if changed else "same"


def _outcome(item: _Dated, kept: str) -> PageOutcome:
    page = item.page
    return PageOutcome(item.source.name, page.kind.value, kept, page.shown_at, page.reader, page.sha256)


def _take_categories(run: Run, fresh: list[_Dated]) -> CategoryChanges | None:
    """The newest list is the site's; what it has not is gone, unless it is far too short to be whole."""
    item = next((item for item in reversed(fresh) if item.page.kind is PageKind.BROWSE), None)
    if item is None:
        return None
    now = run.clock()
    save_categories(run.db, ((c.id, c.name, c.main_name, True) for c in KNOWN_CATEGORIES), now, listed=False)
    news = compare_categories(item.page.categories, known_category_ids(run.db))
    save_categories(run.db, map(_row, item.page.categories), now, listed=True)
    for number in news.new:
        run.add_problem(category_new(number, category_name(run.db, number)))
    for number in news.missing:
        run.add_problem(_gone(number, category_name(run.db, number)))
    mark_gone(run.db, news.missing, now)
    if not news.whole:
        run.add_problem(_cut_off(item.source.name, news.listed))
    return news


def _row(category: ListedCategory) -> tuple[int, str, str, bool]:
    main = MAIN_CATEGORIES.get(category.main_id or 0, category.main_name)
    return category.id, category.name, main, category.id in CATEGORY_BY_ID


def _gone(number: int, name: str) -> Problem:
    return Problem(
        "category_gone",
        f"the site no longer lists the category {name}",
        f"category {number}",
        "no action needed; its history stays, and it returns when the site lists it again",
    )


def _cut_off(source: str, listed: int) -> Problem:
    return Problem(
        "categories_cut_off",
        f"{source} lists only {count_of(listed, 'category', 'categories')}; the others are not counted as gone",
        source,
        "save the search page again, whole and with every category shown",
    )


def _take_events(run: Run, fresh: list[_Dated]) -> Iterator[EventChange]:
    now = run.clock()
    pages = [(item.at, item.page) for item in fresh]
    for news in list(judge_events(pages, list_events(run.db), now)):
        if news.event_id is None:
            add_event(run.db, news.kind, "page", news.at, news.until, news.note, now)
        elif news.step is EventStep.DATED and news.until is not None:
            date_event(run.db, news.event_id, news.until)
        else:
            end_event(run.db, news.event_id, news.at)
        yield news


def _apply(run: Run) -> tuple[RuleChange, ...]:
    """What the events make of each category's rule from now on; a new category gets its first.

    Before the first sync nothing is known of the torrents, and so no rule is made.
    """
    now = run.clock()
    events = list_events(run.db)
    before = rules_in_force(run.db)
    if not before:
        return ()
    bare = (before.get(n) or CategoryRule(n, False, 0, False, ()) for n in known_category_ids(run.db))
    after = [under_events(rule, events, now) for rule in bare]
    changed = [rule for rule in after if before.get(rule.category_id) != rule]
    changes = save_rules(run.db, run.id, changed, now) if changed else ()
    return tuple(change for change in changes if change.before or change.category_id not in CATEGORY_BY_ID)

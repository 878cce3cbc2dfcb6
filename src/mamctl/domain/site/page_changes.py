"""Changes that pages show: categories that came or went, events that began, got an end, or are over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar

from mamctl.dataclass import dataclass
from mamctl.domain.site.pages import ListedCategory, NoticeKind, PageKind, SitePage
from mamctl.domain.site.rules import EventKind, SiteEvent

# Any page may announce an event, but only one's silence says that it is over: the page that the event is about.
_ABOUT = {
    EventKind.FREELEECH: (NoticeKind.FREELEECH, PageKind.FREELEECH),
    EventKind.BONUS: (NoticeKind.BONUS, PageKind.STORE),
}


@dataclass(frozen=True, slots=True)
class CategoryChanges:
    """The site's list against those in use: ids that are new and ids that are gone.

    `whole` is False for a list so short that it was cut off: then nothing counts as gone.
    """

    listed: int
    new: tuple[int, ...]
    missing: tuple[int, ...]
    whole: bool


def compare_categories(listed: Iterable[ListedCategory], in_use: Collection[int]) -> CategoryChanges:
    """Compare the site's list with the categories in use."""
    ids = {category.id for category in listed}
    whole = 2 * len(ids & set(in_use)) >= len(in_use)
    missing = set(in_use) - ids if whole else set()
    return CategoryChanges(len(ids), tuple(sorted(ids - set(in_use))), tuple(sorted(missing)), whole)


class EventStep(StrEnum):
    """What becomes of an event."""

    BEGAN = "began"
    DATED = "dated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class EventChange:
    """One step of an event; `event_id` None is a new one. `at` is when the page was made."""

    kind: EventKind
    step: EventStep
    at: datetime
    until: datetime | None
    note: str | None
    event_id: int | None = None


def judge_events(
    pages: Iterable[tuple[datetime, SitePage]], events: Iterable[SiteEvent], now: datetime
) -> Iterator[EventChange]:
    """The changes that pages, each with its time, show in the events that are known from pages."""
    pages = tuple(pages)
    known = {event.kind: event for event in events if event.source == "page" and event.active(now)}
    for kind, (word, telling) in _ABOUT.items():
        shown = [(at, notice) for at, page in pages for notice in page.notices if notice.kind is word]
        silent = [at for at, page in pages if page.kind is telling and not _announces(page, word)]
        event = known.get(kind)
        at, notice = max(shown, key=lambda found: (found[0], found[1].until is not None), default=(None, None))
        if at is not None and notice is not None and at >= max(silent, default=at):
            if event is None and (notice.until is None or notice.until > now):
                yield EventChange(kind, EventStep.BEGAN, at, notice.until, notice.text)
            elif event is not None and notice.until is not None and notice.until != event.ends_at:
                yield EventChange(kind, EventStep.DATED, at, notice.until, notice.text, event.id)
        elif event is not None and silent and max(silent) > event.starts_at:
            yield EventChange(kind, EventStep.ENDED, max(silent), event.ends_at, event.note, event.id)


def _announces(page: SitePage, kind: NoticeKind) -> bool:
    return any(notice.kind is kind for notice in page.notices)


class Promoted(Protocol):
    """What a category has of promotions, as a rule or as a record of the store."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def promotions(self) -> tuple[str, ...]:
        """Their names."""
        ...


R = TypeVar("R", bound=Promoted)


def under_events(rule: R, events: Iterable[SiteEvent], now: datetime) -> R:
    """The rule with what the events of the whole site make of it; its own free torrents stay as they are."""
    under_way = {event.kind for event in events if event.active(now)}
    own = [name for name in rule.promotions if name in ("freeleech_picks", "personal_freeleech")]
    free, bonus = EventKind.FREELEECH in under_way, EventKind.BONUS in under_way
    promotions = (*(("site_wide_freeleech",) if free else ()), *own, *(("bonus_event",) if bonus else ()))
    return replace(rule, freeleech_active=free or bool(own), bonus_event_active=bonus, promotions=promotions)

"""The rules of the categories: what holds in each, derived from what the site's documented data shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from mamctl.domain.site.search import TorrentRow

# Of the newest uploads almost none are picks; when nearly all are free, the whole site is.
_SITE_WIDE_SHARE = 0.95
_SITE_WIDE_SAMPLE = 20


class EventKind(StrEnum):
    """A site-wide event."""

    FREELEECH = "freeleech"
    BONUS = "bonus"


@dataclass(frozen=True, slots=True)
class SiteEvent:
    """An event of the whole site. `source` is person, site (seen in the data) or page; no end means until ended."""

    id: int
    kind: EventKind
    source: str
    starts_at: datetime
    ends_at: datetime | None
    note: str | None

    def active(self, now: datetime) -> bool:
        """Whether it is under way."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def last_end(events: Iterable[SiteEvent]) -> datetime | None:
    """When the last of these events ends; None when one has no known end, or there are none."""
    ends = [event.ends_at for event in events]
    return None if None in ends else max((end for end in ends if end is not None), default=None)


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """What holds in one category; `freeleech_count` counts its free torrents, `promotions` are stable words."""

    category_id: int
    freeleech_active: bool
    freeleech_count: int
    bonus_event_active: bool
    promotions: tuple[str, ...]


def derive_rules(
    categories: Iterable[int], picks: Iterable[TorrentRow], events: Iterable[SiteEvent], now: datetime
) -> tuple[CategoryRule, ...]:
    """One rule for every category; `picks` are the rows that the site lists as freeleech."""
    rows = tuple(picks)
    free = Counter(row.category_id for row in rows if row.free)
    personal = Counter(row.category_id for row in rows if row.personal_freeleech)
    under_way = {event.kind for event in events if event.active(now)}
    return tuple(_rule(category, free[category], personal[category], under_way) for category in sorted(set(categories)))


def _rule(category: int, free: int, personal: int, under_way: set[EventKind]) -> CategoryRule:
    site_wide = EventKind.FREELEECH in under_way
    promotions = {
        "site_wide_freeleech": site_wide,
        "freeleech_picks": bool(free),
        "personal_freeleech": bool(personal),
        "bonus_event": EventKind.BONUS in under_way,
    }
    return CategoryRule(
        category_id=category,
        freeleech_active=site_wide or bool(free) or bool(personal),
        freeleech_count=free + personal,
        bonus_event_active=EventKind.BONUS in under_way,
        promotions=tuple(name for name, holds in promotions.items() if holds),
    )


def is_site_wide_freeleech(newest: Iterable[TorrentRow]) -> bool | None:
    """Whether the newest uploads show a freeleech of the whole site; None when there are too few."""
    rows = tuple(newest)
    if len(rows) < _SITE_WIDE_SAMPLE:
        return None
    return sum(row.free for row in rows) >= _SITE_WIDE_SHARE * len(rows)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What changed in one category from one sync to the next; `before` None is a new category."""

    category_id: int
    before: CategoryRule | None
    after: CategoryRule


def diff_rules(before: Mapping[int, CategoryRule], after: Iterable[CategoryRule]) -> tuple[RuleChange, ...]:
    """The rules that are not what they were."""
    return tuple(
        RuleChange(rule.category_id, before.get(rule.category_id), rule)
        for rule in after
        if before.get(rule.category_id) != rule
    )


def describe_change(change: RuleChange) -> str:
    """A change in plain words."""
    after = change.after
    if change.before is None:
        return f"new; {_free_words(after)}"
    before = change.before
    words = []
    if before.freeleech_active != after.freeleech_active:
        words.append("freeleech began" if after.freeleech_active else "freeleech ended")
    if before.freeleech_count != after.freeleech_count:
        words.append(f"{before.freeleech_count} → {after.freeleech_count} free torrents")
    if before.bonus_event_active != after.bonus_event_active:
        words.append("bonus event began" if after.bonus_event_active else "bonus event ended")
    promotions = set(after.promotions) ^ set(before.promotions)
    return "; ".join(words) or "promotions: " + ", ".join(sorted(promotions)).replace("_", " ")


def _free_words(rule: CategoryRule) -> str:
    return f"{rule.freeleech_count} free torrents" if rule.freeleech_active else "nothing free"

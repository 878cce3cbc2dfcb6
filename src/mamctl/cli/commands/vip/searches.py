"""When each wanted title was last searched for on the site, and when it is next: what `vip` commands show of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.account.search_schedule import SearchPolicy, plan_searches
from mamctl.store.account.pending import PendingItem


@dataclass(frozen=True, slots=True)
class TitleSearch:
    """A wanted title with its last search, and the day of the next (YYYY-MM-DD).

    `searched_at` is null for one that was not searched for yet, `next_search_on` where none will be: it was downloaded,
    no word of it can be searched for, or `rules.pending_searches` is 0. What the freeleech list shows is not searched
    for.
    """

    id: int
    title: str
    author: str
    searched_at: datetime | None
    next_search_on: str | None

    @property
    def last_day(self) -> str:
        """YYYY-MM-DD, or "never"."""
        return "never" if self.searched_at is None else f"{self.searched_at:%Y-%m-%d}"

    @property
    def next_day(self) -> str:
        """YYYY-MM-DD, or a dash."""
        return self.next_search_on or "–"

    @property
    def text(self) -> str:
        """Both in a few words."""
        last = "not searched for yet" if self.searched_at is None else f"last searched {self.last_day}"
        return f"{last}, next {self.next_search_on}" if self.next_search_on else last


def title_searches(items: Sequence[PendingItem], policy: SearchPolicy, now: datetime) -> tuple[TitleSearch, ...]:
    """The titles in the same order."""
    wanted = [item for item in items if item.is_searched]
    planned = zip(wanted, plan_searches(wanted, policy, now), strict=True)
    days = {item.id: day.isoformat() for item, day in planned if day is not None}
    return tuple(TitleSearch(one.id, one.title, one.author, one.searched_at, days.get(one.id)) for one in items)

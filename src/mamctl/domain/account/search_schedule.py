"""When a wanted title is searched for on the site: a few a day, the longest unsearched first, each once in some days.

Days are those of UTC, so that a daily task that starts some seconds earlier than the day before misses none. A search
dated later than today is one of a clock that was wrong: it keeps nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol, TypeVar

from mamctl.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class SearchPolicy:
    """At most `a_day` searches on one day, and `every_days` days between two for the same title."""

    a_day: int = 3
    every_days: int = 7


class Searched(Protocol):
    """A title with the time of its last search; None for never."""

    @property
    def searched_at(self) -> datetime | None:
        """When it was searched for last."""


T = TypeVar("T", bound=Searched)


def due_titles(titles: Iterable[T], policy: SearchPolicy, now: datetime) -> list[T]:
    """The titles that may be searched for today, the longest unsearched first, however many that are."""
    today = _day(now)
    due = [one for one in titles if _due_on(one.searched_at, policy, today) <= today]
    return sorted(due, key=lambda one: _last(one.searched_at, today) or date.min)


def searches_left(titles: Iterable[Searched], policy: SearchPolicy, now: datetime) -> int:
    """How many searches may still be made today; `titles` are all that were ever wanted."""
    today = _day(now)
    made = sum(one.searched_at is not None and _day(one.searched_at) == today for one in titles)
    return max(0, policy.a_day - made)


def plan_searches(titles: Sequence[T], policy: SearchPolicy, now: datetime) -> list[date | None]:
    """For each title the day of its next search as things stand; None where none is made (`a_day` is 0)."""
    if policy.a_day == 0:
        return [None] * len(titles)
    today = _day(now)
    taken: dict[date, int] = {today: policy.a_day - searches_left(titles, policy, now)}
    planned: dict[int, date] = {}
    order = sorted(range(len(titles)), key=lambda at: _due_on(titles[at].searched_at, policy, today))
    day = today  # the days before it are full, as far as titles may still have them
    for at in order:
        day = max(day, _due_on(titles[at].searched_at, policy, today))
        while taken.get(day, 0) >= policy.a_day:
            day += timedelta(days=1)
        taken[day] = taken.get(day, 0) + 1
        planned[at] = day
    return [planned[at] for at in range(len(titles))]


def _due_on(searched_at: datetime | None, policy: SearchPolicy, today: date) -> date:
    last = _last(searched_at, today)
    return date.min if last is None else last + timedelta(days=policy.every_days)


def _last(searched_at: datetime | None, today: date) -> date | None:
    """The day of the last search; None for never, and for a day that has not come."""
    return None if searched_at is None or _day(searched_at) > today else _day(searched_at)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()

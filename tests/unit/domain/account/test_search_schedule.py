"""Wanted titles are searched for a few a day, the longest unsearched first, each once in some days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.search_schedule import SearchPolicy, due_titles, plan_searches, searches_left

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Title:
    id: int
    searched_at: datetime | None = None


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def search_day(titles: list[Title], policy: SearchPolicy, now: datetime) -> list[int]:
    """What a daily task searches for; the titles are stamped."""
    chosen = [one.id for one in due_titles(titles, policy, now)[: searches_left(titles, policy, now)]]
    titles[:] = [replace(one, searched_at=now) if one.id in chosen else one for one in titles]
    return chosen


@pytest.mark.spec("VIP-10")
@given(
    count=st.integers(0, 40), a_day=st.integers(0, 6), every=st.integers(1, 7),
    late=st.lists(st.integers(-300, 300), min_size=21, max_size=21),
)  # fmt: skip
def test_never_more_a_day_and_never_sooner_however_the_hour_wanders(count, a_day, every, late) -> None:
    titles, policy = [Title(n) for n in range(count)], SearchPolicy(a_day, every)
    days: dict[int, list[date]] = defaultdict(list)
    for day, seconds in enumerate(late):
        now = NOW + timedelta(days=day, seconds=seconds)
        chosen = search_day(titles, policy, now)
        assert len(chosen) <= a_day
        assert search_day(titles, policy, now)[: a_day - len(chosen)] == []  # a second run on that day adds none
        for number in chosen:
            days[number].append(now.date())
    for found in days.values():
        assert all((later - sooner).days >= every for sooner, later in pairwise(found))
    if a_day and count <= a_day * every:
        assert all(len(days[number]) == len(range(number // a_day, 21, every)) for number in range(count))


@pytest.mark.spec("VIP-10")
def test_the_longest_unsearched_comes_first() -> None:
    titles = [Title(1, ago(days=8)), Title(2), Title(3, ago(days=30)), Title(4, ago(days=6)), Title(5)]
    assert [one.id for one in due_titles(titles, SearchPolicy(), NOW)] == [2, 5, 3, 1]


@pytest.mark.spec("VIP-10")
def test_a_clock_that_was_wrong_keeps_nothing_back() -> None:
    titles = [Title(n, NOW + timedelta(days=900)) for n in range(5)]
    assert [search_day(titles, SearchPolicy(), NOW + timedelta(days=n)) for n in range(3)] == [[0, 1, 2], [3, 4], []]


def test_what_was_searched_today_counts_though_it_is_no_longer_wanted() -> None:
    assert searches_left([Title(1, NOW), Title(2, ago(days=1))], SearchPolicy(a_day=3), NOW) == 2
    assert searches_left([Title(n, NOW) for n in range(5)], SearchPolicy(a_day=3), NOW) == 0


def test_the_next_day_is_the_day_on_which_it_is_searched() -> None:
    titles = [Title(n, ago(days=n)) for n in range(5)] + [Title(n) for n in range(5, 12)]
    policy = SearchPolicy(a_day=2, every_days=4)
    planned = plan_searches(titles, policy, NOW)
    for day in range(1, 9):  # one was searched today, and one more may be
        if day == 1:
            first = search_day(titles, policy, NOW)
            assert [planned[number] for number in first] == [NOW.date()]
        now = NOW + timedelta(days=day)
        for number in search_day(titles, policy, now):
            if planned[number] not in (None, NOW.date()):
                assert planned[number] == now.date(), number
                planned[number] = None
    assert plan_searches(titles, SearchPolicy(a_day=0), NOW) == [None] * 12

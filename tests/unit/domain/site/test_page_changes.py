"""What pages say that is new: categories and events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.site.page_changes import EventStep, compare_categories, judge_events, under_events
from mamctl.domain.site.pages import ListedCategory, Notice, NoticeKind, PageKind, SitePage
from mamctl.domain.site.rules import CategoryRule, EventKind, SiteEvent

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def page(kind: PageKind, *notices: Notice) -> SitePage:
    return SitePage(kind, "reader/1", "title", "text", "0" * 64, notices=notices)


def free(until: datetime | None = None) -> Notice:
    return Notice(NoticeKind.FREELEECH, "Site-wide freeleech", until)


def event(starts_at: datetime = NOW - 5 * HOUR, ends_at: datetime | None = None, source: str = "page") -> SiteEvent:
    return SiteEvent(7, EventKind.FREELEECH, source, starts_at, ends_at, "note")


def steps(pages, events=()):
    return [(news.kind, news.step, news.until) for news in judge_events(pages, events, NOW)]


@pytest.mark.spec("CAT-1")
def test_an_announced_event_begins_is_dated_and_ends() -> None:
    until = NOW + 48 * HOUR
    announced = [(NOW - HOUR, page(PageKind.RULES, free())), (NOW, page(PageKind.FREELEECH, free(until)))]
    assert steps(announced) == [(EventKind.FREELEECH, EventStep.BEGAN, until)]
    assert steps(announced, [event()]) == [(EventKind.FREELEECH, EventStep.DATED, until)]
    assert steps(announced, [event(ends_at=until)]) == []
    assert steps([(NOW, page(PageKind.FREELEECH))], [event()]) == [(EventKind.FREELEECH, EventStep.ENDED, None)]


@pytest.mark.parametrize(
    ("pages", "events"),
    [
        ([(NOW, page(PageKind.RULES))], [event()]),  # such a page announces nothing anyway
        ([(NOW, page(PageKind.STORE))], [event()]),  # is about points
        ([(NOW - 9 * HOUR, page(PageKind.FREELEECH))], [event()]),  # made before the event
        ([(NOW, page(PageKind.FREELEECH))], [event(source="person")]),  # a person's word stands
        ([(NOW, page(PageKind.FREELEECH)), (NOW, page(PageKind.RULES, free()))], [event()]),
        ([(NOW, page(PageKind.FREELEECH, free(NOW - HOUR)))], []),  # over before it was read
    ],
)
def test_what_is_no_news(pages, events) -> None:
    assert steps(pages, events) == []


numbers = st.frozensets(st.integers(1, 130), max_size=40)


@pytest.mark.spec("CAT-1")
@given(numbers, numbers)
def test_categories_are_new_or_gone_and_a_list_cut_off_takes_none_away(listed, in_use) -> None:
    news = compare_categories([ListedCategory(n, "name", 13, "AudioBooks") for n in listed], in_use)
    assert set(news.new) == listed - in_use
    assert set(news.missing) == (in_use - listed if news.whole else frozenset())
    assert len(news.missing) <= len(in_use) / 2


@given(st.booleans(), st.booleans())
def test_an_event_that_ends_leaves_the_rule_as_it_was(picks: bool, personal: bool) -> None:
    own = ("freeleech_picks",) * picks + ("personal_freeleech",) * personal
    rule = CategoryRule(41, bool(own), len(own), False, own)
    during = under_events(rule, [event()], NOW)
    assert during.freeleech_active
    assert "site_wide_freeleech" in during.promotions
    assert under_events(during, [event(ends_at=NOW - HOUR)], NOW) == rule

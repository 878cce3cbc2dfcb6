"""How the daily task looks for wanted titles: in the rows that it has anyway, and by few searches, spread over days."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.cli.commands.vip.searches import title_searches
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.search_schedule import SearchPolicy
from mamctl.practice.tracker import FaultKind, PracticeTracker
from mamctl.store.account.pending import list_pending
from mamctl.store.migrate import MIGRATIONS, migrate
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

DOCUMENTED = {"text", "srchIn", "searchType", "searchIn", "cat", "main_cat", "browse_lang", "id", "hash", "sortType",
              "startNumber"}  # fmt: skip


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    tracker.world.torrents.clear()
    return Member(tracker, tmp_path, policy=VipPolicy(auto_renew=False))


def requests_of(member: Member, **options) -> int:
    before = len(member.tracker.journal.paths())
    member.day(**options)
    return len(member.tracker.journal.paths()) - before


def searches(member: Member) -> list[dict]:
    """The searches for a title so far; the rules sync asks without a text."""
    asked = [entry.fields["tor"] for entry in member.tracker.journal.of("/tor/js/loadSearchJSONbasic.php")]
    return [tor for tor in asked if tor["text"] or tor.get("id")]


def items(member: Member):
    with member.store() as db:
        return list_pending(db)


@pytest.mark.spec("VIP-10")
@pytest.mark.spec("SITE-1")
def test_twenty_wanted_titles_cost_six_requests_a_day_and_each_is_searched_once_a_week(member: Member) -> None:
    for number in range(20):
        member.want(f"Nowhere {number}", "Mara Vell")
    for _ in range(7):
        assert requests_of(member) <= 6
        member.later(days=1)
    texts = Counter(tor["text"] for tor in searches(member))
    assert texts == Counter(f"Nowhere {number} Vell" for number in range(20))
    assert all(set(tor) <= DOCUMENTED and not set(tor["text"]) & set('"|*@()-!') for tor in searches(member))
    assert requests_of(member) <= 6
    assert len(searches(member)) == 23


@pytest.mark.spec("VIP-10")
def test_a_title_among_the_freeleech_rows_is_not_searched_for(member: Member) -> None:
    for number in range(8):
        member.want(f"Salt Road {number}")
        member.list_torrent(f"Salt Road {number}", free=True)
    result, _, _ = member.day()
    assert result.pending.available_free == 8
    assert searches(member) == []


@pytest.mark.spec("VIP-10")
def test_a_second_run_and_a_dry_run_search_for_nothing_more(member: Member) -> None:
    for number in range(9):
        member.want(f"Nowhere {number}")
    member.day(dry_run=True)
    assert [item.searched_at for item in items(member)] == [None] * 9
    member.day()
    done = len(searches(member))
    member.day()
    assert len(searches(member)) == done
    assert sum(item.searched_at is not None for item in items(member)) == 3


@pytest.mark.spec("VIP-10")
def test_what_one_form_of_the_search_misses_another_finds_in_the_weeks_after(member: Member) -> None:
    member.want("Catch Twenty-Two", "Mara Vell")
    member.list_torrent("Catch 22", authors=["Mara Vell"])
    notes = []
    for _ in range(3):
        member.day()
        notes.append(items(member)[0].note)
        member.later(days=7)
    assert notes[:2] == ["not found yet: it is searched for in other words next"] * 2
    assert notes[2] == "on the site, not free"
    member.day()
    assert [tor["text"] for tor in searches(member)][2:] == ["Mara Vell", "Mara Vell"]  # the form that found it


@pytest.mark.spec("VIP-10")
def test_only_when_every_form_found_nothing_the_title_is_not_on_the_site(member: Member) -> None:
    member.want("Nowhere", "Mara Vell")
    notes = []
    for _ in range(4):
        member.day()
        notes.append((items(member)[0].finding, items(member)[0].note))
        member.later(days=7)
    assert notes[2:] == [("not_found", "not on the site")] * 2


@pytest.mark.spec("VIP-10")
def test_a_doubt_stands_until_every_form_shows_nothing_and_is_reported_once(member: Member) -> None:
    member.want("For VIP", "Mara Vell")
    member.list_torrent("For VIP", vip=True, author_info="")
    reported = []
    for week in range(8):
        _, run, _ = member.day()
        reported.append([problem.code for problem in run.problems if problem.code.startswith("pending")])
        member.later(days=7)
        if week == 3:
            assert items(member)[0].finding == "perhaps"
            member.tracker.world.torrents.clear()
    assert reported == [["pending_in_doubt"]] + [[]] * 7
    assert items(member)[0].finding == "not_found"


@pytest.mark.spec("VIP-5")
@pytest.mark.spec("VIP-10")
def test_a_title_of_last_week_follows_vip_without_a_search(member: Member) -> None:
    member.want("For VIP")
    member.list_torrent("For VIP", vip=True)
    assert member.day()[0].pending.available_free == 1
    member.later(days=1)
    member.tracker.world.member.vip_until = None
    result, _, _ = member.day()
    assert (result.pending.available_free, result.pending.needs_vip) == (0, 1)
    member.expire_in(days=60)
    assert member.day()[0].pending.available_free == 1
    assert len(searches(member)) == 1


@pytest.mark.spec("VIP-10")
def test_what_left_the_freeleech_rows_is_no_longer_free(member: Member) -> None:
    member.want("The Salt Road")
    member.list_torrent("The Salt Road", free=True)
    assert member.day()[0].pending.available_free == 1
    next(iter(member.tracker.world.torrents.values())).free = False
    member.pending_searches = 0
    assert member.day()[0].pending.available_free == 0
    assert items(member)[0].matches[0].why == "no longer freeleech"


@pytest.mark.spec("VIP-10")
def test_a_title_whose_search_cannot_be_read_keeps_no_other_from_its_turn(member: Member) -> None:
    for number in range(6):
        member.want(f"Nowhere {number}")
    member.tracker.behaviour.plan(FaultKind.BODY, "/tor/js", text='{"error": "?"}', times=3, skip=2)
    member.day()
    member.later(days=1)
    member.day()
    assert len({tor["text"] for tor in searches(member)}) == 6


@pytest.mark.spec("VIP-10")
def test_a_store_of_an_older_release_goes_on_from_its_last_looks(member: Member) -> None:
    member.want("Nowhere")
    member.day()
    before = MIGRATIONS.index("m0039_pending_searches")
    with contextlib.closing(sqlite3.connect(member.store_path)) as db:
        migrate(db, None, before)
    member.later(days=6)
    member.day()
    assert len(searches(member)) == 1
    member.later(days=1)
    member.day()
    assert len(searches(member)) == 2


@pytest.mark.spec("VIP-10")
def test_a_title_without_a_word_takes_no_turn(member: Member) -> None:
    for title in ("!!!", "Nowhere 1", "Nowhere 2", "Nowhere 3"):
        member.want(title, "??")
    member.day()
    assert [tor["text"] for tor in searches(member)] == ["Nowhere 1", "Nowhere 2", "Nowhere 3"]
    planned = title_searches(items(member), SearchPolicy(), member.now())
    week = f"{member.now() + timedelta(days=7):%Y-%m-%d}"
    assert [one.next_search_on for one in planned] == [None, week, week, week]

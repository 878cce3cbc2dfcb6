"""Each alert over days: raised once, reminded of, and well again once; on a real store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.account.account import AccountSnapshot, Unsatisfied
from mamctl.domain.account.address import SeenAddress
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.alerts.policy import AlertName, AlertPolicy
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.forecast import UNKNOWN
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.stats import PassStats
from mamctl.jobs.alerts import AlertSettings, Task, raise_alerts, standing_alerts
from mamctl.store.account.addresses import AddressReading, claim_registration, record_address, settle_registration
from mamctl.store.account.readings import record_account
from mamctl.store.alerts import kept_alerts
from mamctl.store.database import open_store
from mamctl.store.exchanges import count_exchanges
from mamctl.store.ratio.stats import WatchPass, record_pass
from mamctl.store.runs import Trigger, begin_run, end_run

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
WELL = AccountSnapshot(
    "7", "reader", "VIP", NOON + timedelta(days=90), points=20_000.0, ratio=3.0, unsatisfied=Unsatisfied(3, 150),
    hit_and_runs=0, connectable="yes",
)  # fmt: skip


@dataclass
class Desk:
    """A store and a clock."""

    db: sqlite3.Connection
    settings: AlertSettings
    now: datetime = NOON

    def account(self, **changes: object) -> None:
        record_account(self.db, None, replace(WELL, **changes), "active", self.now)  # type: ignore[arg-type]

    def run(self, job: str, status: str) -> None:
        number = begin_run(self.db, job, self.now, Trigger.SCHEDULED)
        end_run(self.db, number, self.now, status, 0, ())

    def exchange(self, service: str, outcome: ExchangeOutcome) -> None:
        count_exchanges(self.db, {(service, outcome): 1}, self.now)

    def ratio(self, ratio: float) -> None:
        self.account(ratio=ratio)

    def guard(self, ratio: float | None) -> None:
        run = begin_run(self.db, "ratio", self.now, Trigger.SCHEDULED)
        reading = RatioReading(ratio, "" if ratio else "the client did not answer")
        seen = WatchPass(GuardState.NORMAL, reading, None, PassStats(0, 0, 0, 0, 0, 5, 0, 0), UNKNOWN, 1, 0)
        record_pass(self.db, run, seen, (), self.now)

    def said(self) -> list[str]:
        return [notice.message for notice in raise_alerts(self.db, self.settings, self.now)]

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    db = open_store(tmp_path / "mamctl.db")
    tasks = (Task("vip", "vip check", timedelta(days=1)),)
    policy = AlertPolicy(disk_free=0)
    yield Desk(db, AlertSettings(policy, VipPolicy(), RatioPolicy(), 5, tasks, (tmp_path,), keeps_address=True))
    db.close()


def _quiet(desk: Desk) -> None:
    desk.run("vip", "ok")


def _twice_unconnectable(desk: Desk) -> None:
    desk.account(connectable="no")
    desk.account(connectable="offline")


def _overdue(desk: Desk) -> None:
    desk.run("vip", "ok")
    desk.later(days=3)


def _disk(free: int) -> Callable[[Desk], None]:
    def set_threshold(desk: Desk) -> None:
        desk.settings = replace(desk.settings, policy=replace(desk.settings.policy, disk_free=free))

    return set_threshold


def _down(desk: Desk) -> None:
    for _ in range(4):
        desk.exchange("goodreads", ExchangeOutcome.UNREACHABLE)
        desk.later(days=1)


def _sees(ip: str) -> Callable[[Desk], None]:
    def look(desk: Desk) -> None:
        record_address(desk.db, AddressReading(SeenAddress(ip), desk.now, desk.now))

    return look


def _registers(desk: Desk) -> None:
    number = claim_registration(desk.db, None, SeenAddress("203.0.113.7"), desk.now)
    settle_registration(desk.db, number, "completed", desk.now)


# Name, how it comes about, how it goes away, words of the message, words of its end.
STORIES: dict[str, tuple[Callable[[Desk], None], Callable[[Desk], None], str, str]] = {
    "vip_ends": (
        lambda desk: desk.account(expires_at=desk.now + timedelta(days=6), points=100.0),
        lambda desk: desk.account(),
        "will not suffice for a renewal within a year (VIP-7; → mamctl vip check --dry-run)",
        "VIP no longer ends soon",
    ),
    "ratio_low": (
        lambda desk: desk.ratio(1.04),
        lambda desk: desk.ratio(1.4),
        "the ratio is 1.0400, under 1.05 (RAT-2; → mamctl ratio forecast)",
        "clear of its floor again",
    ),
    "points_high": (
        lambda desk: desk.account(points=97_000.0),
        lambda desk: desk.account(),
        "97,000 points",
        "clear of the site's cap",
    ),
    "unsatisfied_high": (
        lambda desk: desk.account(unsatisfied=Unsatisfied(146, 150)),
        lambda desk: desk.account(),
        "146 of 150 unsatisfied torrents",
        "clear of their limit",
    ),
    "hit_and_run": (
        lambda desk: desk.account(hit_and_runs=2),
        lambda desk: desk.account(),
        "2 torrents are a hit and run",
        "no torrent is a hit and run",
    ),
    "not_connectable": (
        _twice_unconnectable,
        lambda desk: desk.account(),
        "could not connect to your client 2 times in a row",
        "can connect to your client again",
    ),
    "job_overdue": (_overdue, _quiet, "vip has not succeeded since 2026-11-01 12:00 UTC", "vip has succeeded again"),
    "source_down": (
        _down,
        lambda desk: desk.exchange("goodreads", ExchangeOutcome.ANSWERED),
        "goodreads has answered nothing since 2026-11-01",
        "goodreads answers again",
    ),
    "seedbox_address": (
        _sees("203.0.113.7"),
        _registers,
        "the site sees 203.0.113.7, and the registered seedbox address is none (OPS-3; → mamctl tracker ip update)",
        "the registered seedbox address is the one the site sees",
    ),
    "disk_low": (_disk(2**62), _disk(0), "GiB free, less than", "has room again"),
}


@pytest.mark.spec("OPS-1")
@pytest.mark.parametrize("name", STORIES)
def test_raised_once_reminded_of_and_well_again(desk: Desk, name: str) -> None:
    begin, end, words, over = STORIES[name]
    begin(desk)
    first = desk.now
    (message,) = desk.said()
    assert words in message
    (kept,) = kept_alerts(desk.db)
    assert (kept.name, kept.since_at, kept.ended_at) == (name, first, None)
    for _ in range(5):
        desk.later(minutes=4)
        assert desk.said() == []
    desk.later(hours=24)
    assert len(desk.said()) == 1, "a reminder a day later"
    desk.later(minutes=4)
    assert desk.said() == []
    end(desk)
    (message,) = desk.said()
    assert message.startswith("resolved: ")
    assert over in message
    desk.later(minutes=4)
    assert desk.said() == []
    assert kept_alerts(desk.db) == ()
    assert [old.name for old in kept_alerts(desk.db, first)] == [name]


def test_what_comes_and_goes_is_not_said_each_time(desk: Desk) -> None:
    said = []
    for ratio in (1.04, 1.06, 1.04, 1.06, 1.04, 1.06):
        desk.ratio(ratio)
        said += desk.said()
        desk.later(minutes=4)
    assert [text[:10] for text in said] == ["the ratio ", "resolved: "]


def test_what_is_unknown_neither_raises_nor_ends(desk: Desk) -> None:
    desk.account(hit_and_runs=1)
    assert len(desk.said()) == 1
    desk.account(hit_and_runs=None)
    desk.later(hours=1)
    assert desk.said() == []
    assert [kept.name for kept in kept_alerts(desk.db)] == ["hit_and_run"]
    (alert,) = standing_alerts(desk.db, desk.settings, desk.now)
    assert (alert.name, alert.since) == ("hit_and_run", NOON)


@pytest.mark.parametrize("newest", ["too old", "not known"])
def test_the_account_s_own_ratio_does_not_end_what_the_guard_s_ratio_raised(desk: Desk, newest: str) -> None:
    desk.guard(1.02)
    assert "the ratio is 1.0200, under 1.05" in desk.said()[0]
    if newest == "too old":
        desk.later(days=3)
    else:
        desk.later(hours=1)
        desk.guard(None)
    desk.account(ratio=1.9)
    desk.run("vip", "ok")
    assert desk.said() == []
    assert [one.name for one in standing_alerts(desk.db, desk.settings, desk.now)] == ["ratio_low"]
    desk.guard(1.2)
    assert desk.said() == ["resolved: the ratio is clear of its floor again"]


@pytest.mark.parametrize("name", ["hit_and_run", "job_overdue", "source_down", "seedbox_address"])
def test_an_alert_that_is_not_wanted_any_more_ends_without_a_word(desk: Desk, name: str) -> None:
    begin, *_ = STORIES[name]
    begin(desk)
    assert len(desk.said()) == 1
    if name == "hit_and_run":
        desk.settings = replace(desk.settings, policy=replace(desk.settings.policy, off=(AlertName.HIT_AND_RUN,)))
    elif name == "job_overdue":
        desk.settings = replace(desk.settings, tasks=())
    elif name == "seedbox_address":
        desk.settings = replace(desk.settings, keeps_address=False)
    else:
        desk.later(days=10)
        desk.run("vip", "ok")
    assert standing_alerts(desk.db, desk.settings, desk.now) == ()
    assert desk.said() == []
    assert kept_alerts(desk.db) == ()


def test_what_a_job_says_itself_stands_in_the_list_and_is_not_sent_again(desk: Desk) -> None:
    number = begin_run(desk.db, "vip", desk.now, Trigger.SCHEDULED)
    end_run(desk.db, number, desk.now, "attention", 3, (Problem("vip_will_lapse", "VIP ends in 6 days", "VIP"),))
    desk.account(expires_at=desk.now + timedelta(days=6), points=100.0)
    assert desk.said() == []
    assert [kept.name for kept in kept_alerts(desk.db)] == ["vip_ends"]


@pytest.mark.spec("SPEC-1")
def test_a_broken_promise_stands_in_the_list_and_is_said_by_the_check_that_found_it(desk: Desk) -> None:
    broken = Problem("promise_broken", "RAT-1 is broken: the freeze took 7 minutes", "RAT-1", "mamctl ratio status")
    number = begin_run(desk.db, "spec", desk.now, Trigger.SCHEDULED)
    end_run(desk.db, number, desk.now, "attention", 3, (broken,))
    assert desk.said() == []
    (alert,) = standing_alerts(desk.db, desk.settings, desk.now)
    assert (alert.name, alert.clause, alert.remedy) == ("clause_violated", "RAT-1", "mamctl ratio status")
    desk.later(days=1)
    end_run(desk.db, begin_run(desk.db, "spec", desk.now, Trigger.SCHEDULED), desk.now, "ok", 0, ())
    assert desk.said() == []
    assert standing_alerts(desk.db, desk.settings, desk.now) == ()


def test_a_job_that_only_you_run_is_never_overdue(desk: Desk) -> None:
    end_run(desk.db, begin_run(desk.db, "vip", desk.now), desk.now, "ok", 0, ())
    desk.later(days=30)
    assert desk.said() == []


def test_a_job_that_never_succeeded_is_overdue_since_it_was_first_scheduled(desk: Desk) -> None:
    for _ in range(4):
        desk.run("vip", "failed")
        desk.later(days=1)
    (message,) = desk.said()
    assert message.startswith("vip has never succeeded, scheduled since 2026-11-01")


def test_a_source_that_answers_now_and_then_is_not_down(desk: Desk) -> None:
    for day in range(6):
        desk.exchange("goodreads", ExchangeOutcome.UNREACHABLE)
        if day % 2 == 0:
            desk.exchange("goodreads", ExchangeOutcome.ANSWERED)
        desk.later(days=1)
    assert desk.said() == []


def test_a_disk_that_is_not_looked_at_raises_and_ends_nothing(desk: Desk) -> None:
    _disk(2**62)(desk)
    looked = desk.settings
    desk.settings = replace(looked, folders=None)
    assert desk.said() == []
    desk.settings = looked
    assert len(desk.said()) == 1
    desk.settings = replace(looked, folders=None)
    desk.later(hours=1)
    assert desk.said() == []
    assert [kept.name for kept in kept_alerts(desk.db)] == ["disk_low"]

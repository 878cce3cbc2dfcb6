"""A month under cron against the practice servers: which mails and messages come, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.cli.clock import Clock, use_clock
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.client import FaultKind
from mamctl.practice.tracker import FaultKind as SiteTrouble
from mamctl.store.exchanges import load_exchanges
from tests.kit.member import Member
from tests.kit.messages import Inbox, inbox
from tests.kit.seedbox import Seedbox, seedbox


@dataclass
class Month:
    """Cron lines of one member, and every mail that cron would send: what was printed, by job."""

    member: Member
    box: Seedbox
    inbox: Inbox
    mamctl: Callable
    config: Path
    mails: list[tuple[str, str]] = field(default_factory=list)

    def cron(self, *command: str) -> int:
        """One line of the crontab, now; its exit code."""
        with use_clock(Clock(self.member.now, lambda seconds: None)):
            done = self.mamctl(*command, "--quiet", "--config", str(self.config))
        if done.out or done.err:
            self.mails.append((" ".join(command[:2]), done.out + done.err))
        return done.code

    def hours(self, count: int) -> None:
        """Passes every two hours, the scan at three, the daily task at noon."""
        for _ in range(0, count, 2):
            self.member.later(hours=2)
            self.cron("ratio", "watch")
            hour = self.member.now().hour // 2 * 2
            if hour == 2:
                self.cron("meta", "scan", "--changed-only")
            if hour == 12:
                self.cron("vip", "check")

    def take(self) -> list[tuple[str, str]]:
        """The mails since the last time."""
        taken, self.mails = self.mails, []
        return taken


@pytest.fixture
def month(reader: Member, mamctl, tmp_path: Path) -> Iterator[Month]:
    book = tmp_path / "books" / "Mara Vell" / "The Salt Road"
    book.mkdir(parents=True)
    (book / "one.mp3").write_bytes(b"not audio at all" * 64)
    with seedbox(tmp_path / "box") as box, inbox() as messages:
        box.set_ratio(2.0)
        config = reader.config(
            qbittorrent=box.client_tables(),
            library={"folders": [str(tmp_path / "books")]},
            notify={"urls": [messages.address]},
            ratio={"min_downloaded": 0},
            vip={"auto_renew": False},
        )
        now = reader.now()
        reader.later(seconds=(now.replace(hour=0, minute=0, second=0) + timedelta(days=1) - now).total_seconds())
        reader.expire_in(days=90)
        yield Month(reader, box, messages, mamctl, config)


def test_a_quiet_month_mails_the_known_problem_once_a_week(month: Month) -> None:
    month.hours(28 * 24)
    mails = month.take()
    assert [job for job, _ in mails] == ["meta scan"] * 4
    first, *later = [text for _, text in mails]
    assert "one.mp3" in first
    assert {text.strip() for text in later} == {"none new, 1 known (mamctl meta problems)"}
    assert len(month.inbox.messages) == 4


def test_a_client_that_is_down_is_reported_daily_and_its_return_once(month: Month) -> None:
    month.hours(4)
    month.take()
    month.box.client.behaviour.plan(FaultKind.RESET, times=None)
    month.hours(44)
    month.box.client.behaviour.clear()
    month.hours(6)
    mails = [text for job, text in month.take() if job == "ratio watch"]
    assert len(mails) == 3
    assert mails[2].startswith("resolved: ")
    assert sum("resolved" in body for _, body in month.inbox.messages) == 1


def test_the_last_days_of_vip_are_mailed_each_day_and_its_renewal_once(month: Month) -> None:
    month.member.expire_in(days=8, hours=13)
    month.hours(8 * 24)
    warned = [text for job, text in month.take() if job == "vip check"]
    assert len(warned) == 6
    assert "VIP ends in 1 day" in warned[-1]
    month.member.expire_in(days=90)
    month.hours(48)
    said = [text.strip() for job, text in month.take() if job == "vip check"]
    assert said == ["resolved: VIP no longer lapses soon"]


def test_a_week_without_the_machine_is_said_once(month: Month) -> None:
    month.hours(6)
    month.take()
    month.member.later(days=7)
    month.hours(12)
    gaps = [text for _, text in month.take() if "no run for 7 days" in text]
    assert len(gaps) == 1
    assert [title for title, _ in month.inbox.messages].count("mamctl runs again") == 1


def test_an_event_of_the_whole_site_is_said_when_it_begins_and_when_it_ends(month: Month) -> None:
    events = month.member.tracker.world.events
    for number in range(60):
        month.member.list_torrent(f"Volume {number}")
    for free in (True, True, False, False):
        events.freeleech = free
        month.hours(24)
    said = [text.strip() for job, text in month.take() if job == "vip check"]
    assert said == ["the whole site is free", "the freeleech of the whole site is over"]
    titles = [title for title, _ in month.inbox.messages if "freeleech" in title]
    assert titles == ["mamctl: freeleech of the whole site", "mamctl: the freeleech is over"]


def test_an_event_is_said_by_the_command_that_learns_it_first_and_not_again_by_another(month: Month) -> None:
    events = month.member.tracker.world.events
    for number in range(60):
        month.member.list_torrent(f"Volume {number}")
    events.freeleech = True
    month.cron("rules", "sync")
    month.hours(24)
    events.freeleech = False
    month.cron("rules", "sync")
    month.hours(24)
    said = [(job, text.strip()) for job, text in month.take()]
    assert [one for one in said if "whole site" in one[1]] == [
        ("rules sync", "the whole site is free"),
        ("rules sync", "the freeleech of the whole site is over"),
    ]
    titles = [title for title, _ in month.inbox.messages if "freeleech" in title]
    assert titles == ["mamctl: freeleech of the whole site", "mamctl: the freeleech is over"]


def test_a_wanted_title_is_said_when_it_is_free_with_why_until_and_number_and_when_no_longer(month: Month) -> None:
    month.member.want("The Salt Road")
    month.member.list_torrent("The Salt Road", vip=True)
    ends_at = month.member.tracker.world.member.vip_until
    month.hours(3 * 24)
    said = [text.strip() for job, text in month.take() if job == "vip check"]
    assert said == [
        f"free now: The Salt Road by Mara Vell: free for VIP, until {ends_at:%Y-%m-%d %H:%M} UTC (torrent 910001)"
    ]
    month.member.tracker.world.torrents[910001].vip = False
    month.hours(10 * 24)
    said = [text.strip() for job, text in month.take() if job == "vip check"]
    assert said == ["no longer free: The Salt Road by Mara Vell"]


def test_an_outage_of_the_site_is_mailed_each_day_and_its_end_once(month: Month) -> None:
    month.member.want("The Salt Road")
    month.hours(24)
    month.take()
    month.member.tracker.behaviour.plan(SiteTrouble.STATUS, "/", status=503, times=None)
    month.hours(48)
    month.member.tracker.behaviour.clear()
    month.hours(48)
    mails = [text.strip() for job, text in month.take() if job == "vip check"]
    assert len(mails) == 3
    assert mails[-1] == "resolved: the site works again"
    assert [title for title, _ in month.inbox.messages].count("mamctl: resolved") == 1


def test_a_day_leaves_the_outcomes_of_exchanges_with_every_kind_of_server(month: Month) -> None:
    with PracticeCatalogue(shelf_world()) as catalogues:
        with month.config.open("a") as file:
            file.write(catalogue_sections(catalogues))
        month.hours(24)
        month.cron("meta", "catalogues")
    with month.member.store() as db:
        counts = load_exchanges(db, month.member.now() - timedelta(days=1))
    answered = {one.service for one in counts if one.outcome is ExchangeOutcome.ANSWERED}
    assert answered >= {"tracker", "qbittorrent:home", "audible", "audnexus", "librivox"}
    asked = sum(one.count for one in counts if one.service == "tracker")
    assert asked == len(month.member.tracker.journal.paths())


def test_exchanges_with_a_client_are_counted_by_day_and_outcome(month: Month) -> None:
    month.hours(2)
    with month.member.store() as db:
        good = {one.outcome.value for one in load_exchanges(db, month.member.now())}
    month.box.client.behaviour.plan(FaultKind.RESET, times=None)
    month.hours(2)
    with month.member.store() as db:
        counts = {one.outcome.value: one.count for one in load_exchanges(db, month.member.now())
                  if one.service == "qbittorrent:home"}  # fmt: skip
    assert "answered" in good
    assert counts["unreachable"] >= 1

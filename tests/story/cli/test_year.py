"""A simulated year of a member's crontab on the practice servers: requests, purchases and the store stay bounded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.store.exchanges import load_exchanges
from tests.kit.effort import EFFORT
from tests.story.cli.test_month import Month, month

__all__ = ["month"]

DAYS = 2 if EFFORT == 1 else 365
# A daily task is three requests; the queue adds one look at the account when it has something to release.
REQUESTS_A_DAY = 6
# A renewal fills up to 90 days and is due 30 days before the end: one in about two months.
DAYS_OF_A_RENEWAL = 55
# Pages of 4 KiB that the store may grow by: at first, and in a day, since statistics are made coarser as they age.
PAGES, PAGES_A_DAY = 40, 1


def pages(month: Month) -> int:
    """Pages of the store that hold something."""
    with month.member.store() as db:
        (count,) = db.execute("PRAGMA page_count").fetchone()
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
    return int(count) - int(free)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_a_year_asks_buys_and_keeps_no_more_than_it_must(month: Month) -> None:
    with PracticeCatalogue(shelf_world()) as catalogues:
        with month.config.open("a") as file:
            file.write(catalogue_sections(catalogues))
        month.config.write_text(month.config.read_text().replace("auto_renew = false", "auto_renew = true"))
        month.member.points(99_999)
        month.member.expire_in(days=31)
        month.hours(24)
        month.cron("meta", "enrich")
        first, begun = pages(month), month.member.now()
        for _ in range(DAYS):
            month.member.points(99_999)
            month.hours(24)
            month.cron("drift", "check")
            month.cron("queue", "run")
        asked_of_catalogues = len(catalogues.asked())
    with month.member.store() as db:
        counts = load_exchanges(db, begun + timedelta(days=1))
        (kept_runs,) = db.execute("SELECT count(*) FROM runs").fetchone()
    by_day: dict[str, int] = {}
    for one in counts:
        if one.service == "tracker":
            by_day[str(one.day)] = by_day.get(str(one.day), 0) + one.count
    assert by_day
    assert max(by_day.values()) <= REQUESTS_A_DAY
    assert 1 <= month.member.bought() <= 1 + DAYS // DAYS_OF_A_RENEWAL
    assert month.member.tracker.world.member.vip_until > month.member.now()
    assert 1 <= asked_of_catalogues <= 30 + DAYS  # of one book, once a month
    assert pages(month) - first <= PAGES + PAGES_A_DAY * DAYS, f"{first} pages, then {pages(month)}; {kept_runs} runs"

"""How many requests a pass makes of the site: none without a due release, few for a book, no figure read too often."""

from __future__ import annotations

import pytest

from mamctl.jobs.queue.add import add_torrent

ACCOUNT, SEARCH, FILE = "/jsonLoad.php", "/tor/js/loadSearchJSONbasic.php", "/tor/download.php"


def add(desk, torrent):
    desk.do(lambda context: add_torrent(context, torrent.id))


def asked(desk, work=None):
    """The paths that a pass asks of the site, or `work`."""
    before = len(desk.requests())
    (work or desk.run)()
    return sorted(desk.requests()[before:])


@pytest.mark.spec("QUE-2")
def test_a_pass_without_a_due_release_asks_nothing(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    desk.member.later(hours=1)
    assert asked(desk) == []  # downloading
    desk.seedbox.download()
    desk.member.later(hours=1)
    assert asked(desk) == []  # complete, verified, filed
    desk.member.later(hours=1)
    assert asked(desk) == []  # seeding


@pytest.mark.spec("QUE-2")
def test_an_account_that_something_waits_on_is_read_every_half_hour_at_most(desk, book):
    desk.world.member.unsatisfied = desk.world.member.unsatisfied_limit = 50
    add(desk, desk.list_book(book))
    found = []
    for _ in range(12):
        desk.member.later(minutes=10)
        found += asked(desk)
    assert set(found) == {ACCOUNT}
    assert len(found) <= 4
    assert desk.states() == ["waiting"]


def test_an_account_that_a_wrong_clock_dated_is_read_again(desk, book):
    desk.world.member.unsatisfied = desk.world.member.unsatisfied_limit = 50
    add(desk, desk.list_book(book))
    desk.member.later(hours=1)
    assert asked(desk) == [ACCOUNT]
    with desk.member.store() as db:
        db.execute("UPDATE standings SET seen_at = '2038-01-01T00:00:00Z'")
    desk.member.later(minutes=1)
    assert asked(desk) == [ACCOUNT]


@pytest.mark.spec("QUE-7")
def test_the_next_candidate_costs_a_search_and_its_file(desk, book):
    add(desk, desk.list_book(book))
    desk.run()
    other = book.parent / "other"
    book.rename(other)
    desk.list_book(other)
    desk.seedbox.torrents.clear()
    desk.run()
    desk.member.later(minutes=61)
    found = asked(desk)
    found.remove(ACCOUNT)  # once a run, whatever it does
    assert found == sorted([SEARCH, FILE])
    assert desk.states() == ["failed", "handed_over"]

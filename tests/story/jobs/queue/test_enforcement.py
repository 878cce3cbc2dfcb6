"""The queue tries what a clause forbids: it is refused before anything is asked of the client, and counted."""

from __future__ import annotations

import pytest

from mamctl.domain.queue.states import State
from mamctl.jobs.queue.add import add_torrent
from tests.story.jobs.queue.test_money import add_another

FAILS = (
    "INSERT INTO change_log (at, kind, summary, outcome, closed_at, failing_since) VALUES"
    " ('2026-11-25T00:00:00Z', 'config', 's', 'noticed', '2026-11-25T00:00:00Z', '2026-11-25T00:00:00Z')"
)


def refused(desk) -> list[tuple[str, str]]:
    with desk.member.store() as db:
        return [tuple(row) for row in db.execute("SELECT act, clause FROM clause_refusals ORDER BY id")]


@pytest.mark.spec("SPEC-1")
@pytest.mark.spec("CHG-2")
def test_while_a_change_fails_nothing_is_released_and_after_your_word_it_goes_on(desk, book):
    for number in range(2):
        add_another(desk, book, number)
    with desk.member.store() as db:
        db.execute(FAILS)
    desk.run()
    assert desk.states() == ["waiting", "waiting"]
    assert refused(desk) == [("release", "CHG-2")]  # one word for all of them
    with desk.member.store() as db:
        db.execute("UPDATE change_log SET accepted_at = '2026-11-25T01:00:00Z'")
    desk.member.later(minutes=31)
    desk.run()
    assert desk.states() == ["handed_over", "handed_over"]


@pytest.mark.spec("CHG-2")
def test_while_a_change_fails_downloads_are_watched_and_verified_and_filed_after_your_word(desk, book):
    torrent = desk.list_book(book)
    desk.do(lambda context: add_torrent(context, torrent.id))
    desk.run()
    desk.seedbox.download()
    with desk.member.store() as db:
        db.execute(FAILS)
    desk.run()
    assert desk.states() == ["verified"]
    assert refused(desk) == []
    assert not desk.library.exists() or not any(desk.library.iterdir())
    with desk.member.store() as db:
        db.execute("UPDATE change_log SET accepted_at = '2026-11-25T01:00:00Z'")
    desk.run()
    assert desk.states() == ["filed"]


@pytest.mark.spec("SPEC-1")
@pytest.mark.spec("QUE-1")
def test_what_was_sent_before_is_never_sent_again(desk, book):
    add_another(desk, book, 0)
    with desk.member.store() as db:
        db.execute("CREATE TRIGGER spoil AFTER UPDATE OF state ON queue_items WHEN NEW.state = 'claimed'"
                   " BEGIN UPDATE queue_items SET add_sent_at = NEW.since WHERE id = NEW.id; END")  # fmt: skip
    desk.run()
    assert desk.seedbox.adds == []
    assert refused(desk) == [("hand_over", "QUE-1")]
    assert desk.item.state is State.WAITING

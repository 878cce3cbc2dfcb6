"""The plan: what the next pass does, from the store alone; the pass then does just that."""

from __future__ import annotations

import pytest

from mamctl.domain.site.rules import EventKind
from mamctl.jobs.queue.add import add_torrent
from mamctl.jobs.queue.plan import plan_queue
from mamctl.store.site.rules import add_event
from tests.story.jobs.queue.test_money import add_another, emergency


def planned(desk):
    asked = len(desk.requests())
    with desk.member.store() as db:
        plan = plan_queue(db, desk.queue, desk.events, desk.member.now())
    assert len(desk.requests()) == asked
    return {step.id: step.action for step in plan.steps}


@pytest.mark.spec("EVT-2")
def test_what_is_planned_is_done(desk, book):
    desk.allow(per_run=2)
    for number in range(3):
        add_another(desk, book, number)
    assert planned(desk) == {1: "release", 2: "release", 3: "wait"}
    desk.run()
    assert desk.states() == ["handed_over", "handed_over", "waiting"]
    assert planned(desk) == {1: "look", 2: "look", 3: "release"}
    desk.seedbox.download()
    desk.run()
    assert desk.states()[2] == "handed_over"


@pytest.mark.spec("EVT-1", "EVT-2")
def test_concurrent_downloads_with_event_boost(desk, book):
    desk.allow(free_slots=2, per_run=10)
    for number in range(4):
        add_another(desk, book, number)
    desk.run()
    assert desk.states().count("handed_over") == 2
    with desk.member.store() as db:
        add_event(db, EventKind.FREELEECH, "person", desk.member.now(), None, None, desk.member.now())
    desk.run()
    assert sorted(desk.states()) == [
        "downloading",
        "downloading",
        "handed_over",
        "waiting",
    ]  # half as many again at once


def test_what_waits_for_the_guard_is_not_planned(desk, book):
    torrent = desk.list_book(book, free=False)
    desk.do(lambda context: add_torrent(context, torrent.id))
    emergency(desk, 0.9)
    assert planned(desk) == {1: "wait"}


def test_the_last_figures_count_while_they_are_fresh(desk, book):
    add_another(desk, book, 0)
    desk.run()
    desk.world.member.unsatisfied = 500
    add_another(desk, book, 1)
    assert planned(desk)[2] == "release"
    desk.member.later(minutes=31)
    desk.run()
    assert desk.states()[1] == "waiting"
    assert planned(desk)[2] == "wait"

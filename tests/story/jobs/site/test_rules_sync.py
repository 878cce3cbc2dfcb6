"""The sync of the rules over HTTP: what is kept, what is called a change, events seen in the newest uploads."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.site.categories import CATEGORY_BY_ID, KNOWN_CATEGORIES, Category
from mamctl.domain.site.rules import describe_change
from mamctl.errors import MamctlError
from mamctl.jobs.run import job_run
from mamctl.jobs.site.rules_sync import observe, sync_rules
from mamctl.practice.tracker import FaultKind, PracticeTracker, small
from mamctl.store.site.rules import (
    known_category_ids,
    last_changes,
    list_events,
    list_rules,
    mark_gone,
    rule_history,
)
from tests.kit.dumps import dump
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

pytestmark = pytest.mark.spec("CAT-1")


@pytest.fixture
def member(tracker: PracticeTracker, tmp_path: Path) -> Member:
    return Member(tracker, tmp_path)


def sync(member: Member, db, max_pages: int = 5):
    with job_run("rules", db, member.store_path, member.now) as run:
        summary, _ = sync_rules(run, observe(member.api(), max_pages))
    return summary, run


@contextmanager
def strange_category(member: Member):
    """The site lists a torrent in a category that is not in the known list."""
    CATEGORY_BY_ID[999] = Category(999, "Whale Songs", 13, "AudioBooks")
    torrent = deepcopy(member.tracker.world.torrents[small.FREE])
    torrent.id, torrent.category = 900_999, 999
    member.tracker.world.list_torrent(torrent)
    try:
        yield
    finally:
        del CATEGORY_BY_ID[999]


def test_the_first_sync_knows_every_category_and_calls_nothing_a_change(member: Member) -> None:
    with member.store() as db:
        summary, run = sync(member, db)
        assert {rule.id for rule in list_rules(db)} == {category.id for category in KNOWN_CATEGORIES}
        assert summary.categories == len(KNOWN_CATEGORIES)
        assert (summary.freeleech_categories, summary.freeleech_torrents) == (2, 2)
        assert summary.changes == last_changes(db) == ()
        assert run.problems == []
    assert len(member.tracker.journal.paths()) == 2


def test_newer_replaces_older_and_the_older_stays_readable(member: Member) -> None:
    with member.store() as db:
        sync(member, db)
        member.later(hours=24)
        member.tracker.world.torrents[small.PLAIN].free = True
        summary, _ = sync(member, db)
        (change,) = summary.changes
        assert (change.category_id, describe_change(change)) == (41, "freeleech began; 0 → 1 free torrents")
        assert last_changes(db) == summary.changes
        now, before = rule_history(db, 41)
        assert (now.freeleech_count, before.freeleech_count) == (1, 0)
        assert now.changed_at - before.changed_at == timedelta(hours=24)
        member.later(hours=24)
        sync(member, db)  # nothing new: the last change stays the last, its date of being seen moves
        assert len(last_changes(db)) == 1
        assert rule_history(db, 41)[0].updated_at - now.updated_at == timedelta(hours=24)


def test_a_category_that_nobody_knew_is_kept_reported_once_and_a_change(member: Member, monkeypatch) -> None:
    from mamctl.jobs.site import rules_sync

    monkeypatch.setattr(rules_sync, "CATEGORY_BY_ID", dict(CATEGORY_BY_ID))
    with member.store() as db, strange_category(member):
        summary, run = sync(member, db)
        assert summary.new_categories == (999,)
        assert [problem.code for problem in run.problems] == ["category_new"]
        assert [(c.category_id, c.before) for c in summary.changes] == [(999, None)]
        assert [c.category_id for c in last_changes(db)] == [999]
        _, again = sync(member, db)
        assert again.problems == []
        assert next(rule for rule in list_rules(db) if rule.id == 999).freeleech_count == 1


def test_a_category_that_is_gone_stays_gone(member: Member) -> None:
    with member.store() as db:
        sync(member, db)
        mark_gone(db, [112], member.now())
        sync(member, db)
        assert 112 not in known_category_ids(db)


def test_a_freeleech_of_the_whole_site_is_seen_in_the_newest_uploads(member: Member) -> None:
    world = member.tracker.world
    for number in range(30):
        torrent = deepcopy(world.torrents[small.PLAIN])
        torrent.id, torrent.added = 901_000 + number, member.now() - timedelta(minutes=number)
        world.list_torrent(torrent)
    with member.store() as db:
        assert not sync(member, db)[0].site_wide_freeleech
        for torrent in world.torrents.values():
            torrent.free = True
        assert sync(member, db)[0].site_wide_freeleech
        assert sync(member, db)[0].site_wide_freeleech
        (event,) = list_events(db)
        assert (event.source, event.active(member.now())) == ("site", True)
        assert all(rule.freeleech_active and "site_wide_freeleech" in rule.promotions for rule in list_rules(db))
        member.later(hours=1)
        for torrent in world.torrents.values():
            torrent.free = torrent.id == small.FREE
        assert not sync(member, db)[0].site_wide_freeleech
        assert [event.active(member.now()) for event in list_events(db)] == [False]
        assert sum(rule.freeleech_active for rule in list_rules(db)) == 1


def test_picks_cut_off_by_max_pages_are_told(member: Member) -> None:
    pick = member.tracker.world.torrents[small.FREE]
    for number in range(1_200):
        torrent = deepcopy(pick)
        torrent.id = 910_000 + number
        member.tracker.world.list_torrent(torrent)
    with member.store() as db:
        summary, run = sync(member, db, max_pages=1)
        assert [(p.code, p.remedy) for p in run.problems] == [("picks_truncated", "raise rules.max_pages")]
        assert summary.freeleech_torrents == 1_000
        assert sync(member, db)[0].freeleech_torrents == 1_202


@pytest.mark.parametrize("kind", [FaultKind.CHANGED_PAGE, FaultKind.DEAD_SESSION, FaultKind.THROTTLED])
@pytest.mark.parametrize("answered", [0, 1])
def test_a_sync_that_breaks_off_keeps_nothing_of_itself(member: Member, kind, answered: int) -> None:
    with member.store() as db:
        sync(member, db)
        before = [line for line in dump(member.store_path) if "runs" not in line and "run_problems" not in line]
        member.tracker.behaviour.plan(kind, "/tor/js", skip=answered)
        with pytest.raises(MamctlError):
            sync(member, db)
    after = [line for line in dump(member.store_path) if "runs" not in line and "run_problems" not in line]
    assert after == before

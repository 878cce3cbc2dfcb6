"""What a pass finds and says: what really happened, once, and with a way on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.jobs.ratio.status import find_troubles, read_status
from mamctl.store.ratio.stats import compact_stats, list_points, steady_now
from tests.kit.guard_desk import START, Desk
from tests.kit.model_client import ModelTorrent


def codes(desk: Desk) -> list[str]:
    return [problem.code for problem in desk.last.problems]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.client.add("a")
    desk.client.add("b")
    return desk


@pytest.mark.spec("RAT-5")
def test_frozen_downloads_started_by_another_program_are_told_at_once_and_by_their_name(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    for torrent in desk.client.torrents.values():
        torrent.paused = False
    result = desk.watch()
    assert codes(desk) == ["frozen_started_elsewhere", "ratio_emergency"]
    message = desk.last.problems[0].message
    assert "2 frozen downloads were started by someone else and continue in the emergency, at ratio 0.9000" in message
    assert desk.listener.heard[-1][0] == "mamctl: 2 frozen downloads were started by someone else"
    assert (result.left_alone, result.figures.frozen) == (2, 0)
    told = len(desk.listener.heard)
    desk.watch()
    assert (codes(desk), len(desk.listener.heard)) == (["ratio_emergency"], told)


def test_with_insist_they_are_frozen_once_more_and_then_left_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(min_downloaded=0, insist=True))
    torrent = desk.client.add("a", forced=True)
    desk.set_ratio(0.9)
    desk.watch()
    torrent.paused, torrent.forced = False, True
    result = desk.watch()
    assert (torrent.paused, result.left_alone) == (True, 0)
    assert "1 were frozen once more (ratio.insist)" in desk.last.problems[0].message
    assert desk.watch().actions.any is False
    assert codes(desk) == ["ratio_emergency"]
    torrent.paused = False
    result = desk.watch()
    assert (torrent.paused, result.left_alone, torrent.tags) == (False, 1, set())
    assert "continue in the emergency" in desk.last.problems[0].message


def test_insisting_restores_what_it_froze_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(min_downloaded=0, insist=True))
    torrent = desk.client.add("a", forced=True)
    desk.set_ratio(0.9)
    desk.watch()
    torrent.paused = False
    desk.watch()
    desk.set_ratio(1.1)
    desk.watch()
    assert torrent.look() == ModelTorrent(forced=True).look()


def test_only_tags_taken_away_are_no_news(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    titles = [title for title, _ in desk.listener.heard]
    desk.client.torrents["a"].complete = True
    desk.client.torrents["a"].paused = False
    desk.watch()
    assert [title for title, _ in desk.listener.heard] == titles


def test_below_the_floor_on_your_word_is_said_once(desk: Desk) -> None:
    desk.set_ratio(0.9999)
    desk.watch()
    desk.set_ratio(1.0058)
    desk.release()
    desk.set_ratio(0.9913)
    result = desk.watch()
    assert (result.guard.state, desk.last.status, codes(desk)) == (GuardState.NORMAL, "attention", ["held_below_floor"])
    assert (
        "0.9913 is below the floor 1.00; you lifted the emergency until 2026-11-26 12:10 UTC"
        in desk.last.problems[0].message
    )
    for _ in range(3):
        desk.watch()
        assert (codes(desk), desk.last.status) == ([], "ok")
    desk.now += timedelta(days=1)
    assert desk.watch().guard.state is GuardState.EMERGENCY


def test_a_thaw_below_the_floor_is_not_news_to_you(desk: Desk) -> None:
    desk.set_ratio(0.95)
    desk.watch()
    desk.release()
    assert (codes(desk), desk.last.status) == ([], "ok")
    desk.watch()
    assert (codes(desk), desk.last.status) == ([], "ok")


def test_a_client_paused_as_a_whole_is_said_by_the_pass_and_by_the_status(desk: Desk) -> None:
    desk.set_ratio(1.5)
    desk.client.session_paused = True
    desk.watch()
    assert codes(desk) == ["client_session_paused"]
    status = read_status(desk.db, desk.policy, ["home"], desk.now)
    assert [problem.code for problem in find_troubles(status)] == ["client_session_paused"]
    desk.client.session_paused = False
    desk.watch()
    assert codes(desk) == []


def test_a_scope_that_matches_nothing_is_said_in_an_emergency(tmp_path: Path) -> None:
    desk = Desk(tmp_path, scope=Scope(("exmaple.org",)))
    desk.client.add("a")
    desk.set_ratio(1.5)
    desk.watch()
    assert codes(desk) == []
    desk.set_ratio(0.9)
    desk.watch()
    assert codes(desk) == ["ratio_emergency", "scope_matches_nothing"]
    assert "none of its 1 torrents is in scope" in desk.last.problems[1].message


def test_one_pass_under_a_clock_far_ahead_folds_nothing_and_is_not_in_the_history(desk: Desk) -> None:
    desk.set_ratio(1.5)
    for _ in range(20):
        desk.watch()
    now = desk.now
    for _ in range(5):
        desk.now = now + timedelta(days=400)
        desk.watch()
    desk.now = now
    desk.watch()
    points = list_points(desk.db, START, desk.now)
    assert [point.grain for point in points] == ["pass"] * 21
    assert steady_now(desk.db, desk.now) == desk.now


def test_after_days_without_a_pass_old_figures_are_folded_a_little_later(desk: Desk) -> None:
    desk.set_ratio(1.5)
    desk.watch()
    desk.now += timedelta(days=60)
    for _ in range(11):
        desk.watch()
    assert {point.grain for point in list_points(desk.db, START, desk.now)} == {"hour", "pass"}
    compact_stats(desk.db, desk.policy, desk.now)

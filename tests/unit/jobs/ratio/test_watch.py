"""Stories of the guard on clients in memory: what it touches, what it puts back, and what it leaves alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.timestamps import timestamp
from mamctl.errors import MamctlError, ShapeChangedError, UnreachableError
from mamctl.store.ratio.guard import list_transitions
from mamctl.store.ratio.stats import list_points
from mamctl.store.ratio.torrent_journal import list_frozen
from tests.kit.guard_desk import START, Desk
from tests.kit.model_client import ModelClient, declines

TAG = "mamctl-frozen"
DOWN = UnreachableError("it is down")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    client = desk.client
    client.add("dl")
    client.add("queued", queued=True)
    client.add("forced", forced=True)
    client.add("magnet", metadata=False)
    client.add("forced-magnet", metadata=False, forced=True)
    client.add("my-paused", paused=True)
    client.add("seed", complete=True)
    client.add("queued-seed", complete=True, queued=True)
    client.add("forced-seed", complete=True, forced=True)
    client.add("my-paused-seed", complete=True, paused=True)
    client.add("broken", over=TorrentState.ERROR)
    client.add("missing", complete=True, over=TorrentState.MISSING_FILES)
    client.add("other-tracker", tracker="tracker.example.net")
    client.add("other-paused-seed", tracker="tracker.example.net", complete=True, paused=True)
    client.add("no-tracker", tracker="")
    client.add("lookalike", tracker="notexample.org")
    return desk


def look(client: ModelClient) -> dict[str, tuple[object, ...]]:
    return {hash_: torrent.look() for hash_, torrent in client.torrents.items()}


DOWNLOADS = ("dl", "queued", "forced", "magnet", "forced-magnet")


@pytest.mark.spec("RAT-2")
@pytest.mark.spec("RAT-4")
def test_freeze_torrent_pausing(desk: Desk) -> None:
    before = look(desk.client)
    desk.set_ratio(0.999999)
    result = desk.watch()
    torrents = desk.client.torrents
    assert result.guard.state is GuardState.EMERGENCY
    assert result.transition is not None
    assert all(torrents[name].paused and torrents[name].tags == {TAG} for name in DOWNLOADS)
    assert not torrents["my-paused-seed"].paused
    untouched = set(torrents) - {*DOWNLOADS, "my-paused-seed"}
    assert {name: torrents[name].touched for name in untouched} == dict.fromkeys(untouched, 0)
    assert (result.actions.paused, result.actions.resumed, result.actions.tagged, result.actions.untagged) == (
        5,
        1,
        5,
        0,
    )
    assert look(desk.client).keys() == before.keys()
    assert result.figures.frozen == 5


@pytest.mark.spec("RAT-3")
@pytest.mark.spec("RAT-5")
def test_at_the_recovery_everything_is_exactly_as_it_was(desk: Desk) -> None:
    before = look(desk.client)
    desk.set_ratio(0.9)
    desk.watch()
    for ratio in (0.95, 1.0, 1.04999):
        desk.set_ratio(ratio)
        assert desk.watch().actions.any is False
    desk.set_ratio(1.05)
    result = desk.watch()
    assert result.guard.state is GuardState.NORMAL
    assert look(desk.client) == before
    assert (result.actions.paused, result.actions.resumed, result.actions.untagged) == (1, 5, 5)
    calls = len(desk.client.calls)
    assert desk.watch().actions.any is False
    assert len(desk.client.calls) == calls + 1


@pytest.mark.spec("RAT-5")
def test_a_persons_decisions_during_the_emergency_stand(desk: Desk) -> None:
    torrents = desk.client.torrents
    desk.set_ratio(0.9)
    desk.watch()
    torrents["my-paused-seed"].paused = True  # the person pauses it again
    torrents["seed"].paused = True
    torrents["dl"].paused = False  # the person wants this one all the same
    desk.client.add("new")
    desk.client.add("new-paused", paused=True)
    desk.client.add("new-paused-seed", complete=True, paused=True)
    del torrents["queued"]
    torrents["forced"].complete = True  # a recheck found all of it
    result = desk.watch()
    assert torrents["my-paused-seed"].paused
    assert torrents["seed"].paused
    assert not torrents["dl"].paused
    assert torrents["dl"].tags == set()
    assert torrents["new"].paused
    assert torrents["new-paused-seed"].paused
    assert not torrents["forced"].paused
    assert torrents["forced"].forced
    assert result.left_alone == 2
    assert desk.watch().actions.any is False
    desk.set_ratio(2.0)
    desk.watch()
    assert {name for name, torrent in torrents.items() if torrent.paused} == {
        "my-paused", "my-paused-seed", "seed", "new-paused", "new-paused-seed",
        "other-paused-seed",
    }  # fmt: skip
    assert not any(torrent.tags for torrent in torrents.values())


def test_a_client_that_forgot_the_pause_in_a_crash_is_frozen_again(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    torrent = desk.client.torrents["dl"]
    torrent.paused, torrent.tags = False, set()
    desk.watch()
    assert torrent.paused
    assert torrent.tags == {TAG}


def test_torrents_that_hide_whether_they_are_paused_are_judged_when_they_show_it(desk: Desk) -> None:
    client = desk.client
    client.add("checking-paused-seed", complete=True, paused=True, over=TorrentState.CHECKING_UP)
    client.add("checking-paused-dl", paused=True, over=TorrentState.CHECKING_DL)
    client.add("checking-dl", over=TorrentState.CHECKING_DL)
    client.add("moving-seed", complete=True, over=TorrentState.MOVING)
    before = look(client)
    desk.set_ratio(0.9)
    desk.watch()
    assert all(client.torrents[name].touched == 0 for name in before if name.startswith(("checking", "moving")))
    for torrent in client.torrents.values():
        if torrent.over in (TorrentState.CHECKING_UP, TorrentState.CHECKING_DL, TorrentState.MOVING):
            torrent.over = None
    desk.watch()
    assert not client.torrents["checking-paused-seed"].paused
    assert client.torrents["checking-dl"].paused
    assert client.torrents["checking-paused-dl"].touched == 0
    desk.set_ratio(1.2)
    desk.watch()
    paused = {name for name, torrent in client.torrents.items() if torrent.paused}
    assert paused >= {"checking-paused-seed", "checking-paused-dl", "my-paused", "my-paused-seed"}
    assert not client.torrents["checking-dl"].paused


def test_our_tag_stays_where_it_was_before_us(desk: Desk) -> None:
    desk.client.torrents["dl"].tags.add(TAG)
    before = look(desk.client)
    desk.set_ratio(0.5)
    desk.watch()
    desk.set_ratio(1.5)
    desk.watch()
    assert look(desk.client) == before


def test_a_seed_that_the_client_stops_at_once_is_started_only_once(desk: Desk) -> None:
    desk.client.torrents["my-paused-seed"].stops_itself = True
    desk.set_ratio(0.9)
    desk.watch()
    desk.watch()
    desk.watch()
    assert [h for call, h in desk.client.calls if call == "resume"] == [("my-paused-seed",)]


@pytest.mark.spec("RAT-11")
def test_an_unknown_ratio_changes_nothing_and_is_reported(desk: Desk) -> None:
    desk.client.uploaded = desk.client.downloaded = None
    result = desk.watch()
    assert (result.guard.state, result.ratio, result.actions.any) == (GuardState.NORMAL, None, False)
    assert [problem.code for problem in desk.last.problems] == ["ratio_unknown"]
    assert desk.last.status == "attention"
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.uploaded = desk.client.downloaded = 0  # it has just been started
    result = desk.watch()
    assert (result.guard.state, result.ratio, result.actions.any) == (GuardState.EMERGENCY, None, False)


@pytest.mark.spec("RAT-11")
def test_a_client_that_is_down_changes_nothing(desk: Desk) -> None:
    desk.client.trouble = declines("fetch", error=DOWN)
    result = desk.watch()
    assert desk.error is DOWN
    assert result.guard.state is GuardState.NORMAL
    assert result.clients[0].reachable is False


def test_one_of_several_clients_down_the_others_are_acted_upon(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic)
    home.add("a")
    attic.add("b")
    attic.add("s", complete=True, paused=True)
    desk.watch()
    attic.trouble = declines("fetch", error=DOWN)
    home.downloaded = 300
    result = desk.watch()
    assert (result.guard.state, result.complete, desk.last.status) == (GuardState.EMERGENCY, False, "partial")
    assert home.torrents["a"].paused
    assert not attic.torrents["b"].paused
    attic.trouble = lambda call: None
    desk.watch()
    assert attic.torrents["b"].paused
    assert not attic.torrents["s"].paused  # its emergency begins when it is first reached
    attic.trouble = declines("fetch", error=DOWN)
    home.uploaded = 900
    assert desk.watch().guard.state is GuardState.NORMAL
    assert not home.torrents["a"].paused
    assert attic.torrents["b"].paused
    attic.trouble = lambda call: None
    desk.watch()  # it is back: what was frozen there is put back now
    assert not attic.torrents["b"].paused
    assert attic.torrents["s"].paused


def test_a_new_emergency_takes_on_what_the_last_one_left_on_a_client_that_was_down(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic)
    attic.add("b", forced=True)
    attic.add("s", complete=True, paused=True)
    before = look(attic)
    home.downloaded = 300
    desk.watch()
    attic.trouble = declines("fetch", error=DOWN)
    home.uploaded = 900
    desk.watch()
    home.downloaded = 9_000
    desk.watch()
    attic.trouble = lambda call: None
    desk.watch()
    assert attic.torrents["b"].paused
    assert not attic.torrents["s"].paused
    home.uploaded = 90_000
    desk.watch()
    assert look(attic) == before


def test_a_dry_run_decides_the_same_and_asks_for_no_change(desk: Desk) -> None:
    desk.set_ratio(0.9)
    result = desk.watch(dry_run=True)
    assert result.transition is not None
    assert (result.actions.paused, result.actions.resumed, result.actions.tagged) == (5, 1, 5)
    assert {call for call, _ in desk.client.calls} == {"fetch"}
    assert desk.listener.heard == []


def test_every_action_is_announced_once_with_what_comes_next(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    desk.watch()
    assert [title for title, _ in desk.listener.heard] == ["mamctl: ratio emergency"]
    assert "below the floor" in desk.listener.heard[0][1]
    assert "Next:" in desk.listener.heard[0][1]
    desk.client.add("late")
    desk.watch()
    desk.set_ratio(1.1)
    desk.watch()
    desk.watch()
    assert [title for title, _ in desk.listener.heard[1:]] == [
        "mamctl: more was frozen",
        "mamctl: the ratio emergency is over",
    ]


def test_a_person_lifts_the_emergency_and_it_is_held_until_it_gets_worse_or_time_is_over(desk: Desk) -> None:
    before = look(desk.client)
    desk.set_ratio(0.9)
    desk.watch()
    result = desk.release()
    assert (result.guard.state, result.actions.untagged) == (GuardState.NORMAL, 5)
    assert result.guard.held_until is not None
    assert look(desk.client) == before
    desk.set_ratio(0.89)
    assert desk.watch().guard.state is GuardState.NORMAL
    desk.set_ratio(0.87)
    assert desk.watch().guard.state is GuardState.EMERGENCY
    assert [t.decided_by for t in list_transitions(desk.db, START)] == ["guard", "person", "guard"]


def test_a_hold_ends_when_the_ratio_recovers(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    desk.release()
    desk.set_ratio(1.2)
    assert desk.watch().guard.held_until is None
    desk.set_ratio(0.99)
    assert desk.watch().guard.state is GuardState.EMERGENCY


def test_lifting_nothing_changes_nothing(desk: Desk) -> None:
    desk.set_ratio(2)
    result = desk.release()
    assert (result.transition, result.guard.held_until, result.actions.any) == (None, None, False)


def test_a_declined_tag_does_not_keep_a_download_from_being_paused(desk: Desk) -> None:
    before = look(desk.client)
    desk.client.trouble = declines("add_tag", error=MamctlError("409"))
    desk.set_ratio(0.9)
    desk.watch()
    assert desk.last.status == "partial"
    assert desk.client.torrents["dl"].paused
    desk.client.trouble = lambda call: None
    desk.set_ratio(1.1)
    desk.watch()
    assert look(desk.client) == before


@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("call", ["add_tag", "pause", "resume"])
@pytest.mark.parametrize("error", [DOWN, ShapeChangedError("404")])
def test_a_request_that_fails_is_made_up_for_by_the_next_pass(desk: Desk, call: str, error: MamctlError) -> None:
    desk.client.trouble = declines(call, error=error)
    desk.set_ratio(0.9)
    desk.watch()
    assert desk.last.status == "partial"
    desk.client.trouble = lambda call: None
    desk.watch()
    assert all(desk.client.torrents[name].paused for name in DOWNLOADS)
    assert not desk.client.torrents["my-paused-seed"].paused


@pytest.mark.spec("RAT-5")
@pytest.mark.parametrize("declined", [(), ("resume", "force_resume")])
@pytest.mark.parametrize("tidied", [False, True])
def test_frozen_downloads_go_on_with_our_tag_or_without_it_though_their_start_was_declined(
    desk: Desk, tidied: bool, declined: tuple[str, ...]
) -> None:
    before = look(desk.client)
    desk.set_ratio(0.9)
    desk.watch()
    for torrent in desk.client.torrents.values():
        torrent.tags -= {TAG} if tidied else set()
    desk.watch()
    desk.set_ratio(1.05)
    desk.client.trouble = declines(*declined, error=MamctlError("not now"))
    desk.watch()
    desk.client.trouble = lambda call: None
    desk.watch()
    assert look(desk.client) == before


@pytest.mark.spec("RAT-12")
def test_one_that_became_complete_without_our_tag_seeds_though_its_start_was_declined(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.torrents["dl"].tags.discard(TAG)
    desk.client.torrents["dl"].complete = True
    desk.client.trouble = declines("resume", error=MamctlError("not now"))
    desk.watch()
    desk.client.trouble = lambda call: None
    desk.watch()
    assert desk.client.torrents["dl"].state is TorrentState.STALLED_UP


def test_what_was_declined_is_told_even_if_a_later_round_went_well(desk: Desk) -> None:
    def trouble(call: str) -> None:
        if call == "add_tag" and "late" not in desk.client.torrents:
            desk.client.add("late")  # it asks for one more round
            raise MamctlError("the tag was declined")

    desk.client.trouble = trouble
    desk.set_ratio(0.9)
    result = desk.watch()
    assert desk.client.torrents["late"].tags == {TAG}
    assert desk.last.status == "partial"
    assert result.clients[0].problem == "the tag was declined"
    assert "the tag was declined" in [problem.message for problem in desk.last.problems]
    assert (result.actions.tagged, result.actions.paused) == (1, 6)


def test_a_pause_without_the_tag_is_still_known_as_ours_when_the_client_shows_it_late(desk: Desk) -> None:
    before = look(desk.client)
    desk.client.trouble = declines("add_tag", error=MamctlError("409"))
    desk.client.slow = 50
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.trouble, desk.client.slow = lambda call: None, 0
    assert desk.watch().left_alone == 0
    desk.set_ratio(1.1)
    desk.watch()
    assert look(desk.client) == before


def test_a_person_who_starts_a_download_that_could_not_be_tagged_is_obeyed(desk: Desk) -> None:
    desk.client.trouble = declines("add_tag", error=MamctlError("409"))
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.torrents["dl"].paused = False
    desk.watch()
    assert not desk.client.torrents["dl"].paused


@pytest.mark.parametrize("at_thaw", [False, True])
@pytest.mark.parametrize("nth", range(1, 12))
def test_a_client_that_stops_answering_is_not_asked_again_in_that_pass(desk: Desk, nth: int, at_thaw: bool) -> None:
    desk.set_ratio(0.9)
    if at_thaw:
        desk.watch()
        desk.set_ratio(1.1)
    desk.client.calls.clear()
    failed: list[str] = []

    def trouble(call: str) -> None:
        if len(desk.client.calls) >= nth:
            failed.append(call)
            raise DOWN

    desk.client.trouble = trouble
    desk.watch()
    assert len(failed) <= 1
    assert len(desk.client.calls) <= nth


def test_what_was_seen_long_ago_is_looked_at_again_before_it_is_acted_upon(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic)
    home.add("a")
    home.uploaded = 50

    def silence(call: str) -> None:
        desk.now += timedelta(seconds=30)
        home.torrents["a"].paused = True  # a person's own pause while the other client was waited for
        raise DOWN

    attic.trouble = silence
    desk.watch()
    assert home.torrents["a"].touched == 0


def test_a_client_that_is_slow_to_show_a_change_is_waited_for(desk: Desk) -> None:
    before = look(desk.client)
    desk.client.slow = 4
    desk.set_ratio(0.9)
    desk.watch()
    assert [problem.code for problem in desk.last.problems] == ["ratio_emergency"]
    desk.client.slow = 50  # slower than a pass waits
    desk.set_ratio(1.1)
    desk.watch()
    assert "torrents_unsettled" in [problem.code for problem in desk.last.problems]
    desk.client.slow = 0
    desk.watch()
    desk.watch()
    assert look(desk.client) == before


def test_requests_are_bounded(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(1201):
        desk.client.add(f"t{number}")
    desk.set_ratio(0.5)
    assert desk.watch().actions.paused == 1201
    assert [len(hashes) for call, hashes in desk.client.calls if call == "pause"] == [500, 500, 201]


@pytest.mark.spec("RAT-10")
def test_ratio_metrics_tracking(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.trouble = declines("fetch", error=DOWN)
    desk.watch()
    first, second = list_points(desk.db, START)
    assert (first.ratio, first.emergency, first.frozen) == (0.9, True, 5)
    assert (second.ratio, second.emergency, second.frozen) == (None, True, 5)


@pytest.mark.spec("RAT-7")
def test_the_figures_have_what_is_watched(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    desk.watch()
    figures = desk.watch().figures
    assert figures.emergency_hours == pytest.approx(10 / 60)
    assert (figures.upspeed, figures.dlspeed, figures.frozen, figures.frozen_left_bytes) == (10, 20, 5, 5000)
    assert figures.hours_to_recovery is not None


def test_the_trackers_ratio_decides_where_it_is_asked_to(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(source=RatioSource.LOWEST, min_downloaded=0))
    desk.set_ratio(3.0)
    desk.account = RatioReading(0.98, "account", RatioSource.TRACKER, 98, 100)
    result = desk.watch()
    assert (result.guard.state, result.source) == (GuardState.EMERGENCY, "tracker")
    desk.account = RatioReading(None, "the site is down", RatioSource.TRACKER)
    assert desk.watch().ratio is None


def test_a_tracker_that_cannot_be_asked_does_not_keep_a_freeze_from_being_finished(tmp_path: Path) -> None:
    desk = Desk(tmp_path, policy=RatioPolicy(source=RatioSource.TRACKER, min_downloaded=0))
    desk.client.add("dl")
    desk.account = RatioReading(0.98, "account", RatioSource.TRACKER, 98, 100)
    desk.client.trouble = declines("pause", error=MamctlError("not now"))
    desk.watch()
    desk.client.trouble = lambda call: None
    desk.account = UnreachableError("the site is down")
    result = desk.watch()
    assert (result.guard.state, result.ratio) == (GuardState.EMERGENCY, None)
    assert desk.client.torrents["dl"].paused
    assert {"unreachable", "ratio_unknown"} <= {problem.code for problem in desk.last.problems}


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
def test_recovery_detection(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    frozen_at = desk.now
    assert {(torrent.hash, torrent.frozen_at) for torrent in list_frozen(desk.db)} == {
        (name, frozen_at) for name in DOWNLOADS
    }
    desk.set_ratio(1.05)
    desk.watch()
    down, up = list_transitions(desk.db, START)
    assert (down.at, down.ratio, down.uploaded_bytes, down.downloaded_bytes) == (frozen_at, 0.9, 900_000_000, 10**9)
    assert (up.at, up.ratio, up.uploaded_bytes, up.downloaded_bytes) == (desk.now, 1.05, 1_050_000_000, 10**9)
    stamps = desk.db.execute("SELECT hash, frozen_at, closed_at FROM torrent_journal WHERE role = 'frozen'").fetchall()
    assert {row["hash"] for row in stamps} == set(DOWNLOADS)
    assert all(row["frozen_at"] == timestamp(frozen_at) and row["closed_at"] == timestamp(desk.now) for row in stamps)


def test_a_state_that_mamctl_does_not_know_is_told_and_frozen_when_something_arrives(desk: Desk) -> None:
    strange = desk.client.add("strange", over=TorrentState.UNKNOWN)
    desk.client.add("not-ours", over=TorrentState.UNKNOWN, tracker="example.net")
    desk.watch()
    (problem,) = desk.last.problems
    assert (problem.code, problem.message) == (
        "torrent_state_unknown",
        "home: 1 torrent is in a state that mamctl does not know",
    )
    desk.set_ratio(0.9)
    desk.watch()
    assert not strange.paused
    strange.dlspeed = 9
    desk.watch()
    assert strange.paused
    assert desk.client.torrents["not-ours"].touched == 0
    strange.dlspeed = 0
    desk.set_ratio(1.1)
    desk.watch()
    assert not strange.paused
    assert strange.tags == set()


@pytest.mark.spec("RAT-5")
def test_a_client_that_is_dropped_with_frozen_torrents_is_asked_back(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    for client in (home, attic):
        client.add("dl")
    desk = Desk(tmp_path, home, attic)
    desk.set_ratio(0.5)
    desk.watch()
    desk.clients = (home,)
    desk.set_ratio(2)
    desk.watch()
    assert [(problem.code, problem.subject) for problem in desk.last.problems] == [("client_missing", "attic")]
    desk.clients = (home, attic)
    desk.watch()
    assert desk.last.problems == []
    assert not attic.torrents["dl"].paused

"""Torrents that vanish and come back, and freezes that the store does not know: nothing stays frozen for ever."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import TorrentState
from mamctl.domain.ratio.guard import GuardState
from mamctl.store.database import open_copy
from mamctl.store.ratio.torrent_journal import count_missing
from tests.kit.guard_desk import Desk
from tests.kit.model_client import ModelClient, ModelTorrent
from tests.unit.jobs.ratio.test_user_actions import copy, looks, open_desk, shelves

TAG = "mamctl-frozen"


def codes(desk: Desk) -> list[str]:
    return [problem.code for problem in desk.last.problems]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.client.add("a")
    desk.client.add("forced", forced=True)
    desk.client.add("my-paused", paused=True)
    desk.client.add("seed", complete=True, paused=True)
    return desk


@pytest.mark.spec("RAT-13")
@pytest.mark.parametrize("back_in", ["emergency", "normal", "much later"])
def test_what_vanished_for_some_passes_is_restored_when_it_is_back(desk: Desk, back_in: str) -> None:
    before = looks(desk)
    desk.set_ratio(0.9)
    desk.watch()
    away, desk.client.torrents = desk.client.torrents, {}
    result = desk.watch()
    assert result.missing == 3
    assert "client_not_itself" in codes(desk)
    assert result.actions.any is False
    if back_in == "emergency":
        desk.client.torrents = away
        assert desk.watch().missing == 0
    desk.set_ratio(1.2)
    assert desk.watch().guard.state is GuardState.NORMAL
    if back_in == "much later":
        for _ in range(20):
            desk.now += timedelta(days=1)
            desk.watch()
    desk.client.torrents = away
    desk.watch()
    assert looks(desk) == before
    assert desk.watch().actions.any is False
    assert count_missing(desk.db) == {}


@pytest.mark.spec("RAT-13")
def test_a_single_torrent_that_was_away_is_told_of_by_nobody_and_restored(desk: Desk) -> None:
    before = looks(desk)
    desk.set_ratio(0.9)
    desk.watch()
    torrent = desk.client.torrents.pop("a")
    assert desk.watch().missing == 1
    assert "client_not_itself" not in codes(desk)
    desk.client.torrents["a"] = torrent
    desk.set_ratio(1.2)
    desk.watch()
    assert looks(desk) == before


@pytest.mark.spec("RAT-13")
def test_one_that_you_added_again_without_the_tag_is_yours(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    del desk.client.torrents["a"]
    desk.watch()
    desk.client.add("a", paused=True)
    desk.watch()
    desk.set_ratio(1.2)
    desk.watch()
    assert desk.client.torrents["a"].look() == ModelTorrent(paused=True).look()
    assert desk.client.torrents["a"].touched == 0


@pytest.mark.spec("RAT-13")
def test_a_seed_that_you_added_again_as_a_download_is_frozen_in_the_emergency_and_goes_on(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    del desk.client.torrents["seed"]
    desk.watch()
    desk.client.add("seed")
    desk.watch()
    assert desk.client.torrents["seed"].paused
    desk.set_ratio(1.2)
    desk.watch()
    assert desk.client.torrents["seed"].look() == ModelTorrent().look()


@pytest.mark.spec("RAT-13")
def test_a_torrent_is_looked_for_during_a_month_after_the_emergency(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    torrent = desk.client.torrents.pop("a")
    for _ in range(40):
        desk.now += timedelta(days=1)
        assert desk.watch().missing == 1  # however long the emergency lasts
    desk.set_ratio(1.2)
    for _ in range(12):
        desk.watch()
    assert count_missing(desk.db) == {}
    desk.client.torrents["a"] = torrent
    desk.watch()
    assert "frozen_without_record" in codes(desk)  # forgotten, but not silently


@pytest.mark.spec("RAT-13")
def test_a_clock_far_ahead_does_not_end_the_search(desk: Desk) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    torrent = desk.client.torrents.pop("a")
    desk.set_ratio(1.2)
    desk.watch()
    now = desk.now
    desk.now += timedelta(days=400)
    desk.watch()
    desk.now = now
    desk.client.torrents["a"] = torrent
    desk.watch()
    assert torrent.look() == ModelTorrent().look()


@pytest.mark.spec("RAT-13")
def test_the_list_is_empty_and_the_totals_are_nothing(desk: Desk) -> None:
    desk.set_ratio(1.2)
    desk.watch()
    away, totals = desk.client.torrents, (desk.client.uploaded, desk.client.downloaded)
    desk.client.torrents, desk.client.uploaded, desk.client.downloaded = {}, 0, 0
    result = desk.watch()
    assert (result.guard.state, result.ratio) == (GuardState.NORMAL, None)
    assert {"client_not_itself", "ratio_unknown"} <= set(codes(desk))
    desk.client.torrents, (desk.client.uploaded, desk.client.downloaded) = away, totals
    assert desk.watch().ratio == pytest.approx(1.2)
    assert codes(desk) == []


@pytest.mark.spec("RAT-13")
@pytest.mark.spec("RAT-12")
@given(shelves, st.lists(st.tuples(st.sampled_from(["vanish", "back", "none"]), st.sets(st.sampled_from("abcdefgh")))))
def test_whatever_comes_and_goes_the_end_is_as_it_was(shelf: dict[str, ModelTorrent], story: Any) -> None:
    desk = open_desk(shelf)
    before = looks(desk)
    away: dict[str, ModelTorrent] = {}
    desk.set_ratio(0.9)
    desk.watch()
    for number, (event, hashes) in enumerate(story):
        if event == "vanish":
            away |= {hash_: desk.client.torrents.pop(hash_) for hash_ in hashes & desk.client.torrents.keys()}
        elif event == "back":
            desk.client.torrents |= {hash_: away.pop(hash_) for hash_ in hashes & away.keys()}
        if number == len(story) // 2:
            desk.set_ratio(1.2)
        desk.watch()
    desk.client.torrents |= away
    desk.set_ratio(1.2)
    desk.watch()
    desk.watch()
    assert looks(desk) == before
    assert count_missing(desk.db) == {}


def lose_the_store(desk: Desk, folder: Path) -> None:
    desk.db = open_copy(folder / "none.db")


@pytest.mark.spec("RAT-13")
def test_a_lost_store_is_told_and_released_on_your_word(desk: Desk, tmp_path: Path) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    lose_the_store(desk, tmp_path)
    desk.set_ratio(1.2)
    result = desk.watch()
    assert (result.guard.state, result.actions.any, desk.last.status) == (GuardState.NORMAL, False, "attention")
    (problem,) = desk.last.problems
    assert (problem.code, problem.subject) == ("frozen_without_record", "home")
    assert "2 paused torrents" in problem.message
    assert "thaw --adopt" in str(problem.remedy)
    desk.release()
    assert codes(desk) == ["frozen_without_record"]  # without --adopt it points at it
    result = desk.adopt()
    assert (result.adopted, codes(desk)) == (2, [])
    torrents = desk.client.torrents
    assert torrents["a"].look() == ModelTorrent().look()
    assert (torrents["forced"].paused, torrents["forced"].tags) == (False, set())
    assert torrents["my-paused"].touched == 0
    assert desk.watch().actions.any is False
    assert codes(desk) == []


@pytest.mark.spec("RAT-13")
def test_in_an_emergency_what_a_lost_store_froze_is_taken_over(desk: Desk, tmp_path: Path) -> None:
    desk.set_ratio(0.9)
    desk.watch()
    lose_the_store(desk, tmp_path)
    result = desk.watch()
    assert (result.guard.state, result.figures.frozen) == (GuardState.EMERGENCY, 2)
    assert "frozen_without_record" in codes(desk)
    desk.watch()
    assert codes(desk) == ["ratio_emergency"]
    desk.set_ratio(1.2)
    desk.watch()
    assert desk.client.torrents["a"].look() == ModelTorrent().look()
    assert desk.client.torrents["forced"].tags == set()
    assert desk.client.torrents["my-paused"].touched == 0


@pytest.mark.spec("RAT-13")
def test_adopting_touches_only_what_is_in_scope_and_carries_the_tag(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.add("ours", paused=True, tags={TAG, "keep"})
    desk.client.add("running", tags={TAG})
    desk.client.add("theirs", paused=True, tags={TAG}, tracker="other.net")
    desk.client.add("yours", paused=True)
    desk.client.add("broken", tags={TAG}, over=TorrentState.ERROR)
    desk.set_ratio(1.2)
    desk.client.slow = 2
    result = desk.adopt()
    torrents = desk.client.torrents
    assert result.adopted == 1
    assert torrents["ours"].look() == ModelTorrent(tags={"keep"}).look()
    assert torrents["running"].look() == ModelTorrent().look()
    assert [torrents[name].touched for name in ("theirs", "yours")] == [0, 0]


@pytest.mark.spec("RAT-13")
def test_an_adoption_that_breaks_off_is_found_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.add("a", paused=True, tags={TAG})
    desk.set_ratio(1.2)
    from mamctl.errors import UnreachableError
    from tests.kit.model_client import declines

    for call in ("resume", "remove_tag"):
        desk.client.trouble = declines(call, error=UnreachableError("down"))
        desk.adopt()
        assert desk.client.torrents["a"].tags == {TAG}
    desk.client.trouble = lambda call: None
    desk.adopt()
    assert desk.client.torrents["a"].look() == ModelTorrent().look()


@pytest.mark.spec("RAT-13")
def test_the_store_comes_back_from_a_copy_older_than_the_freeze(desk: Desk, tmp_path: Path) -> None:
    desk.set_ratio(1.2)
    desk.watch()
    backup = "\n".join(desk.db.iterdump())
    desk.set_ratio(0.9)
    desk.watch()
    import sqlite3

    old = sqlite3.connect(":memory:", isolation_level=None)
    old.executescript(backup)
    old.row_factory = desk.db.row_factory
    desk.db = old
    desk.watch()
    assert desk.client.torrents["a"].paused
    desk.set_ratio(1.2)
    desk.watch()
    assert desk.client.torrents["a"].look() == ModelTorrent().look()


def test_a_dry_run_of_an_adoption_asks_for_no_change(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.client.add("a", paused=True, tags={TAG})
    desk.set_ratio(1.2)
    result = desk.adopt(dry_run=True)
    assert (result.adopted, result.actions.untagged) == (1, 1)
    assert {call for call, _ in desk.client.calls} == {"fetch"}


def test_two_clients_one_of_them_not_itself(tmp_path: Path) -> None:
    home, attic = ModelClient("home"), ModelClient("attic")
    desk = Desk(tmp_path, home, attic)
    for client in (home, attic):
        client.add("a")
        client.add("b")
    desk.set_ratio(0.9)
    desk.watch()
    before = copy(attic.torrents["a"])
    attic.torrents = {}
    desk.watch()
    assert [problem.subject for problem in desk.last.problems if problem.code == "client_not_itself"] == ["attic"]
    assert home.torrents["a"].paused
    attic.torrents = {"a": before}
    desk.set_ratio(1.2)
    desk.watch()
    assert (home.torrents["a"].look(), before.look()) == (ModelTorrent().look(), ModelTorrent().look())

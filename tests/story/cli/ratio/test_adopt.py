"""A lost store, a paused session, a long history: as the commands show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.domain.timestamps import timestamp
from mamctl.store.database import open_store
from tests.kit.seedbox import DOWNLOADS, Seedbox, seedbox


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Seedbox]:
    with seedbox(tmp_path / "box") as running:
        yield running


@pytest.fixture
def ratio(mamctl) -> Callable:
    return lambda box, *args: mamctl("ratio", *args, "--config", box.config())


def check(mamctl, box: Seedbox, name: str) -> dict[str, str]:
    checks = mamctl("doctor", "--json", "--config", box.config()).data["checks"]
    return next(one for one in checks if one["name"] == name)


def lose_the_store(box: Seedbox) -> None:
    for file in box.home.glob("mamctl.db*"):
        file.unlink()


@pytest.mark.spec("RAT-13")
def test_a_lost_store_is_told_by_watch_status_and_doctor_and_released_on_your_word(mamctl, ratio, box: Seedbox) -> None:
    before = box.look()
    assert ratio(box, "watch").code == 3
    lose_the_store(box)
    box.set_ratio(1.2)
    done = ratio(box, "watch", "--json")
    assert (done.code, [problem["code"] for problem in done.json["problems"]]) == (3, ["frozen_without_record"])
    status = ratio(box, "status", "--json")
    assert status.code == 3
    assert status.data["clients"][0]["without_record"] == len(DOWNLOADS)
    assert "thaw --adopt" in check(mamctl, box, "clients")["remedy"]
    plain = ratio(box, "thaw", "--yes")
    assert (plain.code, "thaw --adopt" in plain.out + plain.err) == (3, True)
    assert ratio(box, "thaw", "--adopt").code == 2
    trial = ratio(box, "thaw", "--adopt", "--dry-run", "--json")
    assert trial.data["adopted"] == len(DOWNLOADS)
    done = ratio(box, "thaw", "--adopt", "--yes")
    assert (
        done.code,
        f"Started {len(DOWNLOADS)} torrents with the tag but without a record." in done.out,
    ) == (
        0,
        True,
    )
    after = box.look()
    forced = {name for name, (_, is_forced, *_) in before.items() if is_forced}
    started = {name for name, (stopped, *_) in before.items() if stopped} - {
        name for name, (stopped, *_) in after.items() if stopped
    }
    assert {name: after[name] for name in after.keys() - forced - started} == {
        name: before[name] for name in after.keys() - forced - started
    }
    assert all("mamctl-frozen" not in tags for *_, tags in after.values())
    assert check(mamctl, box, "clients")["grade"] == "ok"
    assert ratio(box, "watch").code == 0


def test_a_session_paused_as_a_whole_is_an_attention_everywhere(mamctl, ratio, box: Seedbox) -> None:
    box.set_ratio(1.5)
    box.client.world.version, box.client.world.session_paused = "v5.3.0", True
    done = ratio(box, "watch")
    assert (done.code, "home is paused as a whole" in done.out + done.err) == (3, True)
    status = ratio(box, "status", "--json")
    assert (status.code, status.data["clients"][0]["session_paused"]) == (3, True)
    assert "paused as a whole" in check(mamctl, box, "clients")["detail"]
    box.client.world.session_paused = False
    assert ratio(box, "watch").code == 0
    assert ratio(box, "status", "--json").data["clients"][0]["session_paused"] is False


@pytest.mark.spec("RAT-13")
def test_a_small_client_and_a_wrong_least_are_said_in_plain_words(ratio, box: Seedbox) -> None:
    box.ratio = {"min_downloaded": "4 GiB"}
    done = ratio(box, "watch")
    assert (done.code, "ratio.min_downloaded is 4.00 GiB" in done.out + done.err) == (3, True)
    assert ratio(box, "watch").code == 0
    box.ratio = {"min_downloaded": "4 gallons"}
    done = ratio(box, "watch")
    assert (done.code, 'bytes, or text such as "500 MiB", "1 GiB"' in done.out + done.err) == (10, True)


def test_only_the_newest_transitions_are_on_the_screen(ratio, box: Seedbox) -> None:
    box.set_ratio(1.5)
    ratio(box, "watch")
    with closing(open_store(box.store_path)) as db:
        for number in range(15):
            states = ("normal", "emergency") if number % 2 == 0 else ("emergency", "normal")
            at = timestamp(datetime.now(UTC) - timedelta(hours=20 - number))
            db.execute(
                "INSERT INTO guard_transitions (follows, at, from_state, to_state, decided_by, reason)"
                " VALUES (?, ?, ?, ?, 'guard', ?)",
                (number, at, *states, f"change {number}"),
            )
    text = ratio(box, "history").out
    assert "… 5 more before these: --json has them all" in text
    assert [f"change {number}\n" in text for number in (4, 5, 14)] == [False, True, True]
    assert len(ratio(box, "history", "--json").data["transitions"]) == 15

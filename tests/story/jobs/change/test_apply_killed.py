"""A change of the configuration that is killed at any of its steps: the next run ends it, one way or the other."""

from __future__ import annotations

import shutil

import pytest

from tests.kit.killed import KilledError, die_before
from tests.story.jobs.change.conftest import Household


def dying_at(monkeypatch: pytest.MonkeyPatch, number: int) -> list[str]:
    """The command dies before its `number`th step; the steps that it made."""
    from mamctl.adapters import points
    from mamctl.cli.wiring import change
    from mamctl.jobs.change import apply

    return die_before(
        monkeypatch, number, (apply, "begin_change"), (points.UnfinishedPoint, "finish"), (apply, "set_point"),
        (change, "replace_config"), (apply, "record_tests"), (apply, "remember_config"), (apply, "finish_change"),
    )  # fmt: skip


@pytest.mark.spec("CHG-2")
@pytest.mark.parametrize("good", [True, False], ids=["good", "bad"])
def test_an_apply_that_was_killed_at_any_step_is_ended_by_the_next_run(
    household: Household, monkeypatch: pytest.MonkeyPatch, good: bool
) -> None:
    household.call("ratio", "watch")
    household.call("vip", "check")
    wrong = household.member.home / "wrong"
    wrong.write_text("not the password")
    wrong.chmod(0o600 if good else 0o644)
    words = ("vip.min_points", "700") if good else ("qbittorrent[0].password_file", str(wrong))
    before = household.config.read_text()
    saved = household.member.home.with_name("saved")
    shutil.copytree(household.member.home, saved)
    number, done = 0, None
    while done is None:
        shutil.rmtree(household.member.home)
        shutil.copytree(saved, household.member.home)
        with monkeypatch.context() as patch:
            steps = dying_at(patch, number)
            try:
                done = household.call("config", "set", *words)
            except KilledError:
                done = None
        household.call("rules", "sync")
        text = household.config.read_text()
        logged = [one for one in household.log() if one["kind"] == "config"]
        assert all(one["outcome"] in ("active", "failed_rolled_back") for one in logged), steps
        active = bool(logged) and logged[0]["outcome"] == "active"
        assert (text != before) is active, steps  # the file and the log say the same
        assert good or not active, steps
        assert "noticed" not in {one["outcome"] for one in household.log()}, steps
        assert household.call("meta", "export", "--all").code == 0, steps
        number += 1
    assert number >= 7

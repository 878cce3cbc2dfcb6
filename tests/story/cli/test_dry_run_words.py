"""A dry run says before everything else that nothing happens, and speaks of what would."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]


def test_a_dry_run_says_so_first_and_speaks_in_the_conditional(
    tracker: PracticeTracker, tmp_path: Path, mamctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker.world.clock.move_to(datetime.now(UTC))
    monkeypatch.setenv("MAMCTL_CONFIG", str(Member(tracker, tmp_path).config()))
    for words, said in (
        (("vip", "check"), "Would "),
        (("vip", "pending", "add", "The Salt Road", "--author", "Mara Vell"), "Would add: 1"),
        (("rules", "event", "add", "bonus"), "Would add event 1"),
    ):
        first, *rest = mamctl(*words, "--dry-run").out.splitlines()
        assert first == "Dry run: nothing is changed. This is what would happen:"
        assert said in "\n".join(rest)
    assert mamctl("vip", "pending", "list").out.startswith("Nothing is wanted")

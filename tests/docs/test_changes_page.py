"""The commands of docs/changes.md, run in the order in which it shows them, in one household."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

from mamctl.practice.tracker import PracticeTracker
from tests.docs.test_documents import CHANGES_PAGE, ROOT, blocks
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.seedbox import seedbox

__all__ = ["tracker"]


def test_every_command_of_the_page_runs(tracker: PracticeTracker, tmp_path: Path, mamctl, monkeypatch) -> None:
    lines = [re.split(r" {3,}", line)[0] for line in blocks(ROOT / "docs" / CHANGES_PAGE) if line.startswith("mamctl ")]
    assert len(lines) >= 14
    tracker.world.clock.move_to(datetime.now(UTC))
    with seedbox(tmp_path / "box") as box:
        config = Member(tracker, tmp_path).config(qbittorrent=box.client_tables())
        (tmp_path / "draft.toml").write_text(config.read_text() + "\n[drift]\nmax_changes = 90\n")
        monkeypatch.setenv("MAMCTL_CONFIG", str(config))
        monkeypatch.setenv("EDITOR", "true")
        monkeypatch.chdir(tmp_path)
        for line in lines:
            assert mamctl(*shlex.split(line)[1:]).code in (0, 3), line

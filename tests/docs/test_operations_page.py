"""The steps of docs/operations.md, done in the order in which it shows them, each section in a home of its own."""

from __future__ import annotations

import re
import shlex
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mamctl.practice.tracker import PracticeTracker
from mamctl.store.database import open_store
from mamctl.store.migrate import MIGRATIONS, migrate, schema_version
from tests.docs.test_documents import OPERATIONS_PAGE, ROOT
from tests.kit.crontab_program import install_crontab
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.seedbox import seedbox

__all__ = ["tracker"]
pytestmark = pytest.mark.spec("OPS-1")
PAGE = (ROOT / "docs" / OPERATIONS_PAGE).read_text()
STEPS = {
    part.partition("\n")[0]: "".join(re.findall(r"```sh\n(.*?)```", part, re.DOTALL)).splitlines()
    for part in PAGE.split("\n## ")[1:]
    if "```sh" in part
}


class Household:
    """Somebody's home: mamctl configured where it is by default, a store, a torrent client."""

    def __init__(self, home: Path, mamctl: Any) -> None:
        self.home, self.mamctl = home, mamctl
        self.store = home / ".local/state/mamctl/mamctl.db"

    def do(self, line: str) -> None:
        """One step: mamctl in this process, anything else in a shell."""
        if line.startswith("mamctl "):
            done = self.mamctl(*shlex.split(line)[1:])
            assert done.code in (0, 3), f"{line}\n{done.out}{done.err}"
        else:
            subprocess.run(["bash", "-euc", line], check=True, cwd=self.home)


@pytest.fixture
def household(tracker: PracticeTracker, tmp_path: Path, mamctl, monkeypatch) -> Iterator[Household]:
    tracker.world.clock.move_to(datetime.now(UTC))
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "crontab").mkdir()
    (home / "bin/crontab").symlink_to(install_crontab(home / "crontab"))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{home}/bin:/usr/bin:/bin")
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(home)
    with seedbox(tmp_path / "box") as box:
        folder = home / ".config/mamctl"
        folder.mkdir(parents=True)
        member = Member(tracker, folder)
        found = Household(home, mamctl)
        member.config(qbittorrent=box.client_tables(), store={"path": str(found.store)})
        member.expire_in(days=40)
        for words in ("vip check", "ratio watch"):
            found.do(f"mamctl {words}")
        yield found


def test_the_sections_have_steps() -> None:
    assert set(STEPS) == {
        "Backup and restore", "Upgrade and downgrade", "Moving to another machine", "Uninstall", "Emergencies",
    }  # fmt: skip


def test_a_backup_is_restored_whole(household: Household) -> None:
    pack, *rest = STEPS["Backup and restore"]
    with closing(open_store(household.store)) as db:
        before = db.execute("SELECT count(*) FROM standings").fetchone()[0]
    household.do(pack)
    assert stat.S_IMODE((household.home / "mamctl-backup.tar.gz").stat().st_mode) == 0o600
    household.do("mamctl vip check")
    for line in rest:
        household.do(line)
    with closing(open_store(household.store)) as db:
        assert db.execute("SELECT count(*) FROM standings").fetchone()[0] == before


def test_an_upgrade_and_the_way_back(household: Household) -> None:
    with closing(open_store(household.store)) as db:
        migrate(db, None, len(MIGRATIONS) - 1)
    for line in STEPS["Upgrade and downgrade"]:
        household.do(line)
    with closing(sqlite3.connect(household.store)) as db:
        assert schema_version(db) == len(MIGRATIONS) - 1
    household.do("mamctl status")


def test_a_move(household: Household) -> None:
    household.do("mamctl cron install --yes")
    *old, pack, unpack, _, _, _, _, _ = STEPS["Moving to another machine"]
    for line in (*old, pack):
        household.do(line)
    assert stat.S_IMODE((household.home / "mamctl-move.tar.gz").stat().st_mode) == 0o600
    assert (
        not (household.home / "crontab/table").exists()
        or b"mamctl" not in (household.home / "crontab/table").read_bytes()
    )
    household.do("rm -rf .config/mamctl .local/state/mamctl")
    for line in STEPS["Moving to another machine"][len(old) + 1 :]:
        household.do(line)
    assert unpack.startswith("tar ")
    assert b"vip check" in (household.home / "crontab/table").read_bytes()


def test_uninstalling_leaves_nothing(household: Household) -> None:
    for line in STEPS["Uninstall"]:
        household.do(line)
    assert not household.store.exists()
    assert not (household.home / ".config/mamctl").exists()


def test_the_steps_of_the_emergencies(household: Household) -> None:
    for line in STEPS["Emergencies"]:
        household.do(line)
    assert "auto_renew = false" in (household.home / ".config/mamctl/mamctl.toml").read_text()

"""A `crontab` program that keeps one table in a file, and can fail as real ones do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

_PROGRAM = """#!/bin/sh
# $1 is -l, -r or -; the table is in the file TABLE, BEFORE_LIST is run before it is listed.
cd "{folder}" || exit 9
case "$1" in
-l) [ -f before_list ] && . ./before_list
    if [ -f table ]; then cat table; else echo "no crontab for member" >&2; exit 1; fi;;
-r) rm -f table;;
-)  cat > new
    [ -f refuse ] && {{ cat refuse >&2; exit 1; }}
    mv new table;;
*) exit 8;;
esac
"""


@dataclass(frozen=True)
class CrontabProgram:
    """The program's folder; `table` is the crontab as bytes, None where there is none."""

    folder: Path

    @property
    def table(self) -> bytes | None:
        path = self.folder / "table"
        return path.read_bytes() if path.exists() else None

    def write(self, table: bytes) -> None:
        (self.folder / "table").write_bytes(table)

    def before_list(self, shell: str) -> None:
        """Shell commands that run at each `crontab -l`, in the program's folder."""
        (self.folder / "before_list").write_text(shell)

    def refuse(self, words: str) -> None:
        """Accept no table from now on."""
        (self.folder / "refuse").write_text(words)


def install_crontab(folder: Path) -> Path:
    """The program, in `folder`, which exists."""
    program = folder / "crontab"
    program.write_text(_PROGRAM.format(folder=folder))
    program.chmod(0o755)
    return program


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CrontabProgram:
    """The program, first in PATH; the shell has no proxy and no certificates that cron would lack."""
    from mamctl.cli.cron.missing import NETWORK

    folder = tmp_path / "crontab-program"
    folder.mkdir()
    install_crontab(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    for name in (*NETWORK, "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return CrontabProgram(folder)

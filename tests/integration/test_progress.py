"""How far a scan is: shown to a person at a terminal, and to nobody else."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.real("ffmpeg")
BOOKS = 30


@pytest.fixture
def library(audio_kit: Path, tmp_path: Path) -> Path:
    for number in range(BOOKS):
        (tmp_path / f"lib/Author {number}/Book {number}").mkdir(parents=True)
        os.link(audio_kit / "opus.opus", tmp_path / f"lib/Author {number}/Book {number}/a.opus")
    return tmp_path / "lib"


def at_a_terminal(*words: str) -> tuple[bytes, str]:
    """Runs the program with a terminal as its stderr; what stdout got, and what the terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "mamctl", *words]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    # A file takes any number of lines; a pipe that nobody reads would stop the program.
    with tempfile.TemporaryFile() as out, subprocess.Popen(command, stdin=slave, stdout=out, stderr=slave, env=env):
        os.close(slave)
        shown = b""
        with contextlib.suppress(OSError):  # a terminal whose other end is closed cannot be read
            while part := os.read(master, 65_536):
                shown += part
        os.close(master)
        out.seek(0)
        return out.read(), shown.decode("utf-8", "replace")


@pytest.mark.parametrize("what", ["scan", "check"])
def test_a_terminal_shows_files_rate_and_remaining_time(library: Path, what: str):
    out, shown = at_a_terminal("meta", what, str(library), "--jsonl")
    assert f"0 of {BOOKS} files" in shown
    assert re.search(rf"[1-9]\d* of {BOOKS} files", shown)
    assert re.search(r"\d+(\.\d+)? (?:[KMG]i)?B/s", shown)
    assert re.search(r"\d:\d\d:\d\d", shown)
    # stdout is a pipe, and has the lines alone.
    assert b"\x1b" not in out
    assert len([json.loads(line) for line in out.splitlines()]) == BOOKS


@pytest.mark.parametrize("what", ["scan", "check"])
def test_a_pipe_gets_nothing_of_it(library: Path, mamctl_process, what: str):
    done = mamctl_process("meta", what, str(library), "--jsonl")
    assert (done.err, len(done.out.splitlines())) == ("", BOOKS)


def test_quiet_is_quiet_at_a_terminal(library: Path):
    assert at_a_terminal("meta", "scan", str(library), "--quiet") == (b"", "")

"""Where the output goes: a reader that leaves, a disk that is full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

COMMANDS = [("meta", "problems"), ("meta", "problems", "--json"), ("config", "show")]


def run(*words: str, stdout: IO[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mamctl", *words]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_output_that_cannot_be_written_is_a_failure_and_no_bug(words: tuple[str, ...]):
    with Path("/dev/full").open("w") as full:
        done = run(*words, stdout=full)
    assert done.returncode == 5
    assert done.stderr.startswith("mamctl: the result cannot be written: ")
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_enough_stops_a_stream_of_lines(tmp_path: Path):
    for number in range(500):
        (tmp_path / f"lib/Author/Book {number}").mkdir(parents=True)
        (tmp_path / f"lib/Author/Book {number}/a.mp3").touch()
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = run("meta", "scan", str(tmp_path / "lib"), "--jsonl", stdout=pipe)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("words", [*COMMANDS, ("--help",), ("config", "--help"), ("nonsense", "--json")], ids=" ".join)
def test_a_reader_that_has_gone_ends_every_command_quietly(words: tuple[str, ...]):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        command = [sys.executable, "-m", "mamctl", *words]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
        both = subprocess.run(command, stdout=pipe, stderr=pipe, check=False)
    assert (done.returncode, done.stderr) == (141, "")
    assert both.returncode == 141

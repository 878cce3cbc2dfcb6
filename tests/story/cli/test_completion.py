"""Completion in bash, zsh and fish: the script, the words it offers, and silence about everything else."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mamctl.cli.lazy import TREE
from mamctl.store.database import open_store

VARIABLE = "_MAMCTL_COMPLETE"


def answer(**environ: str) -> str:
    """What the console script, whose name the variable bears, prints for a shell."""
    program = Path(sys.executable).with_name("mamctl")
    done = subprocess.run([program], env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return done.stdout


def asked(shell: str, line: str) -> dict[str, str]:
    """The environment in which the shell's script asks for the last word of `line`."""
    words = line.split(" ")
    return {
        VARIABLE: f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_groups_commands_and_options_are_offered(shell: str) -> None:
    for line, offered in (
        ("mamctl ru", ["rules"]),
        ("mamctl vip pend", ["pending"]),
        ("mamctl vip pending ", ["add", "list", "remove", "check"]),
        ("mamctl vip check --dr", ["--dry-run"]),
        ("mamctl rules event add f", ["freeleech"]),
    ):
        out = answer(**asked(shell, line))
        assert all(word in out for word in offered), (line, out)


def test_every_group_is_offered() -> None:
    assert answer(**asked("bash", "mamctl ")).split() == list(TREE)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(shell: str) -> None:
    script = answer(**{VARIABLE: f"source_{shell}"})
    assert f"complete_{shell}" in script
    program = shutil.which(shell)
    if program:  # only bash is on every machine
        subprocess.run([program, "-n"], input=script, text=True, check=True)


_ASKED = {
    "bash": "COMP_WORDS=(mamctl queue list --state h) COMP_CWORD=4; _mamctl_completion mamctl; echo ${COMPREPLY[*]}",
    "fish": "complete -C 'mamctl queue list --state h'",
}


@pytest.mark.parametrize("shell", _ASKED)
def test_the_shell_itself_offers_the_states(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    script = answer(**{VARIABLE: f"source_{shell}"})
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [program, "-c", f"{script}\n{_ASKED[shell]}"], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["handed_over", "held"], done.stderr


def test_values_come_from_the_store_and_a_missing_store_offers_none(tmp_path: Path) -> None:
    config, db = tmp_path / "mamctl.toml", tmp_path / "state.db"
    config.write_text(f"[store]\npath = {str(db)!r}\n")
    line = f"mamctl meta show --config {config} 1"
    assert answer(**asked("bash", line)).split() == []
    assert not db.exists()
    with contextlib.closing(open_store(db)) as store:
        store.executemany(
            "INSERT INTO books (id, path, root, stamp, size, added_at, scanned_at) VALUES (?, ?, '/l', '', 0, ?, ?)",
            [(number, f"/l/{number}", "2026-11-29T00:00:00Z", "2026-11-29T00:00:00Z") for number in (1, 2, 12)],
        )
    assert answer(**asked("bash", line)).split() == ["12", "1"]
    assert answer(**asked("fish", line)).split("\n")[0].split() == ["12", "/l/12"]
    for typed, offered in (
        (f"mamctl queue list --config {config} --state ha", ["handed_over"]),
        (f"mamctl change verify --config {config} l", ["last"]),
        (f"mamctl config set --config {config} vip.auto_renew ", ["true", "false"]),
    ):
        assert answer(**asked("bash", typed)).split() == offered
    db.write_bytes(b"not a database, but as long as the header of one would have to be: " * 9)
    assert answer(**asked("bash", line)).split() == []
    assert answer(**asked("bash", "mamctl meta set 1 narr")).split() == ["narrators"]

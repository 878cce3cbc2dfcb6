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
from mamctl.cli.shells import quote_for_bash
from mamctl.store.database import open_store
from tests.kit.stocked_library import add_book
from tests.kit.terminal import on_terminal

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
        for number in (1, 2, 12):
            add_book(store, number, authors=["Mara Vell"])
    assert answer(**asked("bash", line)).split() == ["12", "1"]
    assert answer(**asked("fish", line)).split("\n")[0].split() == ["12", "/l/12"]
    for typed, offered in (
        (f"mamctl queue list --config {config} --state ha", ["handed_over"]),
        (f"mamctl change verify --config {config} l", ["last"]),
        (f"mamctl config set --config {config} vip.auto_renew ", ["true", "false"]),
    ):
        assert answer(**asked("bash", typed)).split() == offered
    as_bash_parts_it = f"mamctl meta list --config {config} --author = Mar".replace(" ", "\n")
    asks = {VARIABLE: "complete_bash", "COMP_WORDS": as_bash_parts_it, "COMP_CWORD": "7"}
    assert answer(**asks) == "Mara\\ Vell\n"
    assert (
        answer(**asked("fish", f"mamctl meta list --config {config} --author=Mar")) == "--author=Mara Vell\t3 books\n"
    )
    db.write_bytes(b"not a database, but as long as the header of one would have to be: " * 9)
    assert answer(**asked("bash", line)).split() == []
    assert answer(**asked("bash", "mamctl meta set 1 narr")).split() == ["narrators"]


# What a shell would take for something else: blanks, quotes, variables, commands, patterns, comments, breaks of words.
ODD = r"""Say "Hi" & 'bye' for $5 `or` \ (less): a*b? #1; ~x=[y] {z} | <w> a="b" """.strip()
# What is typed before the key for completion, and the word with which the command is to run.
TYPED = {r"The\ Way\ of\ ": "The Way of Kings", "Say": ODD, '"Say ': ODD, "'Ender": "Ender's Game"}
_BEGIN = {
    "bash": ("--norc --noprofile -i", ""),
    "zsh": ("-f -i", "autoload -Uz compinit; compinit -D -u; "),
    "fish": ("--no-config -i", ""),
}


@pytest.mark.parametrize("shell", _BEGIN)
def test_names_with_blanks_and_quotes_arrive_whole_in_the_shell_itself(tmp_path: Path, shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not here")
    options, first = _BEGIN[shell]
    (tmp_path / "script").write_text(answer(**{VARIABLE: f"source_{shell}"}))
    ran = _recorder(tmp_path)
    lines = [f"{first}source {tmp_path}/script; mamctl", *(f"mamctl meta show {typed}\t" for typed in TYPED), "exit"]
    seen = on_terminal(
        *options.split(),
        program=[program],
        answers=[("<done>" if number else "", f"{line}\n") for number, line in enumerate(lines)],
        env={
            "PATH": f"{ran.parent}:{os.environ['PATH']}",
            "MAMCTL_CONFIG": str(library_of(tmp_path, {*TYPED.values(), "The Way"})),
            "HOME": str(tmp_path),
            "LANG": "C.UTF-8",
        },
    )
    got = [line.split("\0")[:-1] for line in ran.read_text().splitlines()]
    assert dict(zip(TYPED, got[1:], strict=False)) == {
        typed: ["meta", "show", word] for typed, word in TYPED.items()
    }, seen.text


def test_bash_reads_back_what_was_quoted_for_it() -> None:
    words = [
        "The Way of Kings",
        "Ender's Game",
        'a`b` $c "d" \\ !e #f; g&h|i (j) <k> [l] {m} ~n* o? =p: q^',
        "Über …",
        "-x",
    ]
    typed = [quote + quote_for_bash(word, quote) + quote for word in words for quote in ("", "'", '"')]
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {' '.join(typed)}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [word for word in words for _ in range(3)]


def library_of(folder: Path, titles: set[str]) -> Path:
    """A configuration whose library holds a book of each title."""
    config, db = folder / "mamctl.toml", folder / "state.db"
    config.write_text(f"[store]\npath = {str(db)!r}\n")
    with contextlib.closing(open_store(db)) as store:
        for number, title in enumerate(sorted(titles), 1):
            add_book(store, number, title=title)
    return config


def _recorder(folder: Path) -> Path:
    """A `mamctl` that answers shells as the real one does, and otherwise writes its words to the file returned."""
    ran, command = folder / "bin" / "ran", folder / "bin" / "mamctl"
    command.parent.mkdir()
    real = Path(sys.executable).with_name("mamctl")
    command.write_text(
        f'#!/bin/sh\n[ -z "${VARIABLE}" ] || exec {real}\nprintf "%s\\0" "$@" >>{ran}; echo >>{ran}; echo "<done>"\n'
    )
    command.chmod(0o755)
    return ran

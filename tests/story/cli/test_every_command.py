"""What holds for each command there is: its forms of output, and its line in the help of its noun."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from mamctl.cli.app import app
from mamctl.cli.lazy import TREE
from mamctl.errors import ExitCode
from tests.golden.world import run_into
from tests.kit.commands import every_command


def test_two_forms_of_one_result_are_refused_by_every_command_that_has_them(
    mamctl: Callable[..., Any], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    asked = set()
    for words in every_command(empty):
        command: Any = typer.main.get_command(app)
        for name in words:
            if not hasattr(command, "get_command"):
                break
            command = command.get_command(None, name)
        for form in {"--jsonl", "--csv"} & {option for one in command.params for option in one.opts}:
            done = mamctl(*words, form, "--json")
            assert (done.code, done.json["problems"][0]["code"]) == (2, "usage"), words
            assert form in done.json["problems"][0]["message"]
            asked.add((*words[:2], form))
    assert {("meta", "scan", "--jsonl"), ("meta", "list", "--jsonl"), ("ratio", "history", "--csv")} <= asked


@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_of_help_is_cut(columns: int, mamctl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for noun in ([], *([name] for name, node in TREE.items() if node.verbs)):
        lines = mamctl(*noun, "--help").out.splitlines()
        listed = lines[lines.index("Commands:") + 1 :]
        assert listed
        assert not [line for line in listed if line.endswith("...") or len(line) > columns], noun


def test_a_reader_that_has_gone_ends_every_command_without_a_word_about_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed says so on stderr as ever; the lost output is no failure and no bug."""
    empty, config = tmp_path / "empty", tmp_path / "mamctl.toml"
    empty.touch()
    config.write_text(f'[store]\npath = "{tmp_path}/mamctl.db"\n[catalogues]\norder = []\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    codes = {code.value for code in ExitCode} - {ExitCode.BUG.value}
    ended = Counter[int]()
    for words in every_command(empty):
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as pipe, (tmp_path / "err").open("w+") as err:
            code = run_into(["mamctl", *words, "--config", str(config)], pipe.fileno(), err.fileno())
            err.seek(0)
            complaint = err.read()
        assert code in codes, words
        assert not any(word in complaint for word in ("Traceback", "roken pipe", "be written")), (words, complaint)
        ended[code] += 1
    assert ended[ExitCode.PIPE_CLOSED] > 30

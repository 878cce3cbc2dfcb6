"""What holds for each command there is: its forms of output, and its line in the help of its noun."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from mamctl.cli.app import app
from mamctl.cli.lazy import TREE
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


def test_no_line_of_help_is_cut_at_80_columns(mamctl: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for noun in ([], *([name] for name, node in TREE.items() if node.verbs)):
        lines = mamctl(*noun, "--help").out.splitlines()
        listed = lines[lines.index("Commands:") + 1 :]
        assert listed
        assert not [line for line in listed if line.endswith("...")], noun

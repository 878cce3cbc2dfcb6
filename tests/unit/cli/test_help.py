"""Every command's help: plain names of values, lines that fit, and examples that are understood."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from mamctl.cli.app import app
from mamctl.cli.examples import EXAMPLES

# What Python and its libraries call things, in brackets as Typer shows them.
_LEAKS = re.compile(r"<(str|int|float|list\[|Path|path|int range)|[<>]=?x|x[<>]=")


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands"):
        yield words, command
        return
    if command.invoke_without_command and words:  # a noun that is a command itself
        yield words, command
    for name in command.list_commands(None):
        yield from _commands(command.get_command(None, name), (*words, name))


COMMANDS = dict(_commands(typer.main.get_command(app)))


def _help(words: tuple[str, ...], columns: int) -> str:
    context = COMMANDS[words].make_context("mamctl " + " ".join(words), [], resilient_parsing=True,
                                           terminal_width=columns, max_content_width=columns)  # fmt: skip
    return str(COMMANDS[words].get_help(context))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_is_plain_and_has_an_example(words: tuple[str, ...]) -> None:
    text = _help(words, 80)
    assert not _LEAKS.search(text), text
    prose = text.partition("\nExamples:\n")
    assert prose[2].strip().startswith("mamctl " + " ".join(words))
    assert all(len(line) <= 80 for line in prose[0].splitlines() if "|" not in line), text
    summary = COMMANDS[words].get_short_help_str(200)
    assert len(summary) <= 60, summary


@pytest.mark.parametrize(("path", "line"), [(path, line) for path, lines in EXAMPLES.items() for line in lines])
def test_an_example_is_understood(path: str, line: str) -> None:
    words = shlex.split(re.split(r" \| | > | {4}#", line)[0])
    names = tuple(path.split())
    assert tuple(words[: len(names)]) == names
    COMMANDS[names].make_context("mamctl", words[len(names) :])


def test_examples_are_of_commands_that_exist() -> None:
    assert {tuple(path.split()) for path in EXAMPLES} <= set(COMMANDS)

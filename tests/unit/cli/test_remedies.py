"""Every command that the program tells its reader to type is one: its name, its options, its arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import mamctl
from tests.kit.shown_commands import parse, shown_commands

ROOT = Path(mamctl.__file__).parent
# The stand-ins tell nothing, and a docstring is no message; the examples have a test of their own.
_LEFT_OUT = ("practice/", "cli/examples.py")


def _texts(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line; what is filled in is 1."""
    nodes = list(ast.walk(module))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    left_out = {
        id(one.body[0].value)
        for one in nodes
        if isinstance(one, documented) and one.body and isinstance(one.body[0], ast.Expr)
    }
    left_out |= {id(part) for one in nodes if isinstance(one, ast.JoinedStr) for part in one.values}
    for one in nodes:
        if id(one) in left_out:
            continue
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.lineno, re.sub(r"\{\w+\}", "1", one.value)  # a text for str.format
        elif isinstance(one, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "1" for part in one.values)
            yield one.lineno, "".join(parts)


def _shown() -> Iterator[tuple[str, tuple[str, ...]]]:
    for file in sorted(ROOT.rglob("*.py")):
        name = str(file.relative_to(ROOT))
        if not name.startswith(_LEFT_OUT):
            for line, text in _texts(ast.parse(file.read_text())):
                yield from ((f"{name}:{line}", words) for words in shown_commands(text))


SHOWN = list(_shown())


def test_commands_are_found() -> None:
    assert ("vip", "check", "--dry-run") in {words for _, words in SHOWN}
    assert len(SHOWN) > 100


@pytest.mark.parametrize(("place", "words"), SHOWN, ids=[f"{place} {' '.join(words)}" for place, words in SHOWN])
def test_a_command_that_is_shown_is_understood(place: str, words: tuple[str, ...]) -> None:
    parse(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("run: mamctl cron install", ("cron", "install")),
        ("mamctl change points lists them", ("change", "points")),
        ("if it is right: mamctl meta set 3 narrators 'Ned Oaks'", ("meta", "set", "3", "narrators", "Ned Oaks")),
        ("mamctl meta match 3 --choose audible:B0, another record, or --none",
         ("meta", "match", "3", "--choose", "audible:B0")),
        ("the user's own: mamctl vip check; then look", ("vip", "check")),
        ("`mamctl ratio watch` every few minutes", ("ratio", "watch")),
    ],
)  # fmt: skip
def test_a_command_ends_where_the_sentence_goes_on(text: str, words: tuple[str, ...]) -> None:
    assert list(shown_commands(text)) == [words]


def test_a_sentence_about_the_program_is_no_command() -> None:
    assert list(shown_commands("mamctl needs an update, and mamctl made no change")) == []

"""Every command of the program with words to call it by: a new one is found without being named."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import typer

from mamctl.cli.app import app

# What each kind of argument is filled with; by its name, in lower case.
SAMPLES = {
    "book": "1", "title": "Salt Road", "words": "Salt Road", "field": "year", "value": "2012", "name": "bonus",
    "event": "bonus", "key": "store.path", "category": "Audiobooks - Fantasy", "run": "1", "series": "Lantern Cycle",
    "outcome": "applied", "clause": "VIP-8",
}  # fmt: skip
# The first would go on until a signal, the others change the machine's own systemd.
ADDED = {("run",): ["--dry-run"], ("systemd", "install"): ["--dry-run"], ("systemd", "remove"): ["--dry-run"]}
# These start servers and live through months of their own; tests/integration/test_demo.py runs them.
LEFT_OUT = {"demo"}


def every_command(files: Path) -> Iterator[tuple[str, ...]]:
    """The words of each command, its required arguments filled; `files` is an empty file for those that read one."""
    for path, words in every_call(files):
        if path[0] not in LEFT_OUT:
            yield (*path, *words)


def every_call(files: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each command of the tree, none left out, as its name and the words to call it with."""
    root = typer.main.get_command(app)
    yield from _walk(root, (), files)


@cache
def commands_with(option: str) -> set[str]:
    """The commands that have this option, each as its words: "vip check"."""
    return {" ".join(path) for path, command in every_verb() if _has(command, option)}


def every_verb() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command of the tree with the object that parses it."""
    return _every_verb(typer.main.get_command(app), ())


def _every_verb(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "list_commands") or getattr(command, "own_command", False):
        yield path, command
    if hasattr(command, "list_commands"):
        context = command.make_context("mamctl", [], resilient_parsing=True)
        for name in command.list_commands(context):
            yield from _every_verb(command.get_command(context, name), (*path, name))


def _has(command: Any, option: str) -> bool:
    return any(option in one.opts for one in command.params)


def _walk(command: Any, path: tuple[str, ...], files: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    context = command.make_context("mamctl", [], resilient_parsing=True)
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            yield from _walk(command.get_command(context, name), (*path, name), files)
        if not getattr(command, "own_command", False):
            return
    words = [_sample(one, files) for one in command.params if one.param_type_name == "argument" and one.required]
    yes = ["--yes"] if _has(command, "--yes") else []
    everything = ["--all"] if _has(command, "--all") else []
    required = [
        word
        for one in command.params
        if one.param_type_name == "option" and one.required
        for word in (one.opts[0], _sample(one, files))
    ]
    words += ADDED.get(path, [])
    yield path, (*words, *required, *yes, *everything)


def _sample(parameter: Any, files: Path) -> str:
    kind = parameter.bare_type
    if isinstance(kind, type) and issubclass(kind, Enum):
        return str(next(iter(kind)).value)
    if kind is Path:
        return str(files)
    return SAMPLES.get(str(parameter.name).lower().rstrip("_"), "1")

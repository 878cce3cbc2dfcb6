"""Every argument and option with a value is completed by the shell, or it is on the list that says why not."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any, get_args

from tests.kit.commands import every_verb

# By its metavar or its name. The shell's own files are the best offer for a path; everything here is free.
NOT_COMPLETED = {
    "WORDS…": "words of a title",
    "ID | WORDS…": "a torrent of the site, which only a request would list",
    "[WORD]...": "words of a book",
    "TITLE": "a new title",
    "NAME": "a name with blanks, which a shell would not quote",
    "TIME": "any span of time",
    "DATE": "any date",
    "URL": "any address",
    "PATH": "a path that need not exist",
    "PATH...": "a path that need not exist",
    "L": "a new label",
    "S": "any length",
    "CATALOGUE:ID": "a record, which meta match prints to be copied",
    "author": "a name with blanks",
    "narrator": "a name with blanks",
    "title": "a new title",
    "series": "a name with blanks",
    "name": "part of a series' name",
    "language": "any language's name",
    "note": "free text",
    "limit": "a count",
    "max_changes": "a count",
    "torrent_id": "a torrent of the site, which only a request would list",
    "asin": "an id that is copied from elsewhere",
    "isbn": "an id that is copied from elsewhere",
}


def test_every_value_is_completed_or_the_list_says_why_not() -> None:
    unknown = [
        f"{' '.join(path)} {one.opts[0]} ({one.metavar})"
        for path, command in every_verb()
        for one in command.params
        if not _is_completed(one) and one.metavar not in NOT_COMPLETED and one.name not in NOT_COMPLETED
    ]
    assert not unknown, f"give it a completer in cli/completion.py, or a reason here: {unknown}"


def test_the_list_names_nothing_that_is_completed_or_gone() -> None:
    free = {name for _, command in every_verb() for one in command.params if not _is_completed(one)
            for name in (one.metavar, one.name)}  # fmt: skip
    assert set(NOT_COMPLETED) <= free


def _is_completed(parameter: Any) -> bool:
    if getattr(parameter, "is_flag", False) or parameter.name == "help":
        return True
    if parameter._custom_shell_complete is not None:
        return True
    hint = parameter.type_descriptor.annotation
    kinds = [one for one in (hint, *get_args(hint)) if isinstance(one, type)]
    return any(issubclass(kind, Enum | Path) for kind in kinds)

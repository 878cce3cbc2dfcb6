"""The commands that a text tells its reader to type, and whether the program understands them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import typer

from mamctl.cli.app import app

# "mamctl change points lists them": a command named in a sentence ends where the verb begins.
_VERBS = frozenset(
    "adds checks continues ends goes has hold holds leaves lists looks makes names proves puts reads records registers"
    " says sends shows starts takes tries undoes writes".split()
)
_MENTION = re.compile(r"mamctl (?=[a-z-]+\b)([^\n`]*)")
_PLACEHOLDER = re.compile(r"[A-Z][A-Z.|…]+")
_END = re.compile(r"[.,;:!?)”]+$")


def shown_commands(text: str) -> Iterator[tuple[str, ...]]:
    """The words after `mamctl` of each command in the text; a sentence about mamctl itself is none.

    A command ends with the sentence, before "or", "and" and the like, or before the verb of what it does.
    """
    for found in _MENTION.finditer(text):
        path, command, rest = _command(_words(found[1]))
        if command is None:
            continue
        yield (*path, *_own_words(command, rest))


def parse(words: tuple[str, ...]) -> None:
    """Raises what the parser raises where the words are no command line."""
    path, command, rest = _command(list(words))
    assert command is not None, words
    given = ["1" if _PLACEHOLDER.fullmatch(word) else word for word in rest]
    with suppress(typer.Exit):  # --help prints it and ends
        command.make_context(f"mamctl {' '.join(path)}", given)


def has_placeholder(words: tuple[str, ...]) -> bool:
    """Whether a word stands for one that the reader has to choose: TITLE."""
    return any(map(_PLACEHOLDER.fullmatch, words))


def options_of(words: tuple[str, ...]) -> set[str]:
    """The options that this command has."""
    _, command, _ = _command(list(words))
    return {option for one in getattr(command, "params", ()) for option in one.opts}


def _words(text: str) -> list[str]:
    """The words of a shell; what is quoted keeps its punctuation, and an apostrophe of the prose ends nothing."""
    words = []
    for piece in re.findall(r"""(?:'[^']*'|"[^"]*"|\S)+""", text):
        try:
            words += shlex.split(piece) if piece.endswith(("'", '"')) else [piece]
        except ValueError:
            words.append(piece)
    return words


def _command(words: list[str]) -> tuple[list[str], Any, list[str]]:
    """Its name, the command or None, and the words behind the name."""
    node: Any = typer.main.get_command(app)
    path: list[str] = []
    for word in words:
        bare = _END.sub("", word)
        below = node.get_command(None, bare) if hasattr(node, "get_command") else None
        if below is None:
            break
        node = below
        path.append(bare)
        if bare != word:  # the sentence ends here
            return path, node if _is_command(node) else None, []
    return path, node if path and _is_command(node) else None, words[len(path) :]


def _is_command(node: Any) -> bool:
    return not hasattr(node, "get_command") or node.invoke_without_command


def _own_words(command: Any, rest: list[str]) -> Iterator[str]:
    arguments = sum(99 if one.nargs < 0 else one.nargs for one in command.params if one.param_type_name == "argument")
    takes_value = {name for one in command.params if not getattr(one, "is_flag", True) for name in one.opts}
    value_next = False
    for word in rest:
        bare = word if " " in word else _END.sub("", word)
        if value_next or word.startswith("-"):
            yield bare
            value_next = not value_next and bare in takes_value
        elif arguments and word not in _VERBS and word not in {"or", "and", "to", "on", "as", "if"}:
            arguments -= 1
            yield bare
        else:
            return
        if bare != word and not word.endswith("…"):
            return

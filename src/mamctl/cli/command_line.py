"""The words after `mamctl`: options that stand before the command, `help`, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mamctl.cli.lazy import TREE, Node
from mamctl.dataclass import dataclass
from mamctl.regex import regex

if TYPE_CHECKING:
    from typer._click import Context

_LONGEST = 400  # letters of a complaint, which may repeat what was typed
_FLAGS = {"--json", "--quiet", "--verbose", "--dry-run", "--yes"}
_SHORT_FLAGS = regex(r"-[qvny]+")


def arrange(words: Sequence[str]) -> list[str]:
    """The words with the common options behind the command: `mamctl --json vip check` is `mamctl vip check --json`.

    `mamctl help vip check` is `mamctl vip check --help`. What is not a command stays where it is.
    """
    if words and words[0] == "help":
        return [*words[1:], "--help"]
    path: list[str] = []
    options: list[str] = []
    verbs: Mapping[str, str | Node] | None = TREE
    whole = False  # whether what stands in `path` is a command
    rest = list(words)
    while rest and verbs is not None:
        if rest[0] == "--config" and len(rest) > 1:
            options += [rest.pop(0), rest.pop(0)]
        elif rest[0] in _FLAGS or rest[0].startswith("--config=") or _SHORT_FLAGS.fullmatch(rest[0]):
            options.append(rest.pop(0))
        elif (node := verbs.get(rest[0])) is not None:
            path.append(rest.pop(0))
            verbs = node.verbs or None if isinstance(node, Node) else None
            whole = verbs is None or bool(isinstance(node, Node) and node.module)
        else:
            break
    return [*path, *options, *rest] if whole else list(words)


@dataclass(frozen=True, slots=True)
class Misuse:
    """What is wrong with a command line; `usage` is the line of the command that was meant, or empty."""

    message: str
    usage: str
    remedy: str


def explain_misuse(message: str, context: Context | None) -> Misuse:
    """A parser's complaint in plain words, with the names that are near a word that is none.

    `context` is the parser's, of the command that was being read; None when it had not come that far.
    """
    path = context.command_path if context is not None else "mamctl"
    usage = " ".join(context.get_usage().split()) if context is not None and context.parent is not None else ""
    plain = _plain(message, context)
    short = plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
    return Misuse(short, usage, f"{path} --help")


def _plain(message: str, context: Context | None) -> str:
    if unknown := re.match(r"No such (option|command):? ['\"]?([^'\"\s.]+)", message):
        near = _near_options(unknown[2], context) if unknown[1] == "option" else _near_commands(unknown[2], context)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"there is no {unknown[1]} {unknown[2]}{hint}"
    if missing := re.match(r"Missing (argument|option) ['\"]([^'\"]+)['\"]", message):
        name = missing[2].strip("{}") if missing[1] == "argument" else _with_its_opposite(missing[2], context)
        return f"{name} is missing"
    if invalid := re.match(r"Invalid value for ['\"]?(.+?)['\"]?: (.*)", message, re.DOTALL):
        return _invalid(invalid[1].strip("'\"{}[].…"), invalid[2].strip())
    for pattern, plain in _COMPLAINTS:
        if found := re.match(pattern, message):
            return found.expand(plain)
    return message[:1].lower() + message[1:].rstrip(".")


_COMPLAINTS = (
    (r"No such command", "the name of a command is empty"),  # there is no letter in it
    (r"(?i)option ['\"]([^'\"]+)['\"] requires an argument", r"\1 needs a value"),
    (r"(?i)got unexpected extra argument(?:s|\(s\))? \((.*)\)", r"unexpected argument: \1"),
)


def _near_options(word: str, context: Context | None) -> list[str]:
    params = [] if context is None else context.command.params
    known = {name.strip("-"): name for param in params for name in (*param.opts, *param.secondary_opts)}
    return [known[near] for near in get_close_matches(word.strip("-"), known, 2, 0.6)]


def _with_its_opposite(option: str, context: Context | None) -> str:
    """`--applied` as `--applied or --not-applied`, where one of the two must be given."""
    params = [] if context is None else context.command.params
    return next((" or ".join((*one.opts, *one.secondary_opts)) for one in params if option in one.opts), option)


def _near_commands(word: str, context: Context | None) -> list[str]:
    """Names of this noun that are spelt nearly so, or else the nouns that have a verb of this name."""
    verbs = None if context is None or context.parent is None else getattr(context.command, "verbs", None)
    names: Mapping[str, object] = TREE if verbs is None else verbs
    if near := get_close_matches(word, names, 2, 0.6):
        return near
    return [f"mamctl {noun} {word}" for noun, node in TREE.items() if word in node.verbs]


_RULES = (
    (r"Input should be a valid integer.*", "must be a whole number"),
    (r"Input should be a valid number.*", "must be a number"),
    (r"Input should be greater than or equal to (.+)", r"must be at least \1"),
    (r"Input should be less than or equal to (.+)", r"must be at most \1"),
    (r"is empty|takes at most .*", r"\g<0>"),
    (r"(must be at most \d+)", r"\1"),
)
_TYPED = regex(r"“(.*?)”: (.*)", re.DOTALL)
_CHOICE = regex(r"""(?:Value error, )?['"](.*)['"] is not one of (.+?)\.?""", re.DOTALL)


def _invalid(name: str, reason: str) -> str:
    name = name if name.startswith("-") else name.upper()
    if choice := _CHOICE.fullmatch(reason):
        return f"{name} must be {_either(choice[2])}, not “{choice[1]}”"
    typed = _TYPED.fullmatch(reason)
    plain = typed[2] if typed else reason
    for pattern, words in _RULES:
        if found := re.fullmatch(pattern, plain, re.DOTALL):
            return f"{name} {found.expand(words)}" + (f", not “{typed[1]}”" if typed else "")
    return f"{name}: {reason.removeprefix('Value error, ').rstrip('.')}"


def _either(names: str) -> str:
    """a, b or c, of 'a', 'b', 'c'."""
    first, _, last = names.replace("'", "").rpartition(", ")
    return f"{first} or {last}" if first else last

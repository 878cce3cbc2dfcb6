"""What bash, zsh and fish hand over to complete a word, and how they take words: names with blanks arrive whole.

Typer writes the scripts and answers them; its answers are right for words that need no quotes. Here the typed word is
read as the shell would read it, an open quote and a blank at its end included, and what is offered is quoted for bash,
which inserts it as it is, and for zsh, which evaluates it. fish quotes by itself.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from typer._click.shell_completion import add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

if TYPE_CHECKING:
    from typer._click.shell_completion import CompletionItem

_CURSOR = "\x1f"  # no shell would take it from a keyboard
_SPECIAL_IN_BASH = re.compile(r"[\s!\"#$&'()*:;<=>?@\[\\\]^`{|}~]")
_SPECIAL_IN_DOUBLE_QUOTES = re.compile(r"[\"$\\`]")


def split_line(line: str) -> tuple[list[str], str]:
    """The words of a line that is still being typed, the last the unfinished one, and the quote that is open in it."""
    lexer = shlex.shlex(line + _CURSOR, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    open_quote = ""
    try:
        for word in lexer:
            words.append(word)  # noqa: PERF402 - those before an error count
    except ValueError:  # the line ends inside quotes
        words.append(lexer.token)
        open_quote = getattr(lexer, "state", "")
    return [*words[:-1], words[-1].removesuffix(_CURSOR)], open_quote


class _Bash(BashComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and what is typed of the one at it."""
        typed = os.environ["COMP_WORDS"].split("\n")[: int(os.environ["COMP_CWORD"]) + 1]
        words, self._open_quote = split_line("\n".join(typed))
        args, incomplete = words[1:-1], words[-1]
        if args[-1:] == ["="]:  # bash takes --option=word apart
            args.pop()
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """The word as it would have to be typed behind what is typed already."""
        typed = quote_for_bash(item.value, self._open_quote)
        # Behind a word that ends with the quote it opened, bash believes it closed.
        return typed + self._open_quote if self._open_quote and typed.endswith(self._open_quote) else typed


def quote_for_bash(word: str, open_quote: str = "") -> str:
    """`word` as bash inserts it, for a place outside of quotes or inside those that are open."""
    if open_quote == "'":
        return word.replace("'", r"'\''")
    special = _SPECIAL_IN_DOUBLE_QUOTES if open_quote else _SPECIAL_IN_BASH
    return special.sub(r"\\\g<0>", word)


class _Zsh(ZshComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and what is typed of the one at it."""
        args, incomplete, self._option = _args_of_line()
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """One entry of a list for `_arguments`: evaluated in single, then in double quotes, and parted at its colon."""
        word = f"{self._option}{item.value}"
        parts = [word.replace("\\", "\\\\").replace(":", r"\:"), *([item.help] if item.help else [])]
        return ":".join(_quote_for_zsh(part) for part in parts)


def _quote_for_zsh(text: str) -> str:
    in_double = _SPECIAL_IN_DOUBLE_QUOTES.sub(r"\\\g<0>", text)
    return '"' + in_double.replace(r"\:", r"\\:").replace("'", r"'\''") + '"'


class _Fish(FishComplete):
    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and what is typed of the one at it."""
        args, incomplete, self._option = _args_of_line()
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """A line with the word, and what it stands for."""
        return self._option + super().format_completion(item)


def _args_of_line() -> tuple[list[str], str, str]:
    """The words before the cursor, the one at it, and what of it is an option: these shells replace both as one."""
    words, _ = split_line(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
    option, equals, _ = words[-1].partition("=")
    return words[1:-1], words[-1], option + equals if equals and option.startswith("--") else ""


def answer_shells() -> None:
    """Let these answer in place of Typer's own."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell, shell.name)

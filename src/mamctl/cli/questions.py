"""Questions on a terminal: shown on stderr, answered on stdin.

Ctrl-C and Ctrl-D interrupt the command, as a signal does: what a question has not confirmed is not done.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from mamctl.output.columns import wrap_words
from mamctl.output.screen import Screen, terminal_columns

_YES_OR_NO = {"y": True, "yes": True, "n": False, "no": False}


def ask_yes_no(question: str, *, default: bool) -> bool:
    """Yes or no; Enter is `default`. Asks again until one of them is said. Raises KeyboardInterrupt."""
    choices = "[Y/n]" if default else "[y/N]"
    while answer := ask_text(f"{question} {choices}: ").casefold():
        if answer in _YES_OR_NO:
            return _YES_OR_NO[answer]
        say(f"  “{answer}” is neither yes nor no: type y or n, or Enter for {'yes' if default else 'no'}")
    return default


def ask_text(prompt: str) -> str:
    """One line without the space around it. Raises KeyboardInterrupt."""
    sys.stderr.write(at_words(prompt))
    sys.stderr.flush()
    try:
        line = read_line()
    except KeyboardInterrupt:
        say("")
        raise
    if not line:  # Ctrl-D
        say("")
        raise KeyboardInterrupt
    return line.strip()


def read_line() -> str:
    """One line with its end; empty at the end of the input, as after Ctrl-D. Raises KeyboardInterrupt."""
    if sys.stdin.isatty():
        _wait_for_line(sys.stdin.fileno())
    return sys.stdin.buffer.readline().decode(sys.stdin.encoding or "utf-8", "replace")


def ask_secret(prompt: str) -> str:
    """One line that the terminal does not show. Raises KeyboardInterrupt."""
    from getpass import getpass  # here: every command has this module, and one asks for a secret

    try:
        return getpass(at_words(prompt), stream=sys.stderr).strip()
    except (EOFError, KeyboardInterrupt):
        say("")
        raise KeyboardInterrupt from None


def say(line: str) -> None:
    """A line beside the questions."""
    Screen(sys.stderr).line(line)
    sys.stderr.flush()


def at_words(prompt: str) -> str:
    """The prompt on as many lines as the terminal needs, broken at words; the cursor stays behind it."""
    text = prompt.rstrip()
    return "\n".join(wrap_words(text, terminal_columns() - 1)) + prompt[len(text) :]


def _wait_for_line(terminal: int) -> None:
    """Until a line was typed, or a signal ends the question.

    A read that begins just after a signal came is not interrupted by it: Ctrl-C would be noticed with the next line
    only. What the signal writes into the pipe ends this waiting, no matter when it came.
    """
    noticed, notice = os.pipe()
    os.set_blocking(notice, False)
    before = signal.set_wakeup_fd(notice, warn_on_full_buffer=False)
    try:
        while terminal not in select.select([terminal, noticed], [], [])[0]:
            os.read(noticed, 64)  # of a signal that does not end the question
    finally:
        signal.set_wakeup_fd(before)
        os.close(noticed)
        os.close(notice)

"""The program on a real terminal: a pseudo-terminal of a chosen width, at which a user sits and types."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass

_DEADLINE_S = 60
_AGAIN_S = 5.0  # Ctrl-C that comes just before a hidden answer is read is noticed with the next key only
_CTRL_C = "\x03"
# The terminal becomes the program's own, so that Ctrl-C reaches it as a signal.
_SIT_DOWN = (
    "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])"
)
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Seen:
    """How the program ended, and what the terminal showed, without colours."""

    code: int
    text: str

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.text.splitlines()]


def on_terminal(
    *words: str,
    columns: int = 80,
    answers: Sequence[tuple[str, str]] = (),
    hidden: Sequence[str] = (),
    env: dict[str, str] | None = None,
    program: Sequence[str] = (sys.executable, "-m", "mamctl"),
) -> Seen:
    """`mamctl WORDS`; each time the next prompt of `answers` is shown, its answer is typed.

    What answers a prompt in `hidden` is typed once the terminal does not show it.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
    program = subprocess.Popen(
        [sys.executable, "-c", _SIT_DOWN, *program, *words],
        stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True,
        env=clean | {"TERM": "xterm", "NO_COLOR": "1"} | (env or {}),
    )  # fmt: skip
    os.close(theirs)
    try:
        text = _talk(ours, list(answers), hidden)
        return Seen(program.wait(_DEADLINE_S), text)
    finally:
        program.kill()
        program.wait()
        os.close(ours)


def wait_until_hidden(terminal: int) -> None:
    """What is typed before the program turns the echo off is thrown away with it."""
    until = time.monotonic() + _DEADLINE_S
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        assert time.monotonic() < until, "the answer would be shown"
        time.sleep(0.01)


def _talk(terminal: int, answers: list[tuple[str, str]], hidden: Sequence[str]) -> str:
    seen, asked_from, answer = b"", 0, ""
    until = time.monotonic() + _DEADLINE_S
    while time.monotonic() < until:
        if not select.select([terminal], [], [], _AGAIN_S)[0]:
            if answer == _CTRL_C:  # you press it again
                os.write(terminal, answer.encode())
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end has been closed
            break
        if not piece:
            break
        seen += piece
        if answers and answers[0][0].encode() in seen[asked_from:]:
            question, answer = answers.pop(0)
            asked_from = len(seen)
            if question in hidden:
                wait_until_hidden(terminal)
            os.write(terminal, answer.encode())
    return _STYLE.sub("", seen.decode("utf-8", "replace")).replace("\r\n", "\n")

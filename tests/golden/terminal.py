"""A terminal of a chosen width in this process: a pseudo-terminal behind stdout and stderr."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import threading
import tty
from collections.abc import Callable, Sequence

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(columns: int, write: Callable[[], object], answers: Sequence[tuple[str, str]] = ()) -> str:
    """What is on a terminal of so many columns after `write` has written to stdout and stderr; without bold.

    The variable COLUMNS says how many too: what asks the system asks about the descriptors 1 and 2, which stay. Each of
    `answers` is typed when the prompt before it is shown, as one line that the terminal echoes.
    """
    ours, theirs = pty.openpty()
    _set_up(theirs, echo=bool(answers))
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown = bytearray()

    def listen() -> None:
        answered, left = 0, list(answers)
        with contextlib.suppress(OSError):  # Linux ends a terminal that nobody holds with EIO
            while part := os.read(ours, 65536):
                shown.extend(part)
                if left and left[0][0].encode() in shown[answered:]:
                    answered = len(shown)
                    os.write(ours, f"{left.pop(0)[1]}\n".encode())

    listener = threading.Thread(target=listen)
    listener.start()
    before = sys.stdin, sys.stdout, sys.stderr, os.environ.get("COLUMNS", "80")
    os.environ["COLUMNS"] = str(columns)
    try:
        with (
            os.fdopen(os.dup(theirs), encoding="utf-8") as sys.stdin,
            os.fdopen(theirs, "w", encoding="utf-8", buffering=1) as sys.stdout,
        ):
            sys.stderr = sys.stdout
            write()
    finally:
        sys.stdin, sys.stdout, sys.stderr, os.environ["COLUMNS"] = before
        listener.join()
        os.close(ours)
    return _STYLE.sub("", shown.decode("utf-8"))


def _set_up(terminal: int, *, echo: bool) -> None:
    """What is written arrives as it is, and what is typed is shown where `echo` says so."""
    tty.setraw(terminal)
    if echo:
        traits = termios.tcgetattr(terminal)
        traits[0] |= termios.ICRNL
        traits[3] |= termios.ICANON | termios.ECHO
        termios.tcsetattr(terminal, termios.TCSANOW, traits)

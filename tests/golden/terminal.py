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
from collections.abc import Callable

_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(columns: int, write: Callable[[], object]) -> str:
    """What is on a terminal of so many columns after `write` has written to stdout and stderr; without bold.

    The variable COLUMNS says how many too: what asks the system asks about the descriptors 1 and 2, which stay.
    """
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    parts: list[bytes] = []

    def listen() -> None:
        with contextlib.suppress(OSError):  # Linux ends a terminal that nobody holds with EIO
            while part := os.read(ours, 65536):
                parts.append(part)

    listener = threading.Thread(target=listen)
    listener.start()
    before = sys.stdout, sys.stderr, os.environ.get("COLUMNS", "80")
    os.environ["COLUMNS"] = str(columns)
    try:
        with os.fdopen(theirs, "w", encoding="utf-8", buffering=1) as sys.stdout:
            sys.stderr = sys.stdout
            write()
    finally:
        sys.stdout, sys.stderr, os.environ["COLUMNS"] = before
        listener.join()
        os.close(ours)
    return _STYLE.sub("", b"".join(parts).decode("utf-8"))

"""One practice server by itself: it says how to use it, and serves until Ctrl-C or TERM."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable

from mamctl.practice.loopback import LoopbackServer


def serve_until_stopped(
    server: LoopbackServer, what: str, config: Callable[[], str], *, secret: str = "", file: str = ""
) -> int:
    """Serve until a signal ends it; the exit code. `config` gives the TOML that reaches the server, once it
    listens.

    `secret` is put into the `file` that the configuration names, by a line that can be pasted.
    """
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    try:
        server.start()
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on port {server.port}: {error.strerror}; choose another, or 0 for a free one\n"
        )
        return 1
    try:
        sys.stdout.write(f"# {what}; Ctrl-C ends it\n")
        if secret:
            sys.stdout.write(f"# beside mamctl.toml run: (umask 077; echo '{secret}' > {file})\n")
        sys.stdout.write(f"# put these lines into mamctl.toml\n{config()}")
        sys.stdout.flush()
        done.wait()
    finally:
        server.stop()
    return 0

"""A server that fails every request in one form, and counts them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from mamctl.practice.failures import FailureForm, play


@dataclass
class FailingServer:
    """`connections` counts who came since it was last set to 0."""

    port: int
    connections: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def failing(form: FailureForm) -> Iterator[FailingServer]:
    """The server, listening; a refused form listens nowhere."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = FailingServer(listener.getsockname()[1])
    if form is FailureForm.REFUSED:
        listener.close()
        yield server
        return

    def serve() -> None:
        while not server.stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            threading.Thread(target=suffer, args=(connection,), daemon=True).start()

    def suffer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            connection.recv(65_536)
            play(form, connection, server.stopped)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        server.stopped.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()

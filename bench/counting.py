"""A loopback proxy that counts what passes through it: requests, and bytes either way."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass

_MARK = b" HTTP/1.1\r\n"  # ends the first line of every request


@dataclass
class Counted:
    """What passed since the last `reset`."""

    requests: int = 0
    sent: int = 0
    received: int = 0


class CountingProxy:
    """`with CountingProxy(port) as proxy:` listens at `proxy.url` and passes everything on to 127.0.0.1:port."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._lock = threading.Lock()
        self.counted = Counted()

    def __enter__(self) -> CountingProxy:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def reset(self) -> None:
        """Begins to count anew."""
        with self._lock:
            self.counted = Counted()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                for end in (near, far):  # otherwise small requests wait for each other's acknowledgements
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(near, far, "sent"), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, "received"), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        tail = b""
        with suppress(OSError):
            while chunk := source.recv(1 << 18):
                with self._lock:
                    setattr(self.counted, way, getattr(self.counted, way) + len(chunk))
                    if way == "sent":
                        self.counted.requests += (tail + chunk).count(_MARK)
                tail = chunk[1 - len(_MARK) :]
                sink.sendall(chunk)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

"""A web server on loopback for tests: it serves in the background, and keeps quiet about who hangs up."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


class QuietHandler(BaseHTTPRequestHandler):
    """Answers every GET and POST by `answer`, which subclasses write."""

    def answer(self) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def log_message(self, *_: object) -> None:
        pass


class QuietServer(ThreadingHTTPServer):
    """`QuietServer(handler).begin()` … `end()`."""

    request_queue_size = 512  # thousands of torrents announce in one burst
    daemon_threads = True

    def __init__(self, handler: type[QuietHandler], host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, *_: object) -> None:
        pass  # a client that stops, or has waited long enough, hangs up in the middle

    def begin(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def end(self) -> None:
        self.shutdown()
        self.server_close()

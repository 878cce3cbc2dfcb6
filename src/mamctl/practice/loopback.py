"""A practice site as a real HTTP server on loopback: sockets, threads and connections, whatever the site says."""

from __future__ import annotations

import os
import socket
import struct
import threading
import traceback
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from mamctl.practice.failures import FailureForm, play
from mamctl.practice.faults import Fault, FaultPlan
from mamctl.practice.web import Answer, Request

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from mamctl.practice.request_gate import RequestGate

LOOPBACK = "127.0.0.1"


class LoopbackServer(ABC):
    """A running site: `with Site(…) as site: site.url`. `holds` keeps requests back for tests.

    With `tls`, which holds its certificate, it speaks https.

    Leaving the block raises RuntimeError when an answering function itself failed.
    """

    def __init__(self, gate: RequestGate, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.gate = gate
        self.port = port
        self.bugs: list[str] = []
        self.tls = tls
        self._server: _Server | None = None
        self._kept_port: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._failures: FaultPlan[Fault] = FaultPlan()
        self._failures_over = threading.Event()

    @abstractmethod
    def respond(self, request: Request) -> Answer | None:
        """The answer, or None when the connection is to break."""

    @abstractmethod
    def headers(self) -> Sequence[tuple[str, str]]:
        """What stands at the head of every answer."""

    @property
    def url(self) -> str:
        """The base URL; it stays the same over stop and start."""
        return f"{'https' if self.tls else 'http'}://{LOOPBACK}:{self.port}"

    def start(self) -> Self:
        """Listen and serve in the background."""
        self.gate.reopen()
        self._failures_over.clear()
        if self._kept_port is not None:
            self._kept_port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # now it may be shared
        self._server = _Server((LOOPBACK, self.port), _Handler, self)
        self._give_port_back()
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def stop(self, *, keep_port: bool = False) -> None:
        """Stop listening: connections are refused from now on, open ones are closed.

        With `keep_port` no other program gets the port before the next start or stop.
        """
        self._give_port_back()
        if self._server is None or self._thread is None:
            return
        self.gate.release_for_good()
        self._failures_over.set()
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._thread.join()
        self._server = self._thread = None
        if keep_port:
            self._kept_port = _hold(self.port)

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Within the block no server listens: connections are refused."""
        self.stop(keep_port=True)
        try:
            yield
        finally:
            self.start()

    def fail_with(self, form: FailureForm, path: str = "", times: int | None = None) -> None:
        """Fail in this form on the next `times` requests (None: until `recover`) whose path begins with `path`.

        Nothing listens while it is `REFUSED`; that takes neither a path nor a number of times (ValueError).
        """
        if form is not FailureForm.REFUSED:
            self._failures.add(Fault(form, path, times))
        elif path or times is not None:
            raise ValueError("a refused connection has no path and cannot be counted: leave out path and times")
        else:
            self.stop(keep_port=True)

    def recover(self) -> None:
        """Forget every failure: those under way end, and the server listens and answers again."""
        self._failures.clear()
        self._failures_over.set()
        self._failures_over = threading.Event()
        if self._server is None:
            self.start()

    def failure_for(self, path: str) -> tuple[FailureForm, threading.Event] | None:
        """The form in which this request fails and the event that ends it; counts it. None: it is answered."""
        hit = self._failures.hit(path)
        return (FailureForm(hit.kind), self._failures_over) if hit else None

    def release(self) -> None:
        """Let held requests go on."""
        self.gate.release()

    def wait_until_held(self, count: int = 1, timeout: float = 60.0) -> bool:
        """Wait until that many requests are held."""
        return self.gate.wait_until_held(count, timeout)

    def _give_port_back(self) -> None:
        if self._kept_port is not None:
            self._kept_port.close()
            self._kept_port = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.bugs and error is None:
            raise RuntimeError(f"{type(self).__name__} failed:\n" + "\n".join(self.bugs))


def _hold(port: int) -> socket.socket:
    """Bound to the port and deaf: connections are refused, and nobody else can listen there."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past connections still have it for a minute
    held.bind((LOOPBACK, port))
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    return held


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: type[_Handler], site: LoopbackServer) -> None:
        super().__init__(address, handler)
        self.site = site
        self.connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Known before its thread runs, so that a stop right now finds it."""
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The end of a connection."""
        self.connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End keep-alive connections, so that their threads end."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Quiet: the journal is the log."""

    def _serve(self) -> None:
        request = self._read()
        if failure := self.server.site.failure_for(request.path):
            self.close_connection = True
            play(failure[0], self.connection, failure[1])
            return
        try:
            answer = self.server.site.respond(request)
        except Exception:  # noqa: BLE001 - a fault of the site must be seen by the test, not lost in a thread
            self.server.site.bugs.append(traceback.format_exc())
            answer = Answer(500, b"the practice site failed", "text/plain")
        if answer is None:
            self._break_connection()
        else:
            self._send(answer)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = _serve  # noqa: N815

    def _read(self) -> Request:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, query, headers, body)

    def _send(self, answer: Answer) -> None:
        streamed = answer.stream is not None
        length = [] if streamed else [("Content-Length", str(len(answer.body)))]
        headers = [*self.server.site.headers(), ("Content-Type", answer.content_type), *length, *answer.headers]
        if streamed or answer.cut_at is not None:
            headers.append(("Connection", "close"))
            self.close_connection = True
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        phrase = HTTPStatus(answer.status).phrase
        head = f"HTTP/1.1 {answer.status} {phrase}\r\n{lines}\r\n".encode("latin-1")
        with suppress(OSError):
            self.wfile.write(head + answer.body[: answer.cut_at] if not streamed else head)
            for block in answer.stream or ():
                self.wfile.write(block)

    def _break_connection(self) -> None:
        """End the connection with a reset, as a crashed server or a cut line does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

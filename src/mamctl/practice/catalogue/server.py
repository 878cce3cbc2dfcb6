"""The practice catalogue as a real HTTP server on loopback; each catalogue lives under its own prefix."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from mamctl.practice.catalogue.misbehave import trouble_reply
from mamctl.practice.catalogue.mood import Mood, Trouble, TroubleKind
from mamctl.practice.catalogue.shelves import Shelves
from mamctl.practice.catalogue.wire.audible import answer_audible
from mamctl.practice.catalogue.wire.audnexus import answer_audnexus
from mamctl.practice.catalogue.wire.custom import answer_custom
from mamctl.practice.catalogue.wire.goodreads import answer_goodreads
from mamctl.practice.catalogue.wire.google_books import answer_google_books
from mamctl.practice.catalogue.wire.hardcover import answer_hardcover
from mamctl.practice.catalogue.wire.itunes import answer_itunes
from mamctl.practice.catalogue.wire.librivox import answer_librivox
from mamctl.practice.catalogue.wire.open_library import answer_open_library
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.catalogue.world import World

WIRES: dict[str, Callable[[Asked], Reply]] = {
    "audible": answer_audible,
    "audnexus": answer_audnexus,
    "custom": answer_custom,
    "goodreads": answer_goodreads,
    "google_books": answer_google_books,
    "hardcover": answer_hardcover,
    "itunes": answer_itunes,
    "librivox": answer_librivox,
    "open_library": answer_open_library,
}


class PracticeCatalogue:
    """All catalogues of one world. Use it as a context manager; `mood` makes troubles and keeps the journal."""

    def __init__(self, world: World, *, share: dict[str, float] | None = None, port: int = 0) -> None:
        self.mood = Mood()
        self.shelves = Shelves(world, share)
        self._server = _Server(("127.0.0.1", port), _handler(self))

    @property
    def root(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def base_url(self, catalogue: str) -> str:
        """What the adapter of the catalogue takes as its base_url."""
        return f"{self.root}/{catalogue}" + ("/{region}" if catalogue == "audible" else "")

    def tell(self, world: World) -> None:
        """Tell of another world from now on: this is how catalogues come to disagree with what was."""
        self.shelves = Shelves(world, self.shelves.share)

    def serve(self) -> None:
        """Serve until it is closed."""
        self._server.serve_forever(poll_interval=0.05)

    def answer(self, catalogue: str, asked: Asked, trouble: Trouble | None) -> Reply | None:
        """The right answer, or what a trouble makes of it; None breaks the connection."""
        wire = WIRES.get(catalogue)
        if wire is None:
            return reply_json({"error": "no such catalogue"}, 404)
        return trouble_reply(trouble, catalogue, asked, wire) if trouble else wire(asked)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """One thread a connection; a caller that hangs up, or is hung up on, is nothing to report."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of what went wrong here, and of nothing else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(catalogue: PracticeCatalogue) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet an answer, or each waits for a delayed acknowledgement
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is inherited
            """Silent: the journal tells more."""

        def _serve(self, body: bytes) -> None:
            address = urlsplit(self.path)
            name, _, path = address.path.lstrip("/").partition("/")
            params = dict(parse_qsl(address.query))
            headers = {key.lower(): value for key, value in self.headers.items()}
            agent = headers.get("user-agent", "")
            trouble = catalogue.mood.meet(name, self.command, f"/{path}", params, agent, time.time())
            wrong = trouble is not None and trouble.kind is TroubleKind.WRONG_BOOK
            asked = Asked(f"/{path}", params, headers, body, catalogue.shelves, wrong)
            reply = catalogue.answer(name, asked, trouble)
            if reply is None:
                self._break_off()
            else:
                self._send(reply, trouble)

        def _send(self, reply: Reply, trouble: Trouble | None) -> None:
            with contextlib.suppress(ConnectionError):
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.content_type)
                self.send_header("Content-Length", str(len(reply.body)))
                # As Audible does; mamctl's own time to live must win over it.
                self.send_header("Cache-Control", "private, no-store, max-age=0")
                if trouble and trouble.retry_after:
                    self.send_header("Retry-After", trouble.retry_after)
                for header, value in trouble.headers if trouble else ():
                    self.send_header(header, value)
                self.end_headers()
                self.wfile.write(reply.body)
                self.wfile.flush()

        def _break_off(self) -> None:
            """Reset the connection, as a server that falls over does."""
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    return Handler


@contextlib.contextmanager
def practice_catalogue(world: World, share: dict[str, float] | None = None) -> Iterator[PracticeCatalogue]:
    """A running practice catalogue."""
    with PracticeCatalogue(world, share=share) as server:
        yield server

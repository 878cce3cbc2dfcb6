"""A small web server in a qBittorrent's place: answers what it is told to, keeps what it was asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from tests.kit.loopback import QuietHandler, QuietServer

if TYPE_CHECKING:
    from collections.abc import Callable

OK = "Ok."


@dataclass(frozen=True)
class Answer:
    """One answer; `promises` more bytes than come cuts it short, `delay` seconds pass before it.

    One that `hangs_up` never comes: the connection ends without a word.
    """

    body: str = OK
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promises: int = 0
    delay: float = 0.0
    hangs_up: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]


@dataclass
class OddClient:
    """`with OddClient({"auth/login": Answer(status=403)}) as client:`.

    A list is answered one by one, its last again and again; what has no answer is a 404.
    """

    answers: dict[str, Answer | list[Answer] | Callable[[Asked], Answer]]
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def __enter__(self) -> Self:
        odd = self

        class Handler(QuietHandler):
            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                path, _, query = self.path.removeprefix("/api/v2/").partition("?")
                asked = Asked(self.command, path, query, self.rfile.read(length).decode(), dict(self.headers))
                odd.asked.append(asked)
                self.give(odd.choose(asked))

            def give(self, answer: Answer) -> None:
                time.sleep(answer.delay)
                if answer.hangs_up:
                    self.close_connection = True
                    return
                body = answer.body.encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body) + answer.promises))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

        self._server = QuietServer(Handler).begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.end()

    def choose(self, asked: Asked) -> Answer:
        known = self.answers.get(asked.path, Answer("Not Found", 404))
        if isinstance(known, list):
            return known.pop(0) if len(known) > 1 else known[0]
        return known if isinstance(known, Answer) else known(asked)


def session(name: str = "SID", value: str = "kept-for-us") -> dict[str, str]:
    """The header with which a client begins a session."""
    return {"Set-Cookie": f"{name}={value}; HttpOnly; path=/; SameSite=Strict"}

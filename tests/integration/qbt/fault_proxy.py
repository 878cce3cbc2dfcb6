"""A proxy between mamctl and a real client: it lets requests through, keeps their times, and spoils chosen ones."""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Self, TypeAlias

from tests.kit.loopback import QuietHandler, QuietServer

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = frozenset({"torrents/pause", "torrents/stop"})
RESUME = frozenset({"torrents/resume", "torrents/start"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client answered, or what is told in its stead; `promised` is the length that the headers claim."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    promised: int | None = None


Mishap: TypeAlias = "Callable[[Passing], Answer | None]"  # None ends the connection without an answer


@dataclass(frozen=True, slots=True)
class Passing:
    """A request on its way; `forward` gives it to the client."""

    path: str
    forward: Callable[[], Answer]
    ended: Event


def status(code: int, body: bytes = b"") -> Mishap:
    """This status, and nothing done."""
    return lambda passing: Answer(code, body=body)


def rubbish(passing: Passing) -> Answer:
    """Some web page where the client's answer should be, and nothing done."""
    return Answer(200, (("Content-Type", "text/html"),), b"<html><body>Welcome to nginx!</body></html>")


def cut_before(passing: Passing) -> None:
    """The connection ends, and nothing was done."""


def cut_after(passing: Passing) -> None:
    """Done, but nobody hears of it."""
    passing.forward()


def cut_within(passing: Passing) -> Answer:
    """Done, and half of the answer arrives."""
    answer = passing.forward()
    return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2], len(answer.body) or 1)


def hang(passing: Passing) -> None:
    """Nothing is done and nothing answered, for longer than anyone waits."""
    passing.ended.wait(60)


def after(act: Callable[[], object]) -> Mishap:
    """Something happens to the client just before the request reaches it."""

    def mishap(passing: Passing) -> Answer:
        act()
        return passing.forward()

    return mishap


@dataclass
class FaultProxy:
    """`with FaultProxy(port) as proxy:` listens at `proxy.url`; `spoil` says what goes wrong."""

    port: int
    times: list[tuple[float, str]] = field(default_factory=list)
    _plans: list[tuple[frozenset[str], Mishap, int]] = field(default_factory=list)
    _ended: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.times]

    def spoil(self, paths: str | frozenset[str], mishap: Mishap, *, times: int = 1) -> None:
        """The next `times` requests to one of the paths go wrong."""
        self._plans.append((frozenset({paths}) if isinstance(paths, str) else paths, mishap, times))

    def calm(self) -> bool:
        """No more mishaps; whether all that were planned have happened."""
        happened = not self._plans
        self._plans.clear()
        return happened

    def __enter__(self) -> Self:
        proxy = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = proxy.pass_on(self.command, self.path, dict(self.headers), sent)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                promised = len(answer.body) if answer.promised is None else answer.promised
                self.send_header("Content-Length", str(promised))
                self.end_headers()
                self.wfile.write(answer.body)
                self.close_connection = self.close_connection or promised != len(answer.body)

        self._server = QuietServer(Handler).begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.end()

    def pass_on(self, method: str, target: str, headers: dict[str, str], sent: bytes) -> Answer | None:
        """The client's answer, or the mishap's."""
        path = target.partition("?")[0].removeprefix("/api/v2/")
        self.times.append((time.monotonic(), path))
        mishap = self._take(path)
        passing = Passing(path, lambda: self._forward(method, target, headers, sent), self._ended)
        return mishap(passing) if mishap else passing.forward()

    def _take(self, path: str) -> Mishap | None:
        for number, (paths, mishap, times) in enumerate(self._plans):
            if path in paths:
                self._plans[number : number + 1] = [(paths, mishap, times - 1)] if times > 1 else []
                return mishap
        return None

    def _forward(self, method: str, target: str, headers: dict[str, str], sent: bytes) -> Answer | None:
        """The client refuses a request that is addressed to another host or port than its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, target, sent, {**headers, "Host": f"127.0.0.1:{self.port}"})
            answer = connection.getresponse()
            own = ("content-length", "transfer-encoding", "connection")
            kept = tuple((name, value) for name, value in answer.getheaders() if name.lower() not in own)
            return Answer(answer.status, kept, answer.read())
        except OSError:
            return None  # the client is down
        finally:
            connection.close()

"""A scripted HTTP server on loopback that keeps a journal, and a client whose time passes only when it sleeps."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.tracker.client import Clock, RequestPolicy, TrackerClient
from mamctl.adapters.tracker.hosts import Hosts
from mamctl.adapters.tracker.session import SessionFile, parse_seed

SEED = "seed%3Dvalue"


@dataclass(frozen=True)
class Scripted:
    """One answer; `cut` closes the connection after the headers, `drop` before them, `drip` sends slowly."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    drop: bool = False
    drip: float = 0.0
    date: str | None = None
    before_headers: Callable[[], None] = lambda: None
    before_body: Callable[[], None] = lambda: None


def as_json(value: object, *, cookie: str | None = None, status: int = 200) -> Scripted:
    headers = (("Set-Cookie", f"mam_id={cookie}; Max-Age=1296000; path=/; secure"),) if cookie else ()
    return Scripted(status, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers))


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    cookie: str | None
    agent: str | None
    body: bytes


@dataclass
class Loopback:
    """Answers from `script` in order; the last one is repeated."""

    url: str
    script: list[Scripted] = field(default_factory=list)
    journal: list[Seen] = field(default_factory=list)

    def next(self) -> Scripted:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@contextmanager
def serving() -> Iterator[Loopback]:
    box: list[Loopback] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args):
            pass

        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            here = box[0]
            here.journal.append(Seen(self.command, self.path, self.headers["Cookie"], self.headers["User-Agent"], body))
            answer = here.next()
            self.close_connection = True
            if not answer.drop:
                self._reply(answer)

        def do_POST(self):
            self.do_GET()

        def _reply(self, answer):
            answer.before_headers()
            self.send_response_only(answer.status)
            self.send_header("Date", answer.date or self.date_time_string())
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + (10 if answer.cut else 0)))
            self.end_headers()
            answer.before_body()
            try:
                if answer.drip:
                    for position in range(len(answer.body)):
                        self.wfile.write(answer.body[position : position + 1])
                        self.wfile.flush()
                        time.sleep(answer.drip)
                else:
                    self.wfile.write(answer.body)
            except OSError:
                pass  # the client has had enough

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    box.append(Loopback(f"http://127.0.0.1:{server.server_port}"))
    try:
        yield box[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class PassingTime:
    """A clock that only sleeping moves."""

    at: float = 1_790_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def client_for(
    url: str,
    directory: Path,
    *,
    clock: PassingTime | None = None,
    count: Callable[[str], None] = lambda path: None,
    bounds: Bounds | None = None,
    seed: str = SEED,
    min_interval: float = 0.0,
) -> TrackerClient:
    clock = clock or PassingTime()
    return TrackerClient(
        hosts=Hosts(url, url),
        session=SessionFile(directory / "session.json", parse_seed(seed)),
        policy=RequestPolicy(min_interval=min_interval, attempts=3, jitter=0.0, contact="examplemouse@example.org"),
        bounds=bounds or Bounds(silence=5.0, total=10.0),
        clock=Clock(now=clock.now, sleep=clock.sleep, chance=lambda: 0.0),
        count_request=count,
    )

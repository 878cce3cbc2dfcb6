"""Heartbeats to real servers: what arrives, and that nothing about them ends or holds up a job."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mamctl.adapters.notify.heartbeat import HeartbeatUrl
from mamctl.domain.outcome import Status
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.jobs.run import job_run
from mamctl.store.database import open_store
from tests.kit.practice_fixtures import NOW

RUN = "0b2c6f1e-6f4e-4a56-9c39-0d2f6a0d9f11"


@contextmanager
def listening(answer: tuple[int, bytes] = (200, b"OK"), *, post: bool = True) -> Iterator[tuple[str, list[str]]]:
    """A server that notes method, path and body of each request."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            seen.append(" ".join(filter(None, (self.command, self.path, body))))
            refused = self.command == "POST" and not post
            self.send_response(405 if refused else answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer never ends, a byte at a time."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while not done.wait(0.05):
                    connection.sendall(b"H")

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/secret-token"
        done.set()
        thread.join()


def run_once(path: Path, heartbeat: HeartbeatUrl, error: Exception | None = None, status: Status = Status.OK):
    db = open_store(path / "mamctl.db")
    try:
        with (
            contextlib.suppress(RuntimeError, UsageError),
            job_run("vip", db, path / "mamctl.db", lambda: NOW, heartbeat=heartbeat) as run,
        ):
            run.add_problem(Problem("session_refused", "secret words", "/secret/path") if error else None)
            run.status = status
            if error:
                raise error
    finally:
        rows = [tuple(row) for row in db.execute("SELECT status, exit_code FROM runs")]
        db.close()
    return run, rows


def test_start_and_end_of_a_run_belong_together_and_the_body_holds_codes_only(tmp_path: Path) -> None:
    with listening() as (url, seen):
        run_once(tmp_path, HeartbeatUrl(f"{url}/key/{{job}}?create=1", RUN), RuntimeError("secret words"))
    assert seen == [
        f"GET /key/vip/start?create=1&rid={RUN}",
        f"POST /key/vip/fail?create=1&rid={RUN} vip: failed, exit 1 (session_refused, bug)",
    ]


@pytest.mark.parametrize("status", [Status.OK, Status.ATTENTION, Status.PARTIAL, Status.FAILED])
def test_what_failed_in_part_is_no_success(tmp_path: Path, status: Status) -> None:
    with listening() as (url, seen):
        run_once(tmp_path, HeartbeatUrl(f"{url}/api/push/KEY?status=up&msg=OK&ping=", RUN), status=status)
    good = status in (Status.OK, Status.ATTENTION)
    (request,) = seen
    assert request.startswith(f"GET /api/push/KEY?ping=&status={'up' if good else 'down'}&msg=vip")


def test_a_run_that_cannot_be_recorded_is_no_success(tmp_path: Path) -> None:
    with listening() as (url, seen):
        db = open_store(tmp_path / "mamctl.db")
        with (
            pytest.raises(Exception, match="closed"),
            job_run("vip", db, tmp_path / "mamctl.db", lambda: NOW, heartbeat=HeartbeatUrl(f"{url}/key/a", RUN)),
        ):
            db.close()
    assert [request.split("?")[0] for request in seen] == ["GET /key/a/start", "POST /key/a/fail"]


def test_a_server_that_takes_no_post_is_asked_by_get() -> None:
    with listening(post=False) as (url, seen):
        assert HeartbeatUrl(f"{url}/key/a", RUN).ping("vip", "fail", "exit 12") is None
    assert [request.split()[0] for request in seen] == ["POST", "GET"]


@pytest.mark.parametrize("answer", [(404, b""), (500, b"x"), (302, b""), (200, b"OK (not found)")])
def test_what_the_service_does_not_take_is_a_problem(answer: tuple[int, bytes]) -> None:
    with listening(answer) as (url, _):
        problem = HeartbeatUrl(f"{url}/secret-token", RUN).ping("vip", "success")
    assert problem is not None
    assert problem.code == "heartbeat_lost"
    assert "secret-token" not in f"{problem}"


def test_an_answer_that_drips_holds_nothing_up() -> None:
    with dripping() as url:
        began = time.monotonic()
        problem = HeartbeatUrl(url, RUN).ping("vip", "start")
        assert time.monotonic() - began < 50  # ten times the bound
    assert problem is not None
    assert "no answer within" in problem.message


def test_an_answer_of_any_size_is_not_read_to_its_end() -> None:
    with listening((200, b"x" * 20_000_000)) as (url, _):
        assert HeartbeatUrl(f"{url}/a", RUN).ping("vip", "start") is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [("ALL_PROXY", "socks5://127.0.0.1:9"), ("HTTPS_PROXY", "ftp://x"), ("no_proxy", "10.0.0.0/8,fe80::/10"),
     ("SSL_CERT_FILE", "/nowhere")],
)  # fmt: skip
def test_nothing_of_the_environment_ends_a_job(tmp_path: Path, monkeypatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with listening() as (url, seen):  # this machine's own addresses never go through a proxy
        run, rows = run_once(tmp_path, HeartbeatUrl(f"{url}/a", RUN))
        assert (len(seen), run.problems, rows) == (2, [], [("ok", 0)])
    _, rows = run_once(tmp_path, HeartbeatUrl("https://127.0.0.2:9/secret-token", RUN))
    assert rows[-1] == ("ok", 0)


def test_wrong_usage_leaves_no_run(tmp_path: Path) -> None:
    with listening() as (url, _):
        assert run_once(tmp_path, HeartbeatUrl(f"{url}/a", RUN), UsageError("no such file"))[1] == []

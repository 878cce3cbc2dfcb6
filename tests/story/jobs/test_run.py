"""The bracket around every job, reminders, the heartbeat and messages that never fail a job."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mamctl.adapters.notify.apprise import AppriseNotifier
from mamctl.adapters.notify.heartbeat import HeartbeatUrl
from mamctl.domain.outcome import Status
from mamctl.domain.problem import Problem
from mamctl.errors import LockedError, UnreachableError
from mamctl.jobs.run import job_run
from mamctl.output.report import Report
from mamctl.store.database import open_store
from mamctl.store.runs import last_runs
from tests.kit.practice_fixtures import NOW


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A real HTTP server that notes the paths asked for."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200 if "missing" not in self.path else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length).decode()
            heard.append(self.path if self.path.startswith("/beat") else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", heard
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_run_is_told_to_the_heartbeat_and_kept(tmp_path: Path, listener) -> None:
    url, heard = listener
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW, heartbeat=HeartbeatUrl(url + "/beat")) as run:
        run.add_problem(Problem("odd", "something odd", "a thing"))
        run.status = Status.ATTENTION
    with (
        pytest.raises(UnreachableError),
        job_run("vip", db, path, lambda: NOW, heartbeat=HeartbeatUrl(url + "/beat")),
    ):
        raise UnreachableError("the site is down")
    assert [text.split("&rid=")[0] for text in heard] == [
        "/beat/start?job=vip",
        "/beat?job=vip",
        "/beat/start?job=vip",
        "/beat/fail?job=vip",
    ]
    rows = db.execute("SELECT status, exit_code FROM runs ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [("attention", 3), ("failed", 13)]
    problems = [row["code"] for row in db.execute("SELECT code FROM run_problems ORDER BY run_id")]
    assert problems == ["odd", "unreachable"]
    db.close()


def test_a_lost_heartbeat_is_a_problem_and_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW, heartbeat=HeartbeatUrl("http://127.0.0.1:9/secret-token")) as run:
        pass
    assert {problem.code for problem in run.problems} == {"heartbeat_lost"}
    assert not any("secret-token" in problem.message for problem in run.problems)
    db.close()


def test_the_lock_is_per_job_and_let_go_of_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW):
        with pytest.raises(LockedError), job_run("vip", db, path, lambda: NOW):
            pass
        with job_run("rules", db, path, lambda: NOW):
            pass
    with job_run("vip", db, path, lambda: NOW):
        pass
    db.close()


def test_a_message_arrives_and_a_bad_address_is_told_without_its_secret(listener) -> None:
    url, heard = listener
    address = url.replace("http://", "json://") + "/?token=s3cr3t"
    assert AppriseNotifier([address]).notify("VIP renewed", "10 weeks bought") is None
    assert "10 weeks bought" in heard[0]
    problem = AppriseNotifier(["nonsense://s3cr3t"]).notify("a", "b")
    assert problem is not None
    assert problem.code == "notify_malformed"
    assert "s3cr3t" not in problem.message
    lost = AppriseNotifier(["json://127.0.0.1:9/s3cr3t"]).notify("a", "b")
    assert lost is not None
    assert lost.code == "notify_failed"
    assert "s3cr3t" not in lost.message


@pytest.mark.parametrize(
    ("problems", "status", "error", "expected"),
    [
        ((), None, None, ("ok", 0)),
        ((Problem("odd", "odd"),), None, None, ("attention", 3)),
        ((Problem("odd", "odd"),), Status.OK, None, ("ok", 0)),
        ((), Status.PARTIAL, None, ("partial", 4)),
        ((), Status.OK, UnreachableError("away"), ("failed", 13)),
    ],
)
def test_a_run_and_its_result_end_the_same(tmp_path: Path, problems, status, error, expected) -> None:
    path = tmp_path / "mamctl.db"
    db = open_store(path)
    with job_run("vip", db, path, lambda: NOW) as run:
        result = run.finish("facts", problems, status, error)
    row = db.execute("SELECT status, exit_code FROM runs").fetchone()
    assert tuple(row) == expected
    assert (result.data, result.problems, int(result.exit_code)) == ("facts", tuple(run.problems), expected[1])


@pytest.mark.parametrize("noted", [False, True])
def test_a_failure_is_one_problem_of_its_run(tmp_path: Path, noted: bool) -> None:
    """Whether the job noted it itself, with what it concerns, or left that to the end."""
    path = tmp_path / "mamctl.db"
    with closing(open_store(path)) as db:
        away = UnreachableError("the site is away")
        with job_run("vip", db, path, lambda: NOW) as run:
            result = run.finish(None, (Problem.of(away, "search"),) if noted else (), error=away)
        (last,) = last_runs(db)
    assert (last.status, last.problems, last.problem) == ("failed", 1, "the site is away")
    assert [problem.message for problem in Report.of("x/1", result, dry_run=False).problems] == ["the site is away"]

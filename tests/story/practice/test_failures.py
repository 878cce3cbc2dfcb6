"""Every practice server fails on its real socket in the forms it is told to, and recovers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from mamctl.practice.catalogue.__main__ import main as catalogue_main
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.client.__main__ import main as client_main
from mamctl.practice.client.server import PracticeClient
from mamctl.practice.client.state import ClientWorld
from mamctl.practice.clock import PracticeClock
from mamctl.practice.failures import FailureForm
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.tracker.__main__ import main, open_tracker

PATHS = {"catalogue": "/itunes/search?term=moon", "tracker": "/jsonLoad.php", "client": "/api/v2/app/version"}
STATUSES = {
    FailureForm.EMPTY: 200,
    FailureForm.THROTTLED_FOR: 429,
    FailureForm.UNAVAILABLE: 503,
    FailureForm.ELSEWHERE: 302,
}
BROKEN = (FailureForm.RESET, FailureForm.CUT, FailureForm.NOT_HTTP, FailureForm.REFUSED)


@pytest.fixture(params=sorted(PATHS))
def address(request: pytest.FixtureRequest) -> Iterator[tuple[LoopbackServer, str]]:
    made: LoopbackServer
    if request.param == "tracker":
        made = open_tracker("small", 0, None, datetime(2026, 1, 1, tzinfo=UTC))
    elif request.param == "client":
        made = PracticeClient(ClientWorld(PracticeClock()))
    else:
        made = PracticeCatalogue(make_world(10))
    with made as server:
        yield server, server.url + PATHS[request.param]


@pytest.mark.parametrize("form", STATUSES)
def test_a_status_is_sent_instead_of_the_answer(address: tuple[LoopbackServer, str], form: FailureForm) -> None:
    server, url = address
    right = httpx.get(url)
    server.fail_with(form, times=1)
    failed = httpx.get(url)
    assert failed.status_code == STATUSES[form]
    assert failed.content != right.content
    assert httpx.get(url).status_code == right.status_code


@pytest.mark.parametrize("form", BROKEN)
def test_a_connection_breaks_until_the_server_recovers(address: tuple[LoopbackServer, str], form: FailureForm) -> None:
    server, url = address
    right = httpx.get(url).status_code
    server.fail_with(form)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            httpx.get(url)
    server.recover()
    assert httpx.get(url).status_code == right


def test_a_failure_keeps_to_its_path(address: tuple[LoopbackServer, str]) -> None:
    server, url = address
    right = httpx.get(url).status_code
    server.fail_with(FailureForm.UNAVAILABLE, "/elsewhere")
    assert httpx.get(url).status_code == right
    assert httpx.get(f"{server.url}/elsewhere/x").status_code == 503


def test_a_silent_server_ends_without_waiting(address: tuple[LoopbackServer, str]) -> None:
    server, url = address
    server.fail_with(FailureForm.SILENT)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.3)


def test_nobody_takes_the_port_of_a_server_that_is_away(address: tuple[LoopbackServer, str]) -> None:
    server, url = address
    with server.unreachable(), pytest.raises(OSError, match="in use"):
        ThreadingHTTPServer(("127.0.0.1", server.port), BaseHTTPRequestHandler)
    assert httpx.get(url).status_code < 500


def test_refusal_cannot_be_counted(address: tuple[LoopbackServer, str]) -> None:
    with pytest.raises(ValueError, match="leave out path and times"):
        address[0].fail_with(FailureForm.REFUSED, times=1)


def test_a_time_without_a_zone_is_utc_and_a_busy_port_is_one_line(
    address: tuple[LoopbackServer, str], capsys: pytest.CaptureFixture[str]
) -> None:
    port = address[0].port
    assert main(["--now", "2026-01-01", "--port", str(port)]) == 1
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.count("\n") == 1
    assert f"cannot listen on port {port}" in heard.err


def test_a_busy_port_is_one_line_for_the_catalogue(
    address: tuple[LoopbackServer, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalogue_main(["--books", "3", "--port", str(address[0].port)]) == 1
    assert capsys.readouterr().err.startswith(f"cannot listen on port {address[0].port}")


def test_a_busy_port_is_one_line_for_the_client(
    address: tuple[LoopbackServer, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert client_main(["--empty", "--port", str(address[0].port)]) == 1
    assert capsys.readouterr().err.startswith(f"cannot listen on port {address[0].port}")

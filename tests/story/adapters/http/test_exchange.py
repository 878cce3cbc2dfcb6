"""One exchange against raw sockets: what is too large, packed, cut, slow or leads elsewhere ends in a word of ours."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from mamctl.adapters.http.client import WayOut
from mamctl.adapters.http.exchange import ExchangeError, Fault, Reply, Request, exchange
from mamctl.adapters.http.failures import Cause
from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.http.proxies import Proxy, Route, always, direct
from mamctl.practice.failures import FailureForm
from tests.kit.failing_server import failing

BOUNDS = Bounds(silence=5, total=5, largest_body=100_000)


@contextmanager
def doing(act: Callable[[socket.socket], object]) -> Iterator[int]:
    """A port whose every connection is handed to `act`, until it is closed."""
    listener = socket.create_server(("127.0.0.1", 0))

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            connection.recv(65_536)
            act(connection)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Sends each connection the next answer byte for byte; the address, and the heads of the requests."""
    listener = socket.create_server(("127.0.0.1", 0))
    heads: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            with suppress(OSError):
                connection, _ = listener.accept()
                with connection:
                    heads.append(connection.recv(65_536))
                    connection.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heads
    finally:
        listener.close()


def send(url: str, bounds: Bounds = BOUNDS, route: Route = direct, **request: object) -> Reply:
    way = WayOut(route, timeout=bounds.silence)
    try:
        return exchange(way, Request(url=url, **request), bounds)  # type: ignore[arg-type]
    finally:
        way.close()


def reply(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers])
    return f"{head}\r\nConnection: close\r\n\r\n".encode("latin-1") + body


def test_a_packed_answer_is_unpacked():
    with answering(reply(gzip.compress(b"hello"), "Content-Encoding: gzip")) as (url, heads):
        assert send(url).body == b"hello"
        assert b"accept-encoding: gzip\r\n" in heads[0].lower()


def test_a_packed_answer_of_several_parts_is_whole_and_what_follows_it_is_not_read():
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    with answering(reply(packed, "Content-Encoding: gzip")) as (url, _):
        assert send(url).body == b"one two"

    def without_end(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed)
        while True:
            connection.sendall(b"\0" * 65_536)

    with doing(without_end) as port:
        assert send(f"http://127.0.0.1:{port}/").body == b"one two"


def test_words_before_the_answer_are_passed_over_and_do_not_go_on_for_ever():
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    with answering(b"HTTP/1.1 100 Continue\r\n\r\n" + 20 * hints + reply(b"hello")) as (url, _):
        assert send(url).body == b"hello"

    def hint_for_ever(connection: socket.socket) -> None:
        while True:
            connection.sendall(100 * hints)

    with doing(hint_for_ever) as port, pytest.raises(ExchangeError) as caught:
        send(f"http://127.0.0.1:{port}/", Bounds(silence=20, total=0.5))
    assert caught.value.fault is Fault.SLOW


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (reply(gzip.compress(b"\0" * 10_000_000), "Content-Encoding: gzip"), Fault.TOO_LARGE),
        (reply(b"x" * 100_001), Fault.TOO_LARGE),
        (reply(gzip.compress(b"hello")[:-9], "Content-Encoding: gzip"), Fault.UNREADABLE),
        (reply(b"not packed", "Content-Encoding: gzip"), Fault.UNREADABLE),
        (reply(b"x", "Content-Encoding: br"), Fault.UNREADABLE),
        (reply(b"short", length=500), Fault.BROKEN),
        (b"", Fault.BROKEN),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Fault.BROKEN),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", Fault.BROKEN),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 500_000, Fault.BROKEN),
    ],
    ids=[
        "bomb",
        "large",
        "cut pack",
        "no pack",
        "other pack",
        "cut",
        "hung up",
        "not http",
        "bad header",
        "long header",
    ],
)
def test_what_is_no_whole_answer_has_a_name(answer: bytes, fault: Fault):
    with answering(answer) as (url, _), pytest.raises(ExchangeError) as caught:
        send(url)
    assert caught.value.fault is fault
    assert caught.value.maybe_sent


@pytest.mark.parametrize("form", [FailureForm.SILENT, FailureForm.DRIPPED_HEAD, FailureForm.DRIPPED_BODY])
def test_the_whole_exchange_is_bounded_in_time(form: FailureForm):
    begun = time.monotonic()
    with failing(form) as server, pytest.raises(ExchangeError) as caught:
        send(server.url, Bounds(silence=20, total=0.4))
    assert caught.value.fault is Fault.SLOW
    assert time.monotonic() - begun < 20  # these forms last half a minute


def test_what_was_never_sent_is_known_as_such():
    with failing(FailureForm.REFUSED) as server, pytest.raises(ExchangeError) as refused:
        send(server.url)
    assert not refused.value.maybe_sent
    with answering(reply(b"")) as (url, heads), pytest.raises(ExchangeError) as malformed:
        send(url, headers={"Authorization": "Bearer SECRET\nsecond"})
    assert not malformed.value.maybe_sent
    assert not any(heads)  # the connection may open; no byte of a request may follow
    assert "SECRET" not in f"{malformed.value!r} {malformed.value.failure}"


GARBAGE = ["javascript:x", "http://[::1", "http://[", "//", "\xff\xfe", "http://a:99999999/", "/ok"]


@pytest.mark.parametrize("target", GARBAGE)
def test_a_redirect_that_is_not_followed_is_an_answer_wherever_it_leads(target: str):
    heads = []
    with answering(reply(b"moved", f"Location: {target}", "Set-Cookie: mam_id=second", status="302 Found")) as (url, _):
        found = exchange(
            WayOut(), Request(url=url), BOUNDS, on_head=lambda status, headers: heads.append((status, headers))
        )
    assert (found.status, found.body) == (302, b"moved")
    assert heads[0][1].get_list("set-cookie") == ["mam_id=second"]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:x",
        "http://[::1",
        "http://[",
        "http://a:99999999/",
        "http://elsewhere.example/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
    ],
)
def test_a_redirect_that_is_followed_stays_with_its_server(target: str):
    moved = reply(b"", f"Location: {target}", status="302 Found")
    with answering(moved, reply(b"reached")) as (url, heads), pytest.raises(ExchangeError) as caught:
        send(url, Bounds(silence=5, total=5, redirects=3))
    assert caught.value.fault in (Fault.ELSEWHERE, Fault.UNREADABLE)
    assert len(heads) == 1


def test_a_redirect_within_the_server_is_followed_with_the_headers_of_the_request():
    with answering(reply(b"", "Location: /there", status="302 Found"), reply(b"reached")) as (url, heads):
        assert send(url, Bounds(silence=5, total=5, redirects=3), headers={"X-Key": "k"}).body == b"reached"
    assert heads[1].startswith(b"GET /there ")
    assert b"x-key: k" in heads[1].lower()


def test_a_server_that_accepts_nobody_is_bounded():
    crowd = [socket.create_server(("127.0.0.1", 0), backlog=0)]
    port = crowd[0].getsockname()[1]
    for _ in range(8):  # the queue of a server that accepts nobody fills up, and connecting then hangs
        crowd.append(socket.socket())
        crowd[-1].setblocking(False)
        crowd[-1].connect_ex(("127.0.0.1", port))
    begun = time.monotonic()
    with pytest.raises(ExchangeError) as caught:
        send(f"http://127.0.0.1:{port}", Bounds(silence=20, total=0.5))
    assert time.monotonic() - begun < 15
    assert caught.value.fault is Fault.SLOW
    assert not caught.value.maybe_sent
    for one in crowd:
        one.close()


def keep(words: bytes = b"") -> Callable[[socket.socket], object]:
    """Sends these words and then nothing until the other side has gone."""

    def act(connection: socket.socket) -> None:
        connection.sendall(words)
        connection.recv(1)

    return act


def drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 200 "[:1])
        time.sleep(0.02)


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
@pytest.mark.parametrize(
    "act",
    [keep(), keep(b"\x05\x00"), drip, lambda connection: connection.sendall(b"nonsense\r\n\r\n"), lambda _: None],
    ids=["silent", "half", "dripping", "nonsense", "closing"],
)
def test_a_proxy_that_gives_no_way_is_named_and_nothing_has_left(scheme: str, act: Callable[[socket.socket], object]):
    begun = time.monotonic()
    with doing(act) as port:
        way = always(Proxy(f"{scheme}://127.0.0.1:{port}", "tracker.proxy"))
        with pytest.raises(ExchangeError) as caught:
            send("https://site.invalid/buy", Bounds(silence=20, total=0.5), way, method="POST", body=b"x")
    assert time.monotonic() - begun < 15
    assert not caught.value.maybe_sent
    assert caught.value.failure is not None
    assert caught.value.failure.cause is Cause.PROXY
    assert f"127.0.0.1:{port} (tracker.proxy)" in caught.value.words


def test_an_answer_that_is_late_through_a_proxy_may_have_been_sent():
    with doing(keep()) as port:
        way = always(Proxy(f"http://127.0.0.1:{port}", "HTTP_PROXY"))
        with pytest.raises(ExchangeError) as caught:
            send("http://site.invalid/", Bounds(silence=0.3, total=0.3), way)
    assert caught.value.maybe_sent
    assert "no answer in time through the proxy" in caught.value.words


def test_an_address_that_never_answers_leaves_time_for_the_next(monkeypatch: pytest.MonkeyPatch):
    """As where a name has an IPv6 address and the network no way for it."""
    with answering(reply(b"hello")) as (url, _):
        port = int(url.rpartition(":")[2])
        hole = socket.create_server(("127.0.0.2", port), backlog=0)
        crowd = [socket.socket() for _ in range(8)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(("127.0.0.2", port))
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert send(f"http://site.invalid:{port}/", Bounds(silence=3, total=3)).body == b"hello"
        for one in (hole, *crowd):
            one.close()


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "a..b.invalid"])
def test_a_name_that_leads_nowhere_is_said_to_be_unknown(host: str):
    with pytest.raises(ExchangeError) as caught:
        send(f"http://{host}/")
    assert caught.value.words == "its name is not known"
    assert not caught.value.maybe_sent


def test_an_address_of_ipv6_is_reached():
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(reply(b"six"))

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        assert send(f"http://[::1]:{listener.getsockname()[1]}/").body == b"six"

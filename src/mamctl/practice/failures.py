"""The ways in which an HTTP server fails, as data: each form is played on a connection, whatever was asked.

The practice servers can be made to fail in any of these forms (`LoopbackServer.fail_with`), and the tests drive every
command through all of them.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum

_BLOCK = b"x" * 65_536
_HTML = b"<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
_LONGEST_S = 30.0  # a form that never ends gives up then, should the client not


class FailureForm(StrEnum):
    """One way to fail. `REFUSED` is played by not listening, all others on the connection."""

    REFUSED = "refused"  # no server listens
    RESET = "reset"  # the connection breaks without an answer
    SILENT = "silent"  # the request is read, and no answer comes
    DRIPPED_HEAD = "dripped_head"  # headers byte by byte, for ever
    DRIPPED_BODY = "dripped_body"  # a body byte by byte, for ever
    ENDLESS = "endless"  # a body at full speed, for ever
    EMPTY = "empty"  # 200 and no body
    HTML = "html"  # 200 and some web page
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    THROTTLED = "throttled"  # 429 without Retry-After
    THROTTLED_FOR = "throttled_for"  # 429 with Retry-After
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"
    CUT = "cut"  # the connection ends within the body
    WRONG_LENGTH = "wrong_length"  # less announced than sent
    WRONG_CHARSET = "wrong_charset"  # bytes that the named charset does not know
    NOT_HTTP = "not_http"
    ELSEWHERE = "elsewhere"  # redirects to another host


_STATUS = {
    FailureForm.UNAUTHORIZED: "401 Unauthorized",
    FailureForm.FORBIDDEN: "403 Forbidden",
    FailureForm.NOT_FOUND: "404 Not Found",
    FailureForm.THROTTLED: "429 Too Many Requests",
    FailureForm.THROTTLED_FOR: "429 Too Many Requests",
    FailureForm.SERVER_ERROR: "500 Internal Server Error",
    FailureForm.UNAVAILABLE: "503 Service Unavailable",
    FailureForm.ELSEWHERE: "302 Found",
}
_HEADERS = {
    FailureForm.THROTTLED_FOR: "Retry-After: 3600\r\n",
    FailureForm.ELSEWHERE: "Location: http://elsewhere.invalid/\r\n",
    FailureForm.WRONG_CHARSET: "Content-Type: application/json; charset=utf-7x\r\n",
}
_BODIES = {
    FailureForm.EMPTY: b"",
    FailureForm.WRONG_CHARSET: b'{"username": "\xff\xfe\x81", "ratio": 1}',
}


def play(form: FailureForm, connection: socket.socket, stop: threading.Event) -> None:
    """Fail in this form on a connection whose request was read; returns when the client hangs up or `stop` is set."""
    with suppress(OSError):
        _PLAYS.get(form, _answer)(form, connection, stop)


def _answer(form: FailureForm, connection: socket.socket, _: threading.Event) -> None:
    body = _BODIES.get(form, _HTML)
    length = {FailureForm.CUT: len(body) + 100, FailureForm.WRONG_LENGTH: len(body) // 2}.get(form, len(body))
    headers = _HEADERS.get(form, "Content-Type: text/html\r\n")
    head = f"HTTP/1.1 {_STATUS.get(form, '200 OK')}\r\n{headers}"
    connection.sendall(f"{head}Content-Length: {length}\r\nConnection: close\r\n\r\n".encode() + body)


def _reset(_: FailureForm, connection: socket.socket, __: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


def _silent(_: FailureForm, connection: socket.socket, stop: threading.Event) -> None:
    connection.settimeout(0.1)
    ends = time.monotonic() + _LONGEST_S
    while not stop.is_set() and time.monotonic() < ends:
        with suppress(TimeoutError):
            if not connection.recv(1024):
                return


def _drip(form: FailureForm, connection: socket.socket, stop: threading.Event) -> None:
    head = b"HTTP/1.1 200 OK\r\n"
    connection.sendall(head + (b"X-Slow: " if form is FailureForm.DRIPPED_HEAD else b"Connection: close\r\n\r\n"))
    ends = time.monotonic() + _LONGEST_S
    while not stop.wait(0.05) and time.monotonic() < ends:
        connection.sendall(b" ")


def _endless(_: FailureForm, connection: socket.socket, stop: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
    ends = time.monotonic() + _LONGEST_S
    while not stop.is_set() and time.monotonic() < ends:
        connection.sendall(_BLOCK)


def _not_http(_: FailureForm, connection: socket.socket, __: threading.Event) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")


_PLAYS: dict[FailureForm, Callable[[FailureForm, socket.socket, threading.Event], None]] = {
    FailureForm.RESET: _reset,
    FailureForm.SILENT: _silent,
    FailureForm.DRIPPED_HEAD: _drip,
    FailureForm.DRIPPED_BODY: _drip,
    FailureForm.ENDLESS: _endless,
    FailureForm.NOT_HTTP: _not_http,
}

"""A bound on a whole exchange: connection, encryption, headers and body together, however slowly they trickle.

httpx and httpcore bound one silence only: a server that sends a byte of its headers now and then holds a request for
ever. Here every step on the socket gets what is left of the exchange.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)
_OPENED: ContextVar[list[httpcore.NetworkStream] | None] = ContextVar("opened", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Within the block, in this thread, every exchange of a bounded client together takes at most so many seconds.

    What takes longer raises the client's own timeout errors. Connections opened in a block that fails are closed:
    httpcore forgets those on which a proxy never let it speak.
    """
    outer = _ENDS.get()
    ends = time.monotonic() + seconds
    token = _ENDS.set(ends if outer is None else min(outer, ends))
    opened: list[httpcore.NetworkStream] = []
    collecting = _OPENED.set(opened)
    try:
        yield
    except BaseException:
        for stream in opened:
            stream.close()
        raise
    finally:
        _OPENED.reset(collecting)
        _ENDS.reset(token)


class BoundedBackend(httpcore.NetworkBackend):
    """The usual network under `deadline`; `silence` is the longest wait where the caller names none."""

    def __init__(self, silence: float | None = None) -> None:
        self._silence = silence
        self._usual = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the name's addresses that takes one.

        Each address gets its share of the time, so that one that never answers, as on a network without a way for
        IPv6, leaves some for the next. Raises httpcore.ConnectTimeout when nothing of the deadline is left.
        """
        failure: Exception = httpcore.ConnectError("the name has no address")
        addresses = _addresses(host, port)
        patience = timeout or self._silence
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            bound = _left(None if patience is None else patience / len(addresses), httpcore.ConnectTimeout, shares=left)
            try:
                connection = self._usual.connect_tcp(address, port, bound, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                if (opened := _OPENED.get()) is not None:
                    opened.append(connection)
                return _BoundedStream(connection, self._silence)
        raise failure

    def sleep(self, seconds: float) -> None:
        """Wait before another attempt."""
        self._usual.sleep(seconds)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, usual: httpcore.NetworkStream, silence: float | None) -> None:
        self._usual = usual
        self._silence = silence

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._usual.read(max_bytes, _left(timeout or self._silence, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._usual.write(buffer, _left(timeout or self._silence, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        bound = _left(timeout or self._silence, httpcore.ConnectTimeout)
        return _BoundedStream(self._usual.start_tls(ssl_context, server_hostname, bound), self._silence)

    def get_extra_info(self, info: str) -> Any:
        return self._usual.get_extra_info(info)

    def close(self) -> None:
        self._usual.close()


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _left(timeout: float | None, late: type[Exception], shares: int = 1) -> float | None:
    """The seconds of one step: `timeout`, or one of `shares` of what is left of the deadline, where that is less."""
    ends = _ENDS.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        raise late("the request took too long")
    return left / shares if timeout is None else min(timeout, left / shares)

"""The way through a SOCKS proxy, whose first words are bounded in time as every other step is."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from mamctl.adapters.http.proxies import Proxy


def socks_transport(
    proxy: Proxy, verify: ssl.SSLContext | bool, limits: httpx.Limits, silence: float
) -> httpx.HTTPTransport:
    """Sends by a SOCKS proxy; `silence` is the seconds that each of the proxy's first words may take.

    httpcore waits for these without end: something that does not speak SOCKS would hold the run for ever.
    Raises ImportError where the package socksio is missing.
    """
    auth = (proxy.username.encode(), proxy.password.reveal().encode()) if proxy.username or proxy.password else None
    way = httpx.HTTPTransport(verify=verify, limits=limits)
    way._pool.close()  # noqa: SLF001 - httpx has no other door to httpcore's own
    way._pool = httpcore.SOCKSProxy(  # noqa: SLF001
        proxy_url=proxy.address,
        proxy_auth=auth,
        ssl_context=verify if isinstance(verify, ssl.SSLContext) else None,
        max_connections=limits.max_connections,
        max_keepalive_connections=limits.max_keepalive_connections,
        keepalive_expiry=limits.keepalive_expiry,
        network_backend=_Impatient(silence),
    )
    return way


class _Impatient(httpcore.NetworkBackend):
    """The usual network, but nothing is waited for without end."""

    def __init__(self, silence: float) -> None:
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
        """A connection."""
        stream = self._usual.connect_tcp(host, port, timeout or self._silence, local_address, socket_options)
        return _ImpatientStream(stream, self._silence)

    def sleep(self, seconds: float) -> None:
        """Wait before another attempt."""
        self._usual.sleep(seconds)


class _ImpatientStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, silence: float) -> None:
        self._stream = stream
        self._silence = silence

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout or self._silence)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout or self._silence)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout or self._silence)
        return _ImpatientStream(stream, self._silence)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

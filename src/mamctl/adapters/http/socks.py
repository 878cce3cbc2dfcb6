"""The way through a SOCKS proxy, whose first words are bounded in time as every other step is."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from mamctl.adapters.http.deadline import BoundedBackend
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
        network_backend=BoundedBackend(silence),
    )
    return way

"""Builds every HTTP client: its way out, its certificates, and nothing of the environment that could stop it later."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Mapping
from functools import cache
from http.cookiejar import CookieJar

import httpcore
import httpx

from mamctl.adapters.http.deadline import BoundedBackend
from mamctl.adapters.http.proxies import Proxy, Route, direct
from mamctl.errors import ConfigInvalidError, MamctlError


class WayOut(httpx.BaseTransport):
    """Sends each request the way `route` names for its address; connections and certificates are made when needed.

    Threads may share one. Raises ConfigInvalidError for a proxy or a certificate store that cannot be used, before
    anything is sent, and httpx's errors.
    """

    def __init__(self, route: Route = direct, *, timeout: float = 30.0, limits: httpx.Limits | None = None) -> None:
        self._route = route
        self._timeout = timeout
        self._limits = limits or httpx.Limits()
        self._ways: dict[tuple[Proxy | None, bool], httpx.HTTPTransport] = {}
        self._origins: dict[tuple[bytes, bytes, int | None], httpx.HTTPTransport] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange; redirects are the caller's affair."""
        way = self._way_to(request.url)
        try:
            return way.handle_request(request)
        except (httpx.TransportError, MamctlError):
            raise
        except Exception as error:  # noqa: BLE001 - what the SOCKS library makes of a proxy that does not speak it
            raise httpx.ProxyError(type(error).__name__, request=request) from None

    def proxy_for(self, url: str) -> Proxy | None:
        """The proxy that a request to this address takes. Raises ConfigInvalidError."""
        return self._route(url)

    def close(self) -> None:
        """Let every connection go."""
        for way in self._ways.values():
            way.close()

    def _way_to(self, url: httpx.URL) -> httpx.HTTPTransport:
        """The way to a host and port, for which the route is asked once."""
        origin = url.raw_scheme, url.raw_host, url.port
        with self._lock:
            if origin not in self._origins:
                self._origins[origin] = self._way(self._route(str(url)), tls=url.scheme == "https")
            return self._origins[origin]

    def _way(self, proxy: Proxy | None, *, tls: bool) -> httpx.HTTPTransport:
        tls = tls or (proxy is not None and proxy.address.startswith("https:"))
        if (proxy, tls) not in self._ways:
            self._ways[proxy, tls] = _transport(proxy, tls, self._limits, self._timeout)
        return self._ways[proxy, tls]


def build_client(
    route: Route,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    limits: httpx.Limits | None = None,
    cookies: CookieJar | None = None,
) -> httpx.Client:
    """A client that follows no redirect and reads no variable but those of `route` and the certificate store.

    `timeout` is seconds for each step. Nothing can fail here: what cannot be used raises at the first request.
    """
    return httpx.Client(
        transport=WayOut(route, timeout=timeout, limits=limits),
        timeout=timeout,
        headers=headers,
        cookies=cookies,
        trust_env=False,
        follow_redirects=False,
    )


def _transport(proxy: Proxy | None, tls: bool, limits: httpx.Limits, timeout: float) -> httpx.HTTPTransport:
    verify = trusted_certificates() if tls else False
    if proxy is None:
        return _bounded(httpx.HTTPTransport(verify=verify, limits=limits))
    auth = (proxy.username, proxy.password.reveal()) if proxy.username or proxy.password else None
    over_tls = proxy.address.startswith("https:")
    ssl_context = trusted_certificates() if over_tls else None
    try:
        if proxy.address.startswith("socks"):
            return socks_transport(proxy, verify, limits, timeout)
        way = httpx.Proxy(proxy.address, auth=auth, ssl_context=ssl_context)
        return _bounded(httpx.HTTPTransport(verify=verify, limits=limits, proxy=way))
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        missing = isinstance(error, ImportError)
        found = "its kind needs the package socksio" if missing else "it is not an address of a proxy"
        raise ConfigInvalidError(
            f"{proxy} cannot be used: {found}",
            subject=proxy.named,
            remedy="pip install 'httpx[socks]'" if missing else f"correct {proxy.named}",
            code="proxy_unusable",
        ) from None


def _bounded(transport: httpx.HTTPTransport) -> httpx.HTTPTransport:
    """The same, with every step on its sockets under `deadline`."""
    transport._pool._network_backend = BoundedBackend()  # noqa: SLF001 - httpx has no other door
    return transport


def trusted_certificates() -> ssl.SSLContext:
    """The certificates to trust: those that SSL_CERT_FILE or SSL_CERT_DIR name, else the ones that come with httpx.

    Raises ConfigInvalidError when the variable names nothing that can be read.
    """
    return _context(os.environ.get("SSL_CERT_FILE", ""), os.environ.get("SSL_CERT_DIR", ""))


@cache
def _context(file: str, folder: str) -> ssl.SSLContext:
    variable, path = ("SSL_CERT_FILE", file) if file else ("SSL_CERT_DIR", folder)
    try:
        if path and not (os.path.isfile(path) if file else os.path.isdir(path)):  # noqa: PTH112, PTH113
            raise FileNotFoundError(path)
        return httpx.create_ssl_context(trust_env=True)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        found = "holds no certificates" if isinstance(error, ssl.SSLError) else "does not exist or cannot be read"
        raise ConfigInvalidError(
            f"the certificate store cannot be used: {path} {found} ({variable})",
            subject=variable,
            remedy=f"correct {variable}, or unset it to use the certificates that come with mamctl",
            code="certificates_unreadable",
        ) from None


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

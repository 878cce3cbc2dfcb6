"""One HTTP exchange: no redirects, no cookie jar, a fresh connection, a bounded body in a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from mamctl.adapters.tracker.hosts import Host
from mamctl.errors import ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    import ssl

    import httpx


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A request; `path` has no query and no secret.

    The session's cookie goes along, and what it is rotated to is kept; `opens_session` keeps it without sending any.
    """

    path: str
    method: str = "GET"
    host: Host = Host.SITE
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    accept: str = "application/json"
    with_cookie: bool = True
    opens_session: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Seconds for each step and for the whole exchange, and the largest body in bytes."""

    timeout: float = 30.0
    total: float = 120.0
    largest_body: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class NoAnswerError(UnreachableError):
    """No complete answer came. `maybe_sent` is False only when the request certainly never left."""

    def __init__(self, message: str, *, subject: str, remedy: str, code: str, maybe_sent: bool) -> None:
        super().__init__(message, subject=subject, remedy=remedy, code=code)
        self.maybe_sent = maybe_sent


def send(
    ask: Ask,
    url: str,
    headers: Mapping[str, str],
    limits: Limits,
    trust_env: bool,
    on_headers: Callable[[httpx.Response], None],
) -> Reply:
    """Exchange one request for a reply; `on_headers` runs before any of the body is read.

    Raises NoAnswerError, and ShapeChangedError for a body over the limit. Errors are raised from None: httpx's own
    carry the request with its cookie.
    """
    import httpx

    until = time.monotonic() + limits.total
    content = {} if ask.content_type is None else {"Content-Type": ask.content_type}
    try:
        with (
            _client(limits, trust_env) as client,
            client.stream(
                ask.method, url, params=dict(ask.params), content=ask.body, headers={**headers, **content}
            ) as response,
        ):
            on_headers(response)
            return Reply(response.status_code, response.headers, _read(ask, response, limits, until))
    except httpx.TimeoutException as error:
        raise _slow(ask, maybe_sent=not isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)) from None
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise _broken(ask, error) from None


def _client(limits: Limits, trust_env: bool) -> httpx.Client:
    import httpx

    # No kept-alive connection: one that the server has just closed would look like a purchase whose answer was lost.
    return httpx.Client(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=min(limits.timeout, limits.total),
        trust_env=trust_env,
        verify=_tls(trust_env),
    )


@cache
def _tls(trust_env: bool) -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=trust_env)


def _read(ask: Ask, response: httpx.Response, limits: Limits, until: float) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():  # as they come: collecting larger parts would outwait the clock
        size += len(part)
        if size > limits.largest_body:
            raise ShapeChangedError(
                f"{ask.path} answered more than {limits.largest_body // 1024} KiB",
                subject=ask.path,
                remedy="open the site in a browser to see what is wrong with it",
            )
        if time.monotonic() > until:
            raise _slow(ask, maybe_sent=True)
        parts.append(part)
    return b"".join(parts)


def _slow(ask: Ask, *, maybe_sent: bool) -> NoAnswerError:
    return NoAnswerError(
        f"the tracker did not answer {ask.path} in time",
        subject=ask.path,
        remedy="nothing to do here: the next run tries again; tracker.timeout allows more time",
        code="tracker_slow",
        maybe_sent=maybe_sent,
    )


def _broken(ask: Ask, error: Exception) -> NoAnswerError:
    import httpx

    # str(error) of a connection that failed names neither URL nor headers.
    unsent = isinstance(
        error, httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol | httpx.LocalProtocolError
    )
    why = str(error) if isinstance(error, httpx.ConnectError) else type(error).__name__
    return NoAnswerError(
        f"no answer from the tracker at {ask.path}: {why}",
        subject=ask.path,
        remedy="check the network and the site's status page; the next run tries again",
        code="tracker_down",
        maybe_sent=not unsent,
    )

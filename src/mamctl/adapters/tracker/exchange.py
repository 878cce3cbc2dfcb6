"""One HTTP exchange: no redirects, no cookie jar, a fresh connection, a bounded body in a bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from mamctl.adapters.tracker.hosts import Host
from mamctl.errors import ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    import httpx

    from mamctl.adapters.http.proxies import Proxy, Route


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
    route: Route,
    on_headers: Callable[[httpx.Response], None],
) -> Reply:
    """Exchange one request for a reply; `on_headers` runs before any of the body is read.

    Raises NoAnswerError, ShapeChangedError for a body over the limit, and ConfigInvalidError for a proxy or
    certificate store that cannot be used. Errors are raised from None: httpx's own carry the request with its cookie.
    """
    import httpx

    from mamctl.adapters.http.deadline import deadline

    until = time.monotonic() + limits.total
    proxy = route(url)
    head: list[httpx.Response] = []

    def hear(response: httpx.Response) -> None:  # before httpx looks at where a redirect leads, and may stumble over it
        head.append(response)
        on_headers(response)

    content = {} if ask.content_type is None else {"Content-Type": ask.content_type}
    try:
        with (
            deadline(limits.total),
            _client(limits, proxy, hear) as client,
            client.stream(
                ask.method, url, params=dict(ask.params), content=ask.body, headers={**headers, **content}
            ) as response,
        ):
            return Reply(response.status_code, response.headers, _read(ask, response, limits, until))
    except httpx.TimeoutException as error:
        raise _slow(ask, maybe_sent=not isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout)) from None
    except (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL, UnicodeError) as error:
        if head and head[0].is_redirect:  # to nowhere: what it says is said by its status
            return Reply(head[0].status_code, head[0].headers, b"")
        raise _broken(ask, error, proxy) from None


def _client(limits: Limits, proxy: Proxy | None, hear: Callable[[httpx.Response], None]) -> httpx.Client:
    import httpx

    from mamctl.adapters.http.client import build_client
    from mamctl.adapters.http.proxies import always, direct

    # No kept-alive connection: one that the server has just closed would look like a purchase whose answer was lost.
    client = build_client(
        direct if proxy is None else always(proxy),
        timeout=min(limits.timeout, limits.total),
        limits=httpx.Limits(max_keepalive_connections=0),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
    client.event_hooks = {"response": [hear]}
    return client


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


def _broken(ask: Ask, error: Exception, proxy: Proxy | None) -> NoAnswerError:
    import httpx

    from mamctl.adapters.http.failures import Cause, explain_failure

    unsent = httpx.ConnectError | httpx.ProxyError | httpx.UnsupportedProtocol | httpx.LocalProtocolError | UnicodeError
    codes = {Cause.CERTIFICATE: "certificate_refused", Cause.PROXY: "proxy_failed"}
    failure = explain_failure(error, proxy)
    return NoAnswerError(
        f"no answer from the tracker at {ask.path}: {failure.words}",
        subject=ask.path,
        remedy=failure.remedy or "check the network and the site's status page; the next run tries again",
        code=codes.get(failure.cause, "tracker_down"),
        maybe_sent=not isinstance(error, unsent),
    )

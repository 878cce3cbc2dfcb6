"""One request to the tracker and the reply to it: no redirects, no cookie jar, a fresh connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mamctl.adapters.tracker.hosts import Host
from mamctl.dataclass import dataclass
from mamctl.errors import ShapeChangedError, UnreachableError

if TYPE_CHECKING:
    import httpx

    from mamctl.adapters.http.exchange import ExchangeError, Reply
    from mamctl.adapters.http.policy import Bounds
    from mamctl.adapters.http.proxies import Route


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


Carry = Callable[[Ask, str, Mapping[str, str], "Bounds", "Route", "Callable[[int, httpx.Headers], None]"], "Reply"]
"""Exchanges one request for a reply, as `send` does."""


class NoAnswerError(UnreachableError):
    """No complete answer came. `maybe_sent` is False only when the request certainly never left."""

    def __init__(self, message: str, *, subject: str, remedy: str, code: str, maybe_sent: bool) -> None:
        super().__init__(message, subject=subject, remedy=remedy, code=code)
        self.maybe_sent = maybe_sent


def send(
    ask: Ask,
    url: str,
    headers: Mapping[str, str],
    bounds: Bounds,
    route: Route,
    on_head: Callable[[int, httpx.Headers], None],
) -> Reply:
    """Exchange one request for a reply over a fresh connection; `on_head` runs before any of the body is read.

    Raises NoAnswerError, ShapeChangedError for a body that is too large or cannot be unpacked, and ConfigInvalidError
    for a proxy or certificate store that cannot be used.
    """
    import httpx

    from mamctl.adapters.http.client import WayOut
    from mamctl.adapters.http.exchange import ExchangeError, Fault, Request, exchange
    from mamctl.adapters.http.proxies import always, direct

    proxy = route(url)
    query = f"?{urlencode(ask.params)}" if ask.params else ""
    content = {} if ask.content_type is None else {"Content-Type": ask.content_type}
    request = Request(url=url + query, method=ask.method, headers={**headers, **content}, body=ask.body)
    # No kept-alive connection: one that the server has just closed would look like a purchase whose answer was lost.
    unkept = httpx.Limits(max_keepalive_connections=0)
    way = WayOut(direct if proxy is None else always(proxy), timeout=bounds.silence, limits=unkept)
    try:
        return exchange(way, request, bounds, on_head=on_head)
    except ExchangeError as error:
        if error.fault in (Fault.TOO_LARGE, Fault.UNREADABLE):
            raise _unreadable(ask, error.words) from None
        raise _no_answer(ask, error) from None
    finally:
        way.close()


def _unreadable(ask: Ask, words: str) -> ShapeChangedError:
    return ShapeChangedError(
        f"{ask.path}: {words}",
        subject=ask.path,
        remedy="open the site in a browser to see what is wrong with it",
    )


def _no_answer(ask: Ask, error: ExchangeError) -> NoAnswerError:
    from mamctl.adapters.http.exchange import Fault
    from mamctl.adapters.http.failures import Cause

    codes = {Cause.CERTIFICATE: "certificate_refused", Cause.PROXY: "proxy_failed"}
    cause = error.failure.cause if error.failure else None
    if error.fault is Fault.SLOW and cause is not Cause.PROXY:
        return NoAnswerError(
            f"the tracker did not answer {ask.path} in time",
            subject=ask.path,
            remedy="no action needed: the next run tries again; tracker.timeout allows more time",
            code="tracker_slow",
            maybe_sent=error.maybe_sent,
        )
    remedy = error.failure.remedy if error.failure else None
    return NoAnswerError(
        f"no answer from the tracker at {ask.path}: {error.words}",
        subject=ask.path,
        remedy=remedy or "check the network and the site's status page; the next run tries again",
        code="tracker_down" if cause is None else codes.get(cause, "tracker_down"),
        maybe_sent=error.maybe_sent,
    )

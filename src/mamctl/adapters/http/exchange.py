"""One exchange with any server: bounded in size, in time as a whole, and in reach, whatever the server sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

import httpx

from mamctl.adapters.http.body import ENCODING, TooLargeBodyError, UnreadableBodyError, read_body
from mamctl.adapters.http.deadline import deadline
from mamctl.adapters.http.failures import Cause, Failure, explain_failure
from mamctl.dataclass import dataclass
from mamctl.domain.json_values import JsonObject

if TYPE_CHECKING:
    from mamctl.adapters.http.client import WayOut
    from mamctl.adapters.http.policy import Bounds


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is sent. The address and the headers may hold secrets."""

    url: str = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, unpacked."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)


class Fault(StrEnum):
    """Why an exchange gave no whole reply."""

    SLOW = "slow"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    ELSEWHERE = "elsewhere"


class ExchangeError(Exception):
    """No whole reply came; the text says why without a secret. `maybe_sent` is False only when nothing left."""

    def __init__(self, fault: Fault, words: str, *, maybe_sent: bool = True, failure: Failure | None = None) -> None:
        super().__init__(words)
        self.fault = fault
        self.words = words
        self.maybe_sent = maybe_sent
        self.failure = failure


def ignore_head(status: int, headers: httpx.Headers) -> None:
    """For callers that wait for the whole reply."""


def exchange(
    way: WayOut,
    request: Request,
    bounds: Bounds,
    *,
    on_head: Callable[[int, httpx.Headers], None] = ignore_head,
) -> Reply:
    """Send the request and read the reply to its end.

    `on_head` runs when the head of a reply has come, before any of the body is read. Raises ExchangeError, what
    `on_head` raises, and ConfigInvalidError for a proxy or a certificate store that cannot be used. Errors are raised
    from None: httpx's own carry the request with its secrets.
    """
    departure = _Departure()
    try:
        with deadline(bounds.total):
            return _follow(way, _build(request, bounds, departure), bounds, on_head)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as error:
        slow = isinstance(error, httpx.TimeoutException)
        failure = explain_failure(error, way.proxy_for(request.url), sent=departure.seen)
        raise ExchangeError(
            Fault.SLOW if slow else Fault.BROKEN,
            failure.words,
            maybe_sent=departure.seen and failure.cause is not Cause.SETTING,
            failure=failure,
        ) from None


@dataclass(slots=True)
class _Departure:
    """Whether anything of the request itself left this machine: what a proxy is asked first is not it."""

    seen: bool = False

    def __call__(self, step: str, details: JsonObject) -> None:
        method = getattr(details.get("request"), "method", b"")
        self.seen = self.seen or (step.endswith("send_request_headers.started") and method != b"CONNECT")


def _build(request: Request, bounds: Bounds, departure: _Departure) -> httpx.Request:
    steps = min(bounds.silence, bounds.total)
    return httpx.Request(
        request.method,
        request.url,
        headers={"Accept": "*/*", "Accept-Encoding": ENCODING, **request.headers},
        content=request.body,
        extensions={"timeout": httpx.Timeout(steps).as_dict(), "trace": departure},
    )


def _follow(
    way: WayOut, request: httpx.Request, bounds: Bounds, on_head: Callable[[int, httpx.Headers], None]
) -> Reply:
    """Without httpx's client, which looks at where a redirect leads even when it is not followed, and may stumble."""
    for hop in range(bounds.redirects + 1):
        response = way.handle_request(request)
        try:
            on_head(response.status_code, response.headers)
            target = response.headers.get("location") if response.is_redirect else None
            if target is None or not bounds.redirects:
                return Reply(response.status_code, response.headers, _read(response, bounds.largest_body))
            if hop == bounds.redirects:
                break
            request = _redirected(request, target)
        finally:
            response.close()
    raise ExchangeError(Fault.UNREADABLE, f"more than {bounds.redirects} redirects")


def _redirected(request: httpx.Request, target: str) -> httpx.Request:
    try:
        url = request.url.join(target)
        there = (url.scheme, url.host)
    except (httpx.InvalidURL, ValueError):
        raise ExchangeError(Fault.UNREADABLE, "a redirect to what is not an address") from None
    if not all(there) or request.method != "GET" or not is_same_site(request.url, url):
        raise ExchangeError(Fault.ELSEWHERE, "it redirects to another site")
    headers = {name: value for name, value in request.headers.items() if name != "host"}
    return httpx.Request("GET", url, headers=headers, extensions=request.extensions)


def is_same_site(here: httpx.URL, there: httpx.URL) -> bool:
    """Whether a redirect stays with the host that was asked, and stays as private as it was."""
    if here.host.removeprefix("www.") != there.host.removeprefix("www."):
        return False
    upgrade = (here.scheme, there.scheme) == ("http", "https") and here.port is None and there.port is None
    return upgrade or (here.scheme, here.port) == (there.scheme, there.port)


def _read(response: httpx.Response, largest: int) -> bytes:
    try:
        return read_body(response.iter_raw(), response.headers.get("content-encoding", ""), largest)
    except TooLargeBodyError as error:
        raise ExchangeError(Fault.TOO_LARGE, str(error)) from None
    except UnreadableBodyError as error:
        raise ExchangeError(Fault.UNREADABLE, str(error)) from None

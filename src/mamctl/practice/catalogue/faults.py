"""The faults of the practice catalogue, and what each makes of an answer, in the form of the catalogue concerned."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json
from mamctl.practice.faults import Fault, FaultPlan


class FaultKind(StrEnum):
    """What can go wrong with one request."""

    OUTAGE = "outage"  # status 503
    RESET = "reset"  # the connection breaks without an answer
    SLOW = "slow"  # a delay, then the right answer
    THROTTLED = "throttled"  # status 429 in the catalogue's own form, with Retry-After if `retry_after` is set
    SOFT_BLOCK = "soft_block"  # status 202 and nothing else
    EMPTY = "empty"  # status 200 and an empty body
    PAGE = "page"  # status 200 and a web page
    TRUNCATED = "truncated"  # half of the right answer
    OTHER_SHAPE = "other_shape"  # well-formed, but all keys are new
    REFUSED_KEY = "refused_key"  # the key is not accepted
    STUB = "stub"  # Audible: a product with nothing but its ASIN
    OLD_MISSING = "old_missing"  # Audnexus: a missing book as status 500, as it was for years
    OLD_ERROR = "old_error"  # Audnexus: an error in the older shape
    WRONG_BOOK = "wrong_book"  # the right form about another book
    HUGE = "huge"  # an answer without end
    BODY = "body"  # `body` as it is, with `status` and `headers`


@dataclass(slots=True)
class CatalogueFault(Fault):
    """One fault for requests to a catalogue (`path` is its prefix; "" is any), with what some kinds need."""

    retry_after: str | None = None
    delay: float = 0.0
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Behaviour(FaultPlan[CatalogueFault]):
    """The faults to come."""

    def plan(self, kind: FaultKind, catalogue: str = "*", *, times: int | None = None, **knobs: Any) -> CatalogueFault:
        """Plan a fault of one catalogue ("*": any), for `times` requests (None: always); knobs as in CatalogueFault."""
        return self.add(CatalogueFault(kind, "" if catalogue == "*" else f"{catalogue}/", times, **knobs))


_PAGE = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>Are you human?</body></html>"
_HUGE = 9 * 1024**2
_PLAIN: dict[FaultKind, Reply] = {
    FaultKind.OUTAGE: Reply(b"<html><body>503 Service Unavailable</body></html>", 503, "text/html"),
    FaultKind.SOFT_BLOCK: Reply(b"", 202, "text/html"),
    FaultKind.EMPTY: Reply(b"", 200, "text/html"),
    FaultKind.PAGE: Reply(_PAGE, 200, "text/html; charset=utf-8"),
    FaultKind.HUGE: Reply(b" " * _HUGE),
    FaultKind.OLD_ERROR: reply_json(
        {"statusCode": 500, "error": "Internal Server Error", "message": "An error occurred while updating"}, 500
    ),
}
_REFUSALS: dict[str, Reply] = {
    "goodreads": Reply(b"Invalid API key.", 200, "text/plain"),
    "google_books": reply_json({"error": {"code": 400, "message": "API key expired. Please renew the API key."}}, 400),
    "hardcover": reply_json({"errors": [{"message": "Could not verify JWT: JWTExpired"}]}),
}


def fault_reply(fault: CatalogueFault, catalogue: str, asked: Asked, wire: Callable[[Asked], Reply]) -> Reply | None:
    """The answer under this fault; None breaks the connection."""
    if fault.kind is FaultKind.RESET:
        return None
    instead = _PLAIN.get(FaultKind(fault.kind)) or _instead(fault, catalogue, asked)
    if instead is not None:
        return instead
    return _spoilt(FaultKind(fault.kind), wire(asked))


def _instead(fault: CatalogueFault, catalogue: str, asked: Asked) -> Reply | None:
    """What comes in place of the right answer; None if that one comes after all."""
    kind = FaultKind(fault.kind)
    if kind is FaultKind.BODY:
        return Reply(fault.body, fault.status, "text/plain")
    if kind is FaultKind.THROTTLED:
        return _throttled(catalogue, fault)
    if kind is FaultKind.REFUSED_KEY:
        return _REFUSALS.get(catalogue, reply_json({"error": "unauthorized"}, 401))
    if kind is FaultKind.STUB:
        return reply_json({"product": {"asin": asked.path.rpartition("/")[2]}, "response_groups": []})
    if kind is FaultKind.OLD_MISSING:
        text = f"Item not available in region 'us' for ASIN: {asked.path.rpartition('/')[2]}"
        return reply_json({"statusCode": 500, "error": "Internal Server Error", "message": text}, 500)
    return None


def _spoilt(kind: FaultKind, right: Reply) -> Reply:
    if kind is FaultKind.TRUNCATED:
        return replace(right, body=right.body[: len(right.body) // 2])
    if kind is FaultKind.OTHER_SHAPE:
        body = b"<Response><v2/></Response>" if b"<?xml" in right.body[:5] else b'{"version": 2, "items_v2": []}'
        return replace(right, status=200, body=body)
    return right


def _throttled(catalogue: str, fault: CatalogueFault) -> Reply:
    if catalogue == "audnexus":
        seconds = int(fault.retry_after or 5) if (fault.retry_after or "5").isdigit() else 5
        details = {"retryAfterSeconds": seconds}
        return reply_json(
            {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded", "details": details}}, 429
        )
    if catalogue == "google_books":
        return reply_json(
            {"error": {"code": 429, "message": "Quota exceeded for quota metric", "status": "RESOURCE_EXHAUSTED"}}, 429
        )
    return Reply(json.dumps({"error": "Throttled"}).encode(), 429)

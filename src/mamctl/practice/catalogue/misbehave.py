"""What each trouble makes of an answer, in the form in which that catalogue would give it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace

from mamctl.practice.catalogue.mood import Trouble, TroubleKind
from mamctl.practice.catalogue.wire.reply import Asked, Reply, reply_json

_PAGE = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>Are you human?</body></html>"
_HUGE = 9 * 1024**2
_PLAIN: dict[TroubleKind, Reply] = {
    TroubleKind.OUTAGE: Reply(b"<html><body>503 Service Unavailable</body></html>", 503, "text/html"),
    TroubleKind.SOFT_BLOCK: Reply(b"", 202, "text/html"),
    TroubleKind.EMPTY: Reply(b"", 200, "text/html"),
    TroubleKind.PAGE: Reply(_PAGE, 200, "text/html; charset=utf-8"),
    TroubleKind.HUGE: Reply(b" " * _HUGE),
    TroubleKind.OLD_ERROR: reply_json(
        {"statusCode": 500, "error": "Internal Server Error", "message": "An error occurred while updating"}, 500
    ),
}
_REFUSALS: dict[str, Reply] = {
    "goodreads": Reply(b"Invalid API key.", 200, "text/plain"),
    "google_books": reply_json({"error": {"code": 400, "message": "API key expired. Please renew the API key."}}, 400),
    "hardcover": reply_json({"errors": [{"message": "Could not verify JWT: JWTExpired"}]}),
}


def trouble_reply(trouble: Trouble, catalogue: str, asked: Asked, wire: Callable[[Asked], Reply]) -> Reply | None:
    """The troubled answer; None breaks the connection."""
    if trouble.kind is TroubleKind.RESET:
        return None
    instead = _PLAIN.get(TroubleKind(trouble.kind)) or _instead(trouble, catalogue, asked)
    if instead is not None:
        return instead
    time.sleep(trouble.delay)
    return _spoilt(TroubleKind(trouble.kind), wire(asked))


def _instead(trouble: Trouble, catalogue: str, asked: Asked) -> Reply | None:
    """What comes in place of the right answer; None if that one comes after all."""
    kind = TroubleKind(trouble.kind)
    if kind is TroubleKind.BODY:
        return Reply(trouble.body, trouble.status, "text/plain")
    if kind is TroubleKind.THROTTLED:
        return _throttled(catalogue, trouble)
    if kind is TroubleKind.REFUSED_KEY:
        return _REFUSALS.get(catalogue, reply_json({"error": "unauthorized"}, 401))
    if kind is TroubleKind.STUB:
        return reply_json({"product": {"asin": asked.path.rpartition("/")[2]}, "response_groups": []})
    if kind is TroubleKind.OLD_MISSING:
        text = f"Item not available in region 'us' for ASIN: {asked.path.rpartition('/')[2]}"
        return reply_json({"statusCode": 500, "error": "Internal Server Error", "message": text}, 500)
    return None


def _spoilt(kind: TroubleKind, right: Reply) -> Reply:
    if kind is TroubleKind.TRUNCATED:
        return replace(right, body=right.body[: len(right.body) // 2])
    if kind is TroubleKind.OTHER_SHAPE:
        body = b"<Response><v2/></Response>" if b"<?xml" in right.body[:5] else b'{"version": 2, "items_v2": []}'
        return replace(right, status=200, body=body)
    return right


def _throttled(catalogue: str, trouble: Trouble) -> Reply:
    if catalogue == "audnexus":
        seconds = int(trouble.retry_after or 5) if (trouble.retry_after or "5").isdigit() else 5
        details = {"retryAfterSeconds": seconds}
        return reply_json(
            {"error": {"code": "RATE_LIMIT_EXCEEDED", "message": "Rate limit exceeded", "details": details}}, 429
        )
    if catalogue == "google_books":
        return reply_json(
            {"error": {"code": 429, "message": "Quota exceeded for quota metric", "status": "RESOURCE_EXHAUSTED"}}, 429
        )
    return Reply(json.dumps({"error": "Throttled"}).encode(), 429)

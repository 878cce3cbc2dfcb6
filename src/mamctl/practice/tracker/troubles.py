"""What each trouble makes of a request.

A front server's trouble does not reach the site, unless it `applies`: nothing is applied and no cookie turns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from mamctl.practice.tracker.answers.store import refused
from mamctl.practice.tracker.mood import Mood, Trouble, TroubleKind
from mamctl.practice.tracker.routes import SEEDBOX_PATH
from mamctl.practice.tracker.sessions import (
    ASN_MISMATCH,
    INVALID,
    IP_MISMATCH,
    NOT_ALLOWED,
    refuse,
    refuse_seedbox,
)
from mamctl.practice.web import HTML_TYPE, JSON_TYPE, Answer, Request, html_answer

if TYPE_CHECKING:
    from mamctl.practice.holds import Holds
    from mamctl.practice.tracker.state import World

Proceed: TypeAlias = Callable[..., Answer]
"""Let the site answer: `instead` is another answering function, `turns` whether the cookie is replaced."""

_MAINTENANCE = "<html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>"
_BLOCK = b"x" * 65_536


def suffer(
    trouble: Trouble, request: Request, proceed: Proceed, world: World, mood: Mood, holds: Holds
) -> Answer | None:
    """The answer under this trouble; None when the connection breaks instead."""
    kind = trouble.kind
    if kind in (TroubleKind.RESET, TroubleKind.LOST_ANSWER):
        if kind is TroubleKind.LOST_ANSWER:
            proceed(turns=trouble.rotates)
        return None
    if kind in _REASONS:
        return _refused_session(_REASONS[kind], trouble, request, world, mood)
    if kind in _FRONT:
        if trouble.applies:
            proceed(turns=trouble.rotates)
        return _FRONT[kind](trouble)
    if kind in _SPOILERS:
        return _SPOILERS[kind](proceed(), trouble)
    return _late_or_refused(trouble, proceed, holds)


def _late_or_refused(trouble: Trouble, proceed: Proceed, holds: Holds) -> Answer:
    if trouble.kind is TroubleKind.REFUSED:
        return proceed(instead=lambda _: refused(trouble.text))
    if trouble.kind is TroubleKind.HOLD_AFTER:
        answer = proceed()
        holds.hold()
        return answer
    if trouble.kind is TroubleKind.HOLD_BEFORE:
        holds.hold()
    holds.pause(trouble.seconds)
    return proceed()


def _refused_session(reason: str, trouble: Trouble, request: Request, world: World, mood: Mood) -> Answer:
    if request.path.startswith(SEEDBOX_PATH):
        return refuse_seedbox(reason, world)
    return refuse(reason, request, mood, trouble.dead_form)


def _throttled(trouble: Trouble) -> Answer:
    wait = [("Retry-After", trouble.retry_after)] if trouble.retry_after is not None else []
    return html_answer("<h1>429 Too Many Requests</h1>", 429, headers=wait, accepted=False)


def _front_status(trouble: Trouble) -> Answer:
    wait = [("Retry-After", trouble.retry_after)] if trouble.retry_after is not None else []
    title = f"{trouble.status} {HTTPStatus(trouble.status).phrase}"
    body = f"<html><body><center><h1>{title}</h1></center><hr><center>nginx</center></body></html>"
    return html_answer(body, trouble.status, headers=wait, accepted=False)


def _truncated(answer: Answer, _: Trouble) -> Answer:
    answer.body = answer.body[: len(answer.body) // 2]
    return answer


def _cut_short(answer: Answer, _: Trouble) -> Answer:
    answer.cut_at = len(answer.body) // 2
    return answer


def _wrong_types(answer: Answer, _: Trouble) -> Answer:
    if answer.content_type == JSON_TYPE:
        answer.body = json.dumps(_twisted_all(json.loads(answer.body))).encode()
    return answer


def _changed_page(answer: Answer, _: Trouble) -> Answer:
    if answer.content_type == JSON_TYPE:
        answer.body = json.dumps(_renamed(json.loads(answer.body))).encode()
    else:
        answer.body = re.sub(rb'(id|class)="', rb'\1="neo-', answer.body)
    return answer


def _huge(answer: Answer, trouble: Trouble) -> Answer:
    answer.stream = _flood(trouble.size)
    return answer


def _flood(size: int) -> Iterator[bytes]:
    opening = b'{"username":"'
    yield opening
    for sent in range(len(opening), size, len(_BLOCK)):
        yield _BLOCK[: size - sent]


def _twisted_all(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _twisted(value) for key, value in content.items()}
    return _twisted(content)


def _twisted(value: Any) -> Any:
    """A value of quite another type."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (dict, list)):
        return "text"
    return {"value": value}


def _renamed(content: Any) -> Any:
    if isinstance(content, dict):
        return {f"neo_{key}": _renamed(value) for key, value in content.items()}
    return [_renamed(item) for item in content] if isinstance(content, list) else content


_REASONS: dict[TroubleKind, str] = {
    TroubleKind.DEAD_SESSION: INVALID,
    TroubleKind.IP_MISMATCH: IP_MISMATCH,
    TroubleKind.ASN_MISMATCH: ASN_MISMATCH,
    TroubleKind.WRONG_SESSION_TYPE: NOT_ALLOWED,
}

_FRONT: dict[TroubleKind, Callable[[Trouble], Answer]] = {
    TroubleKind.STATUS: _front_status,
    TroubleKind.THROTTLED: _throttled,
    TroubleKind.HTML: lambda _: Answer(200, _MAINTENANCE.encode(), HTML_TYPE, accepted=False),
    TroubleKind.EMPTY: lambda _: Answer(200, b"", HTML_TYPE, accepted=False),
    TroubleKind.BODY: lambda trouble: Answer(200, trouble.text.encode(), trouble.content_type, accepted=False),
}

_SPOILERS: dict[TroubleKind, Callable[[Answer, Trouble], Answer]] = {
    TroubleKind.TRUNCATED: _truncated,
    TroubleKind.CUT_SHORT: _cut_short,
    TroubleKind.WRONG_TYPES: _wrong_types,
    TroubleKind.CHANGED_PAGE: _changed_page,
    TroubleKind.HUGE: _huge,
}

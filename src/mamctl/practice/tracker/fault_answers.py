"""What each fault makes of a request.

A front server's fault does not reach the site, unless it `applies`: nothing is applied and no cookie turns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias

from mamctl.practice.tracker.answers.store import refused
from mamctl.practice.tracker.behaviour import Behaviour, FaultKind, SiteFault
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
    from mamctl.practice.request_gate import RequestGate
    from mamctl.practice.tracker.state import World

Proceed: TypeAlias = Callable[..., Answer]
"""Let the site answer: `instead` is another answering function, `turns` whether the cookie is replaced."""

_MAINTENANCE = "<html><head><title>Down for maintenance</title></head><body><h1>Back soon</h1></body></html>"
_BLOCK = b"x" * 65_536


def apply_fault(
    fault: SiteFault, request: Request, proceed: Proceed, world: World, behaviour: Behaviour, gate: RequestGate
) -> Answer | None:
    """The answer under this fault; None when the connection breaks instead."""
    kind = fault.kind
    if kind in (FaultKind.RESET, FaultKind.LOST_ANSWER):
        if kind is FaultKind.LOST_ANSWER:
            proceed(turns=fault.rotates)
        return None
    if kind in _REASONS:
        return _refused_session(_REASONS[kind], fault, request, world, behaviour)
    if kind in _FRONT:
        if fault.applies:
            proceed(turns=fault.rotates)
        return _FRONT[kind](fault)
    if kind in _SPOILERS:
        return _SPOILERS[kind](proceed(), fault)
    return _late_or_refused(fault, proceed, gate)


def _late_or_refused(fault: SiteFault, proceed: Proceed, gate: RequestGate) -> Answer:
    if fault.kind is FaultKind.REFUSED:
        return proceed(instead=lambda _: refused(fault.text))
    if fault.kind is FaultKind.HOLD_AFTER:
        answer = proceed()
        gate.hold()
        return answer
    if fault.kind is FaultKind.HOLD_BEFORE:
        gate.hold()
    gate.pause(fault.seconds)
    return proceed()


def _refused_session(reason: str, fault: SiteFault, request: Request, world: World, behaviour: Behaviour) -> Answer:
    if request.path.startswith(SEEDBOX_PATH):
        return refuse_seedbox(reason, world)
    return refuse(reason, request, behaviour, fault.dead_form)


def _throttled(fault: SiteFault) -> Answer:
    wait = [("Retry-After", fault.retry_after)] if fault.retry_after is not None else []
    return html_answer("<h1>429 Too Many Requests</h1>", 429, headers=wait, accepted=False)


def _front_status(fault: SiteFault) -> Answer:
    wait = [("Retry-After", fault.retry_after)] if fault.retry_after is not None else []
    title = f"{fault.status} {HTTPStatus(fault.status).phrase}"
    body = f"<html><body><center><h1>{title}</h1></center><hr><center>nginx</center></body></html>"
    return html_answer(body, fault.status, headers=wait, accepted=False)


def _truncated(answer: Answer, _: SiteFault) -> Answer:
    answer.body = answer.body[: len(answer.body) // 2]
    return answer


def _cut_short(answer: Answer, _: SiteFault) -> Answer:
    answer.cut_at = len(answer.body) // 2
    return answer


def _wrong_types(answer: Answer, _: SiteFault) -> Answer:
    if answer.content_type == JSON_TYPE:
        answer.body = json.dumps(_twisted_all(json.loads(answer.body))).encode()
    return answer


def _changed_page(answer: Answer, _: SiteFault) -> Answer:
    if answer.content_type == JSON_TYPE:
        answer.body = json.dumps(_renamed(json.loads(answer.body))).encode()
    else:
        answer.body = re.sub(rb'(id|class)="', rb'\1="neo-', answer.body)
    return answer


def _huge(answer: Answer, fault: SiteFault) -> Answer:
    answer.stream = _flood(fault.size)
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


_REASONS: dict[FaultKind, str] = {
    FaultKind.DEAD_SESSION: INVALID,
    FaultKind.IP_MISMATCH: IP_MISMATCH,
    FaultKind.ASN_MISMATCH: ASN_MISMATCH,
    FaultKind.WRONG_SESSION_TYPE: NOT_ALLOWED,
}

_FRONT: dict[FaultKind, Callable[[SiteFault], Answer]] = {
    FaultKind.STATUS: _front_status,
    FaultKind.THROTTLED: _throttled,
    FaultKind.HTML: lambda _: Answer(200, _MAINTENANCE.encode(), HTML_TYPE, accepted=False),
    FaultKind.EMPTY: lambda _: Answer(200, b"", HTML_TYPE, accepted=False),
    FaultKind.BODY: lambda fault: Answer(200, fault.text.encode(), fault.content_type, accepted=False),
}

_SPOILERS: dict[FaultKind, Callable[[Answer, SiteFault], Answer]] = {
    FaultKind.TRUNCATED: _truncated,
    FaultKind.CUT_SHORT: _cut_short,
    FaultKind.WRONG_TYPES: _wrong_types,
    FaultKind.CHANGED_PAGE: _changed_page,
    FaultKind.HUGE: _huge,
}

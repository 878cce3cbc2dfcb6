"""`jsonIp.php` and `dynamicSeedbox.php`: where the caller is, and telling the tracker so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.practice.tracker.sessions import NOT_ALLOWED, NOT_API, refuse_seedbox, whereabouts
from mamctl.practice.tracker.state import Session, SessionKind
from mamctl.practice.web import Answer, json_answer

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit

IP_INTERVAL = timedelta(minutes=1)
SEEDBOX_INTERVAL = timedelta(hours=1)


def answer_ip(visit: Visit) -> Answer:
    """The caller's address; at most once a minute, needs no cookie."""
    world, asked = visit.world, visit.world.ip_asked_at
    if visit.behaviour.ip_rule and asked is not None and visit.now - asked < IP_INTERVAL:
        return json_answer({"error": "Too many requests"}, 429, accepted=False)
    world.ip_asked_at = visit.now
    return json_answer({**whereabouts(world), "time": int(visit.now.timestamp())}, accepted=False)


def answer_seedbox(visit: Visit) -> Answer:
    """Set the tracker's address for the session's member to the caller's; one change an hour."""
    session, world = visit.session, visit.world
    assert session is not None
    if session.kind is SessionKind.BROWSER:
        return refuse_seedbox(NOT_API, world)
    if not session.may_set_seedbox:
        return refuse_seedbox(NOT_ALLOWED, world)
    if session.seedbox_ip == world.caller.ip:
        return json_answer({"Success": True, "msg": "No change", **whereabouts(world)})
    if visit.behaviour.seedbox_rule and _is_too_soon(visit, session):
        return json_answer({"Success": False, "msg": "Last change too recent", **whereabouts(world)}, 429)
    session.seedbox_ip, session.seedbox_changed_at = world.caller.ip, visit.now
    return json_answer({"Success": True, "msg": "Completed", **whereabouts(world)})


def _is_too_soon(visit: Visit, session: Session) -> bool:
    changed = session.seedbox_changed_at
    return changed is not None and visit.now - changed < SEEDBOX_INTERVAL

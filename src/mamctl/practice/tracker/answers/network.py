"""`jsonIp.php` and `dynamicSeedbox.php`: where the caller is, and telling the tracker so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.practice.tracker.sessions import NOT_ALLOWED, NOT_API, refuse_seedbox, whereabouts
from mamctl.practice.tracker.state import SessionKind
from mamctl.practice.web import Answer, json_answer

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Account, Visit

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
    """Set the seedbox address of the session's member to the caller's; one change an hour over all sessions."""
    session, world, account = visit.session, visit.world, visit.account
    assert session is not None
    if visit.behaviour.seedbox_refusal:
        return refuse_seedbox(visit.behaviour.seedbox_refusal, world)
    if session.kind is SessionKind.BROWSER:
        return refuse_seedbox(NOT_API, world)
    if not session.may_set_seedbox:
        return refuse_seedbox(NOT_ALLOWED, world)
    if account.seedbox_ip == world.caller.ip:
        return _say(visit, "No change", "No Change")
    if visit.behaviour.seedbox_rule and _is_too_soon(visit, account):
        return _say(visit, "Last change too recent", "Last Change too recent", 429)
    account.seedbox_ip, account.seedbox_changed_at = world.caller.ip, visit.now
    return _say(visit, "Completed", "Completed")


def _say(visit: Visit, words: str, in_table: str, status: int = 200) -> Answer:
    """The site's documentation has two spellings of some words."""
    msg = in_table if visit.behaviour.seedbox_table_words else words
    return json_answer({"Success": status == 200, "msg": msg, **whereabouts(visit.world)}, status)


def _is_too_soon(visit: Visit, account: Account) -> bool:
    changed = account.seedbox_changed_at
    return changed is not None and visit.now - changed < SEEDBOX_INTERVAL

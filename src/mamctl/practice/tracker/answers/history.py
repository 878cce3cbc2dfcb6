"""`userBonusHistory.php` and `checkCookie.php`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.json_values import Json
from mamctl.practice.tracker.behaviour import Shape
from mamctl.practice.tracker.state import Exchange, SessionKind
from mamctl.practice.web import Answer, html_answer, json_answer, listed

if TYPE_CHECKING:
    from mamctl.practice.tracker.state import Visit


def answer_history(visit: Visit) -> Answer:
    """The account's exchanges, newest first; VIP and upload purchases are not among them."""
    kinds, other = listed(visit.fields.get("type")), visit.fields.get("other_userid")
    rows = [
        _row(exchange, visit)
        for exchange in reversed(visit.world.exchanges)
        if exchange.uid == visit.account.uid
        and (not kinds or exchange.kind in kinds)
        and (other is None or str(exchange.other_uid) == str(other))
    ]
    return json_answer(rows)


def answer_cookie_check(visit: Visit) -> Answer:
    """Good news in one of the three forms in which it has been seen."""
    if visit.behaviour.check_cookie is Shape.TEXT:
        return html_answer("Success: true")
    if visit.behaviour.check_cookie is Shape.SESSION_TYPE:
        return html_answer(_session_type(visit))
    return json_answer({"Success": True})


def _session_type(visit: Visit) -> str:
    kinds = {
        SessionKind.API_IP: "Session type - API session with IP locking",
        SessionKind.API_ASN: "Session type - API session with ASN locking",
        SessionKind.BROWSER: "Session type - Browser session",
    }
    assert visit.session is not None
    return kinds[visit.session.kind]


def _row(exchange: Exchange, visit: Visit) -> dict[str, Json]:
    torrent = visit.world.torrents.get(exchange.tid or 0)
    other = visit.world.accounts.get(exchange.other_uid or 0)
    return {
        "timestamp": round(exchange.at.timestamp(), 2),
        "amount": exchange.amount,
        "type": exchange.kind,
        "tid": exchange.tid,
        "title": torrent.title if torrent else None,
        "other_userid": exchange.other_uid,
        "other_name": other.username if other else None,
    }

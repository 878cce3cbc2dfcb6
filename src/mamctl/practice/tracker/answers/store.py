"""`/json/bonusBuy.php`: spending points, with the store's own refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.json_values import Json
from mamctl.practice.tracker import economy
from mamctl.practice.tracker.economy import RefusedError
from mamctl.practice.tracker.state import SessionKind
from mamctl.practice.tracker.texts import pretty, ratio_of
from mamctl.practice.web import Answer, html_answer, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mamctl.practice.tracker.state import Visit

MAX_AFFORDABLE = "Max Affordable "
NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
FORBIDDEN_KINDS = frozenset({"gift", "sendWedge"})
# Not on record: the site's words for these.
NOT_BY_PROGRAMS = "This may not be automated"
INVALID_SPENDTYPE = "Invalid spendtype"
INVALID_AMOUNT = "Invalid amount"
CLOSED_TO_API = "Not allowed via API"


def answer_store(visit: Visit) -> Answer:
    """One purchase or its refusal; refusals are HTTP 200, but what is closed to API sessions is 410."""
    kind = str(visit.fields.get("spendtype", ""))
    if kind in FORBIDDEN_KINDS:
        return refused(NOT_BY_PROGRAMS)
    if kind == "personalFL" and visit.session is not None and visit.session.kind is not SessionKind.BROWSER:
        return Answer(410, CLOSED_TO_API.encode(), "text/plain; charset=utf-8", refused=CLOSED_TO_API)
    if kind == "VIP" and "amount" in visit.fields:
        return html_answer(NOT_FOUND, 404)
    buy = _COUNTERS.get(kind)
    if buy is None:
        return refused(INVALID_SPENDTYPE)
    try:
        return json_answer({"success": True, "type": kind, **buy(visit)})
    except RefusedError as refusal:
        return refused(str(refusal))


def refused(reason: str) -> Answer:
    """A refusal in the store's form."""
    return json_answer({"success": False, "error": reason}, refused=reason)


def _buy_vip(visit: Visit) -> dict[str, Json]:
    if visit.fields.get("duration") != "max":
        raise RefusedError(economy.INVALID_DURATION)
    weeks = economy.buy_vip(visit.world, visit.account, visit.behaviour, visit.now)
    return {"amount": weeks, "seedbonus": visit.account.points}


def _buy_upload(visit: Visit) -> dict[str, Json]:
    account = visit.account
    gib = _gib_wanted(str(visit.fields.get("amount", "")), account.points)
    economy.buy_upload(visit.world, account, gib, visit.now)
    return {
        "amount": gib,
        "seedbonus": account.points,
        "uploaded": account.uploaded,
        "downloaded": account.downloaded,
        "uploadFancy": pretty(account.uploaded),
        "downloadFancy": pretty(account.downloaded),
        "ratio": ratio_of(account),
    }


def _gib_wanted(amount: str, points: float) -> int:
    if amount == MAX_AFFORDABLE:
        return int(points // economy.GIB_PRICE)
    if not amount.isdigit():
        raise RefusedError(INVALID_AMOUNT)
    return int(amount)


def _buy_wedge(visit: Visit) -> dict[str, Json]:
    source = str(visit.fields.get("source", "points"))
    economy.buy_wedge(visit.world, visit.account, source, visit.now)
    return {"amount": 1, "seedbonus": visit.account.points, "cheese": visit.account.cheese}


def _buy_personal(visit: Visit) -> dict[str, Json]:
    wanted = str(visit.fields.get("torrentid", ""))
    torrent = visit.world.torrents.get(int(wanted)) if wanted.isdigit() else None
    if torrent is None:
        raise RefusedError("Invalid torrent")
    economy.make_personal(visit.world, visit.account, torrent, visit.now)
    return {"seedbonus": str(visit.account.points), "FLleft": visit.account.wedges}


_COUNTERS: dict[str, Callable[[Visit], dict[str, Json]]] = {
    "VIP": _buy_vip,
    "upload": _buy_upload,
    "wedges": _buy_wedge,
    "personalFL": _buy_personal,
}

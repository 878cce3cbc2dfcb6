"""`/jsonLoad.php`: the account, in every shape that has been seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mamctl.domain.json_values import Json
from mamctl.practice.tracker.behaviour import Behaviour, Shape
from mamctl.practice.tracker.economy import unsatisfied
from mamctl.practice.tracker.state import Account, site_time
from mamctl.practice.tracker.texts import pretty, ratio_of
from mamctl.practice.web import Answer, json_answer

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.practice.tracker.state import Visit

_NOTIFS = ("pms", "aboutToDropClient", "tickets", "waiting_tickets", "requests", "topics")

# key: (name in the flat shape, name in the nested shape or None where it is absent there)
_BLOCKS: dict[str, tuple[str, str | None]] = {
    "leeching": ("Leeching Torrents", "Leeching Torrents"),
    "sSat": ("Seeding - Satisfied", "Seeding - Satisfied"),
    "seedHnr": ("Seeding - H&R - Not Yet Satisfied", None),
    "seedUnsat": ("Seeding - pre-H&R - Not Yet Satisfied", "Seeding - Not Yet Satisfied"),
    "upAct": ("Seeding - Uploads", None),
    "upInact": ("Not Seeding - Uploads", None),
    "inactHnr": ("Not Seeding - H&R - Not Yet Satisfied", "Not Seeding - H&R - Not Yet Satisfied"),
    "inactSat": ("Not Seeding - Satisfied", "Not Seeding - Satisfied"),
    "inactUnsat": ("Not Seeding - pre-H&R - Not Yet Satisfied", "Not Seeding - Not Yet Satisfied"),
}
_ALARMING = frozenset({"seedHnr", "inactHnr", "inactUnsat"})


def answer_account(visit: Visit) -> Answer:
    """The own account with the parts that the flags ask for, or another's public part."""
    fields = visit.fields
    pretty_print = "pretty" in fields
    wanted = fields.get("id")
    if wanted is not None and str(wanted) != str(visit.account.uid):
        return _answer_other(visit, str(wanted), pretty_print)
    content = base_facts(visit.account, visit.behaviour, visit.now)
    if wanted is None:
        content |= _flagged(visit)
    return json_answer(_in_form(content | visit.behaviour.account_facts, visit.behaviour), pretty=pretty_print)


def base_facts(account: Account, behaviour: Behaviour, now: datetime) -> dict[str, Json]:
    """The base object; keys in alphabetical order, as captures have them."""
    facts: dict[str, Json] = public_facts(account, behaviour, now)
    facts["seedbonus"] = _seedbonus(account.points, behaviour.seedbonus)
    facts["vip_until"] = _vip_until(account, behaviour, now)
    facts["wedges"] = str(account.wedges) if behaviour.wedges is Shape.STRING else account.wedges
    if behaviour.vip_until is Shape.ABSENT:
        del facts["vip_until"]
    if behaviour.wedges is Shape.ABSENT:
        del facts["wedges"]
    return dict(sorted(facts.items()))


def public_facts(account: Account, behaviour: Behaviour, now: datetime) -> dict[str, Json]:
    """What anyone may see of an account."""
    return {
        "classname": account.classname(now),
        "country_code": account.country_code,
        "country_name": account.country_name,
        "downloaded": pretty(account.downloaded),
        "downloaded_bytes": account.downloaded,
        "ratio": _ratio(account, behaviour.ratio),
        "uid": account.uid,
        "uploaded": pretty(account.uploaded),
        "uploaded_bytes": account.uploaded,
        "username": account.username,
    }


def _answer_other(visit: Visit, wanted: str, pretty_print: bool) -> Answer:
    other = visit.world.accounts.get(int(wanted)) if wanted.isdigit() else None
    if other is None:
        return json_answer({"error": "User not found"}, pretty=pretty_print)
    return json_answer(_in_form(public_facts(other, visit.behaviour, visit.now), visit.behaviour), pretty=pretty_print)


def _flagged(visit: Visit) -> dict[str, Json]:
    fields, found = visit.fields, dict[str, Json]()
    if "snatch_summary" in fields:
        summary = _summary(visit)
        found |= {"snatch_summary": summary} if visit.behaviour.summary is Shape.NESTED else summary
    if "notif" in fields:
        found["notifs"] = dict.fromkeys(_NOTIFS, 0)
    if "clientStats" in fields:
        connectable = visit.account.connectable
        found |= {"connectable": connectable, "clientStats": {"connectable": connectable, "clientStats": []}}
    return found


def _summary(visit: Visit) -> dict[str, Json]:
    nested = visit.behaviour.summary is Shape.NESTED
    counts = _counts(visit)
    blocks: dict[str, Json] = {}
    for key, names in _BLOCKS.items():
        name = names[1] if nested else names[0]
        if name is not None:
            red = {} if nested else {"red": key in _ALARMING and counts.get(key, 0) > 0}
            count = counts.get(key, 0)
            blocks[key] = {"name": name, "count": count, **red, "size": count * 734_003_200 or None}
    blocks["unsat"] = _unsat_block(visit, counts["seedUnsat"], nested)
    moment = int(visit.now.timestamp())
    head: dict[str, Json] = {"connectable": visit.account.connectable, "created": moment}
    if nested:
        return {**head, "created_at": site_time(visit.now), **blocks}
    return {**head, "update": moment, **_FLAT_EXTRAS, **blocks}


_FLAT_EXTRAS: dict[str, Json] = {
    "ipv6_mac": False,
    "v6_connectable": None,
    "partial": False,
    "recently_deleted": 0,
    "duplicates": {"name": "Duplicate peer entries", "count": 0, "red": True},
    "reseed": {"name": "Reseed requests", "count": 0, "inactive": 0, "red": False},
    "ite": {"count": 0, "latest": 0},
}


def _counts(visit: Visit) -> dict[str, int]:
    account = visit.account
    unsatisfied_now = unsatisfied(account, visit.now, visit.behaviour.unsatisfied_lag)
    return {"sSat": 120, "seedUnsat": unsatisfied_now, "inactHnr": account.hit_and_runs}


def _unsat_block(visit: Visit, count: int, nested: bool) -> dict[str, Json]:
    red = {} if nested else {"red": False}
    limit = visit.account.limit(visit.now)
    return {"name": "Unsatisfied", "count": count, **red, "size": count * 734_003_200 or None, "limit": limit}


def _ratio(account: Account, shape: Shape) -> float | str:
    ratio = ratio_of(account)
    if shape is Shape.INF or (ratio is None and shape is Shape.STRING):
        return "Inf."
    if shape is Shape.INFINITY_SIGN or ratio is None:
        return "∞"
    if shape is Shape.COMMAS:
        return f"{ratio:,.2f}"
    return str(ratio) if shape is Shape.STRING else ratio


def _seedbonus(points: float, shape: Shape) -> int | float | str:
    whole = int(points)
    shapes: dict[Shape, int | float | str] = {
        Shape.STRING: str(whole),
        Shape.COMMAS: f"{whole:,}",
        Shape.FRACTION: points,
    }
    return shapes.get(shape, whole)


def _vip_until(account: Account, behaviour: Behaviour, now: datetime) -> str | None:
    until = account.vip_until
    hidden = behaviour.vip_until is Shape.NULL or account.vip_for_good or until is None or until <= now
    return None if hidden or until is None else site_time(until)


def _in_form(content: Mapping[str, object], behaviour: Behaviour) -> object:
    return _stringed(content) if behaviour.numbers_as_strings else content


def _stringed(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _stringed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_stringed(item) for item in value]
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value

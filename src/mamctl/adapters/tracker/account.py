"""jsonLoad.php: the account's figures, in both shapes of the snatch summary, as an `AccountSnapshot`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mamctl.adapters.tracker.answers import Answer, object_of, session_refused, shape_changed
from mamctl.domain.account.account import AccountSnapshot, Unsatisfied, judge_ratio
from mamctl.domain.account.classes import folded_class
from mamctl.domain.json_values import JsonObject
from mamctl.domain.text.quantities import (
    parse_count,
    parse_integer,
    parse_number,
    parse_or_none,
    parse_ratio,
    parse_size,
    parse_vip_until,
)

if TYPE_CHECKING:
    from mamctl.errors import MamctlError

_FEW_KEYS = 3
_MOST_POINTS = 10_000_000  # the site keeps no more than 99,999.9; what is far beyond it is not a balance


def read_account(answer: Answer) -> AccountSnapshot:
    """The account. A figure that cannot be read is None; an answer without a user name is a dead session."""
    data = object_of(answer)
    username = data.get("username")
    if username is None:
        raise _nameless(answer, data)
    if not isinstance(username, str | int) or isinstance(username, bool) or not _identity(data):
        raise shape_changed(answer, "an account whose name or number is of the wrong type")
    expires_at, expiry_known = _expiry(data)
    uploaded, downloaded = _bytes(data, "uploaded"), _bytes(data, "downloaded")
    summary = _summary(data)
    return AccountSnapshot(
        uid=_identity(data),
        username=str(username),
        user_class=_text(data.get("classname")),
        expires_at=expires_at,
        expiry_known=expiry_known,
        points=parse_or_none(_points, data.get("seedbonus")),
        ratio=_ratio(data, uploaded, downloaded),
        uploaded_bytes=uploaded,
        downloaded_bytes=downloaded,
        wedges=parse_or_none(parse_count, data.get("wedges")),
        unsatisfied=_unsatisfied(summary.get("unsat")),
        connectable=_text(summary.get("connectable")) or _text(data.get("connectable")),
        hit_and_runs=_hit_and_runs(summary),
    )


def _nameless(answer: Answer, data: JsonObject) -> MamctlError:
    """Next to nothing in it is how a dead session may look; a full answer without a name is a changed one."""
    if len(data) <= _FEW_KEYS and "uid" not in data:
        return session_refused(answer, "session_dead", "an answer that names no account")
    return shape_changed(answer, "an account without its name")


def _identity(data: JsonObject) -> str:
    number = parse_or_none(parse_integer, data.get("uid"))
    return "" if number is None else str(number)


def _expiry(data: JsonObject) -> tuple[Any, bool]:
    try:
        expires_at = parse_vip_until(data.get("vip_until"))
    except ValueError:
        return None, False
    # A VIP member without an end is not one without VIP: then the end is not known.
    holds_vip = folded_class(_text(data.get("classname"))) == "vip"
    return expires_at, expires_at is not None or not holds_vip


def _points(value: object) -> float:
    points = parse_number(value)
    if abs(points) > _MOST_POINTS:
        raise ValueError("no such balance")
    return points


def _ratio(data: JsonObject, uploaded: int | None, downloaded: int | None) -> float | None:
    reported = data.get("ratio")
    readable = parse_ratio(reported)
    if reported is not None and readable is None:
        return None
    return judge_ratio(readable, uploaded, downloaded)


def _bytes(data: JsonObject, name: str) -> int | None:
    exact = parse_or_none(parse_size, data.get(f"{name}_bytes"))
    return exact if exact is not None else parse_or_none(parse_size, data.get(name))


def _summary(data: JsonObject) -> JsonObject:
    nested = data.get("snatch_summary")
    return nested if isinstance(nested, dict) else data


def _unsatisfied(block: object) -> Unsatisfied | None:
    if not isinstance(block, dict):
        return None
    count, limit = (parse_or_none(parse_count, block.get(key)) for key in ("count", "limit"))
    return None if count is None and limit is None else Unsatisfied(count, limit)


def _hit_and_runs(summary: JsonObject) -> int | None:
    """Torrents that are a hit and run, seeding again or not; None where the account does not count them."""
    blocks = [block for name in ("seedHnr", "inactHnr") if isinstance(block := summary.get(name), dict)]
    counts = [parse_or_none(parse_count, block.get("count")) for block in blocks]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None

"""bonusBuy.php: did the store take the purchase, refuse it, or is it unknown?"""

from __future__ import annotations

from mamctl.adapters.tracker.answers import Answer, check_answer, leads_to_login, nearest_form, object_of
from mamctl.adapters.tracker.json_text import read_json
from mamctl.domain.account.purchases import PurchaseAnswer
from mamctl.domain.json_values import Json
from mamctl.domain.redaction import excerpt
from mamctl.domain.text.quantities import parse_flag, parse_number
from mamctl.errors import PurchaseUnknownError, SessionRefusedError

_LONGEST_REFUSAL = 300
_REFUSED_TO_TALK = frozenset({401, 403, 404, 429})


def read_purchase(answer: Answer) -> PurchaseAnswer:
    """The store's word.

    Raises what `check_answer` raises only where the answer proves that nothing was bought: the session refused,
    too many requests, no such function. All else that is not the known JSON is a PurchaseUnknownError.
    """
    if not _proves_anything(answer):
        raise purchase_unknown(answer.path, _what_came(answer))
    check_answer(answer)
    data = _object(answer)
    success = _flag(data)
    if success is None:
        raise purchase_unknown(answer.path, f"JSON with neither success nor refusal{nearest_form(answer)}")
    if not success:
        return PurchaseAnswer(accepted=False, refusal=_refusal(data))
    return PurchaseAnswer(True, _number(data.get("amount")), _number(data.get("seedbonus")))


def purchase_unknown(path: str, why: str) -> PurchaseUnknownError:
    """The error of a purchase that may or may not have taken effect."""
    return PurchaseUnknownError(
        f"whether the purchase took effect is unknown: {why}",
        subject=path,
        remedy="do not buy again by hand yet: the next run reads the account and settles it",
    )


def _proves_anything(answer: Answer) -> bool:
    """A gateway's error or an empty page may hide a purchase that went through; a refusal to talk does not."""
    if answer.status == 200:
        return bool(answer.body.strip())
    return answer.status in _REFUSED_TO_TALK or leads_to_login(answer)


def _what_came(answer: Answer) -> str:
    return "the answer was empty" if answer.status == 200 else f"status {answer.status} came"


def _object(answer: Answer) -> dict[str, Json]:
    try:
        found = read_json(answer.text)
    except (ValueError, RecursionError):
        raise purchase_unknown(answer.path, "the answer is not the store's JSON") from None
    if not isinstance(found, dict):
        raise purchase_unknown(answer.path, "the answer is not the store's JSON")
    if _flag(found) is not True:
        _raise_if_session(answer)
    return found


def _raise_if_session(answer: Answer) -> None:
    try:
        object_of(answer)
    except SessionRefusedError as refused:
        raise refused from None


def _flag(data: dict[str, Json]) -> bool | None:
    value = data.get("success", data.get("Success"))
    try:
        return None if value is None else parse_flag(value)
    except ValueError:
        return None


def _refusal(data: dict[str, Json]) -> str:
    words = (data.get(key) for key in ("error", "Error", "msg", "Message", "message"))
    found = next((word for word in words if isinstance(word, str) and word.strip()), "")
    return excerpt(found, _LONGEST_REFUSAL) or "refused without a reason"


def _number(value: object) -> float | None:
    try:
        return parse_number(value)
    except ValueError:
        return None

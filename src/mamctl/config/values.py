"""One value of the configuration: from what TOML holds to what its key asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from mamctl.domain.bounds import SPANS, DurationText, Matches, Range, SizeText, WebAddress, spell_number
from mamctl.domain.text.quantities import parse_size
from mamctl.regex import regex

_CONTROL = regex(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_DURATION = regex(r"(\d{1,12}(?:\.\d{1,12})?)\s*(s|m|h|d)", re.ASCII)
LONGEST_TEXT = 4_096  # characters: as long as a path may be
_UNIT_SECONDS = {unit: seconds for seconds, unit in SPANS}
_SCALARS: dict[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


class ValueFault(ValueError):  # noqa: N818 - it is a finding, collected with the others, and never escapes
    """The value is not what its key expects; the text says what is expected."""


def convert(value: Any, hint: Any) -> Any:
    """`value` from TOML as the type `hint` asks. Raises ValueFault with what was expected."""
    if get_origin(hint) is Annotated:
        base, *checks = get_args(hint)
        for check in checks:
            value = _from_text(value, check)
        result = convert(value, base)
        for check in checks:
            if isinstance(check, WebAddress) and result is not None:
                result = check.clean(result)
            if result is not None and (fault := _fault(check, result, checks)):
                raise ValueFault(fault)
        return result
    if get_origin(hint) is tuple:
        return _sequence(value, get_args(hint)[0])
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ValueFault("one of " + ", ".join(map(str, get_args(hint))))
        return value
    if type(None) in get_args(hint):
        return convert(value, next(arg for arg in get_args(hint) if arg is not type(None)))
    return _scalar(value, hint)


def spelling(checks: Iterable[object]) -> Callable[[float], str]:
    """How a key with these checks writes its numbers: with their unit where they have one."""
    return next((check.spell for check in checks if isinstance(check, (DurationText, SizeText))), spell_number)


def _fault(check: object, value: Any, checks: Iterable[object]) -> str | None:
    if isinstance(check, Range):
        return check.fault(value, spelling(checks))
    return check.fault(value) if isinstance(check, (Matches, WebAddress)) else None


def _sequence(value: Any, item: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueFault("a list")
    return tuple(convert(entry, item) for entry in value)


def _scalar(value: Any, hint: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise ValueFault(f"text of at most {LONGEST_TEXT} characters, found {len(value)}")
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(value, hint)
    if hint is Path:
        return _path(value)
    if hint is date and isinstance(value, date) and not isinstance(value, datetime):
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return _float(value)
    if hint in _SCALARS and type(value) is hint:
        if hint is str and (control := _CONTROL.search(value)):
            raise ValueFault(f"text of one line, without control characters (U+{ord(control[0]):04X})")
        return value
    raise ValueFault(_SCALARS.get(hint, getattr(hint, "__name__", "another kind of value")))


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value:
        raise ValueFault("a path")
    if control := _CONTROL.search(value):
        raise ValueFault(f"a path of one line, without control characters (U+{ord(control[0]):04X})")
    if value == ":memory:":
        raise ValueFault("a file: what is in memory is lost at the end of each run")
    try:
        return Path(value).expanduser()
    except RuntimeError:  # no such user, or a user without a home folder
        raise ValueFault(f"a path whose home folder {value.split('/')[0]} exists") from None


def _float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueFault("a finite number") from None


def _member(value: Any, hint: type[Enum]) -> Enum:
    for member in hint:
        if member.value == value:
            return member
    raise ValueFault("one of " + ", ".join(str(member.value) for member in hint))


def _from_text(value: Any, check: object) -> Any:
    """A duration or a size that is written as text, in seconds or bytes."""
    if isinstance(check, DurationText):
        return _seconds(value)
    return _bytes(value) if isinstance(check, SizeText) else value


def _seconds(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pieces = _DURATION.findall(value)
    if not pieces or _DURATION.sub("", value).strip():
        raise ValueFault('seconds, or text such as "90s", "5m", "24h", "30d"')
    return float(sum(float(amount) * _UNIT_SECONDS[unit] for amount, unit in pieces))


def _bytes(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse_size(value)
    except ValueError:
        raise ValueFault('bytes, or text such as "500 MiB", "1 GiB"') from None

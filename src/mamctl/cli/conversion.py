"""Words of the command line that are used as they are typed: Typer's own converters cost more than a short command.

Typer converts every value, also those not given, by building a pydantic adapter for each parameter. Text, plain paths,
whole numbers, names of an enumeration, lists of these, what a parser of this program reads, and values that have their
type already need none. Everything else goes to Typer, with its checks and its complaints.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from enum import Enum, EnumType
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args, get_origin

from mamctl.regex import regex

if TYPE_CHECKING:
    from typer._click import Context
    from typer._click.core import Parameter
    from typer.core import TyperOption

_PLAIN = (bool, int, float, str)
_NUMBER = regex(r"0|-?[1-9]\d{0,17}", re.ASCII)
_HUGE = regex(r"\+?0*[1-9]\d{18,}", re.ASCII)
_UNREAD = object()
_MAY_BE_EMPTY = "VALUE"  # what a key or a field is set to
_LONGEST_WORD = 4_096  # characters, as of a path
_LONGEST = 60  # letters of a typed word that a complaint repeats


def spare_conversion(params: Iterable[Parameter]) -> None:
    """Let these parameters convert only what must be. Done again, it changes nothing."""
    for param in params:
        if hasattr(param, "type_descriptor") and "process_value" not in vars(param):
            own = partial(_process, cast("TyperOption", param), partial(_convert, param, param.process_value))
            vars(param)["process_value"] = own


def _refuse_empty(param: TyperOption, context: Context, value: object) -> None:
    """Raises Typer's complaint where an argument was given and has no letter in it: a script's unset variable."""
    words = value if isinstance(value, list | tuple) else (value,)
    if any(isinstance(word, str) and not word.strip() for word in words):
        from typer._click.exceptions import BadParameter

        raise BadParameter("is empty", ctx=context, param=param)


def _refuse_overlong(param: TyperOption, context: Context, value: object) -> None:
    """Raises Typer's complaint for a word that no path is as long as: a whole file, say."""
    words = value if isinstance(value, list | tuple) else (value,)
    longest = max((len(word) for word in words if isinstance(word, str)), default=0)
    if longest > _LONGEST_WORD:
        from typer._click.exceptions import BadParameter

        raise BadParameter(f"takes at most {_LONGEST_WORD:,} characters, not {longest:,}", ctx=context, param=param)


def _convert(param: Parameter, convert: Callable[[Context, object], object], context: Context, value: object) -> object:
    """Typer's way; its complaint repeats what was typed: “x”: Input should be …"""
    from typer._click.exceptions import BadParameter, MissingParameter

    try:
        _refuse_huge(cast("TyperOption", param), context, value)
        return convert(context, value)
    except MissingParameter:
        raise
    except BadParameter as error:
        typed = _wrong_word(cast("TyperOption", param), value)
        if typed is not None:
            short = typed if len(typed) <= _LONGEST else f"{typed[: _LONGEST - 1]}…"
            named = any(quoted in error.message for quoted in (f"“{typed}”", f"'{typed}'", repr(typed)))
            error.message = error.message.replace(typed, short) if named else f"“{short}”: {error.message}"
        raise


def _refuse_huge(param: TyperOption, context: Context, value: object) -> None:
    """Raises Typer's complaint for a number that the database cannot hold."""
    if param.type_descriptor.annotation is int and isinstance(value, str) and _HUGE.fullmatch(value):
        from typer._click.exceptions import BadParameter

        raise BadParameter(f"must be at most {'9' * 18}", ctx=context, param=param)


def _wrong_word(param: TyperOption, value: object) -> str | None:
    """The word that Typer complains of; of several the first that could not be read here either."""
    if not isinstance(value, (list, tuple)):
        return value if isinstance(value, str) else None
    kind = next(iter(get_args(param.type_descriptor.annotation)), None)
    return next((word for word in value if isinstance(word, str) and _read(param, kind, word) is _UNREAD), None)


def _process(
    param: TyperOption, convert: Callable[[Context, object], object], context: Context, value: object
) -> object:
    """The value as the command gets it; `convert` is Typer's way, which also refuses what is missing."""
    if param.required and param.value_is_missing(value):
        return convert(context, value)
    if param.param_type_name == "argument" and param.metavar != _MAY_BE_EMPTY and value != param.default:
        _refuse_empty(param, context, value)
    if param.metavar != _MAY_BE_EMPTY:
        _refuse_overlong(param, context, value)
    given = value
    many = param.multiple or param.nargs == -1
    kind = param.type_descriptor.annotation
    if value is None or (many and value == ()):
        value = () if many else None
    elif kind is Path and isinstance(value, str) and _needs_no_check(param, value):
        value = Path(value)
    elif kind == list[Path] and _is_plain(list[str], value):
        words = cast("list[str]", value)
        if not all(_needs_no_check(param, word) for word in words):
            return convert(context, value)
        value = [Path(word) for word in words]
    elif not _is_plain(kind, value):
        value = _read(param, kind, value)
        if value is _UNREAD:
            return convert(context, given)
    return value if param.callback is None else param.callback(context, param, value)


def _is_plain(kind: object, value: object) -> bool:
    """Whether the value has the type wanted."""
    if kind == list[str]:
        return isinstance(value, (list, tuple)) and all(type(word) is str for word in value)
    return kind in _PLAIN and type(value) is kind


def _read(param: TyperOption, kind: object, value: object) -> object:
    """The value in its type; `_UNREAD` where Typer must see it."""
    demands = param.type_descriptor.parameter_info
    if get_origin(kind) is list and isinstance(value, (list, tuple)):
        read = [_read(param, get_args(kind)[0], word) for word in value]
        return _UNREAD if _UNREAD in read else read
    if not isinstance(value, str):
        return _UNREAD
    if demands.parser is not None:
        try:
            return demands.parser(value)
        except Exception:  # noqa: BLE001 - Typer calls it again, and says what is wrong
            return _UNREAD
    if isinstance(kind, EnumType):
        members: Iterable[Enum] = kind
        return next((member for member in members if member.value == value), _UNREAD)
    number = int(value) if kind is int and _NUMBER.fullmatch(value) else None
    inside = number is not None and _at_least(demands.min, number) and _at_least(number, demands.max)
    return number if inside else _UNREAD


def _at_least(least: float | None, number: float | None) -> bool:
    return least is None or number is None or least <= number


def _needs_no_check(param: TyperOption, path: str) -> bool:
    """Whether nothing is demanded of the path but what it fulfils: to be readable if it is there."""
    demands = param.type_descriptor.parameter_info
    anything = demands.file_okay and demands.dir_okay
    more = (
        demands.parser
        or demands.exists
        or demands.writable
        or demands.resolve_path
        or demands.allow_dash
        or demands.path_type
    )
    return anything and not more and (os.access(path, os.R_OK) or not os.path.lexists(path))

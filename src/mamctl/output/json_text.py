"""Frozen values as JSON: what form each kind of value has, and the text of a document, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from itertools import chain, islice
from json import JSONEncoder
from json.encoder import encode_basestring
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from mamctl.domain.outcome import Late, Rows
from mamctl.domain.timestamps import timestamp

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PIECE = 200  # tokens that are written together: a row is one, and so some 200 kB
_PLAIN = JSONEncoder(ensure_ascii=False, allow_nan=False)
_quote: Callable[[str], str] = encode_basestring
_SCALARS: dict[type[Any], Callable[[Any], str]] = {
    str: _quote,
    int: repr,
    bool: {True: "true", False: "false"}.__getitem__,
    NoneType: {None: "null"}.__getitem__,
}


def jsonable(value: Any) -> Any:
    """Frozen values as JSON has them: RFC 3339 UTC, bytes and seconds as numbers, enums as their value."""
    return _form(value.__class__)(value)


def json_pieces(document: Mapping[str, Any], indent: int | None) -> Iterator[str]:
    """The text of a document of values that `jsonable` made; `Rows` in it are read as they are written."""
    tokens = _tokens(document, None if indent is None else "\n", " " * (indent or 0))
    while piece := "".join(islice(tokens, _PIECE)):
        yield piece


def json_line(document: Any) -> str:
    """The text of one value, on one line."""
    return _PLAIN.encode(jsonable(document))


class _Streamed(list[Any]):
    """A list for the JSON encoder, which only tests whether it is empty and iterates over it."""

    def __init__(self, entries: Iterator[Any]) -> None:
        super().__init__(islice(entries, 1))
        self._rest = entries

    def __iter__(self) -> Iterator[Any]:
        return chain(super().__iter__(), self._rest)


def _tokens(value: Any, margin: str | None, step: str) -> Iterator[str]:
    """The JSON of what `jsonable` made, as the standard library writes it: its own writer of indented documents takes
    six times as long. `margin` is the line break before the value's own line with its blanks, to which `step` is added
    inside; None puts everything on one line.
    """
    inner, close = (None, "") if margin is None else (margin + step, margin)
    comma = ", " if inner is None else f",{inner}"
    if isinstance(value, dict) and value:
        lead = f"{{{inner or ''}"
        for key, entry in value.items():
            yield f"{lead}{_quote(key)}: "
            yield from _tokens(entry, inner, step)
            lead = comma
        yield f"{close}}}"
    elif isinstance(value, _Streamed) and value:
        lead = f"[{inner or ''}"
        for entry in value:
            yield f"{lead}{_text(entry, inner, step)}"
            lead = comma
        yield f"{close}]"
    else:
        yield _text(value, margin, step)


def _text(value: Any, margin: str | None, step: str) -> str:
    """The same, whole."""
    if spell := _SCALARS.get(value.__class__):
        return spell(value)
    if isinstance(value, (list, dict)) and value:
        inner, close = (None, "") if margin is None else (margin + step, margin)
        comma = ", " if inner is None else f",{inner}"
        if isinstance(value, dict):
            entries = comma.join([f"{_quote(key)}: {_text(entry, inner, step)}" for key, entry in value.items()])
            return f"{{{inner or ''}{entries}{close}}}"
        entries = comma.join([_text(entry, inner, step) for entry in value])
        return f"[{inner or ''}{entries}{close}]"
    return repr(value) if isinstance(value, float) and math.isfinite(value) else _PLAIN.encode(value)


@lru_cache(maxsize=1_024)  # a document has thousands of values, of a few classes
def _form(kind: type[Any]) -> Callable[[Any], Any]:
    """What makes JSON of the values of a class. Raises TypeError for one that has no form in JSON."""
    if is_dataclass(kind) and not issubclass(kind, (Rows, Late)):
        return _members(kind)
    for kinds, form in _FORMS:
        if issubclass(kind, kinds):
            return form
    raise TypeError(f"{kind.__name__} has no form in JSON")


# Of several that a value is the first.
_FORMS: tuple[tuple[type[Any] | tuple[type[Any], ...], Callable[[Any], Any]], ...] = (
    (Rows, lambda rows: _Streamed(map(jsonable, rows))),
    (Late, lambda late: jsonable(late.find())),
    (Mapping, lambda entries: {str(key): jsonable(entry) for key, entry in entries.items()}),
    (Set, lambda entries: sorted((jsonable(entry) for entry in entries), key=str)),
    ((list, tuple), lambda entries: [jsonable(entry) for entry in entries]),
    (Enum, attrgetter("value")),
    (datetime, timestamp),
    (timedelta, timedelta.total_seconds),
    (float, lambda number: number if math.isfinite(number) else None),
    ((date, Path), str),
    ((str, int, NoneType), lambda value: value),
)


def _members(kind: type[DataclassInstance]) -> Callable[[Any], dict[str, Any]]:
    """The fields of a dataclass by their names in JSON."""
    flat: list[str] = []
    shown: list[tuple[str, str, bool]] = []
    for entry in fields(kind):
        form = entry.metadata.get("json")
        if form != "hidden":
            # `from` and its like are not names in Python: such a field ends in an underscore.
            shown.append((entry.name, entry.name.rstrip("_"), form == "flat"))
            flat += [entry.name] if form == "flat" else []
    if not flat:
        plain = [(name, key) for name, key, _ in shown]
        return lambda value: {key: jsonable(getattr(value, name)) for name, key in plain}

    def members(value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, key, is_flat in shown:
            one = jsonable(getattr(value, name))
            found |= one if is_flat else {key: one}
        return found

    return members

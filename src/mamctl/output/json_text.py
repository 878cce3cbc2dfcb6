"""Frozen values as JSON: what form each kind of value has, and the text of a document, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache
from itertools import chain, islice
from json.encoder import encode_basestring
from operator import attrgetter
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, NamedTuple

from mamctl.domain.outcome import Late, Rows
from mamctl.domain.timestamps import timestamp

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PIECE = 200  # tokens that are written together: a row is one, and so some 200 kB
_quote: Callable[[str], str] = encode_basestring


def jsonable(value: Any) -> Any:
    """Frozen values as JSON has them: RFC 3339 UTC, bytes and seconds as numbers, enums as their value."""
    return _form(value.__class__)(value)


def json_pieces(document: Mapping[str, Any], indent: int | None) -> Iterator[str]:
    """The text of a document of what `jsonable` made, and of frozen values in lists; `Rows` are read as they are
    written."""
    tokens = _tokens(document, _Writers(None if indent is None else "\n", " " * (indent or 0)))
    while piece := "".join(islice(tokens, _PIECE)):
        yield piece


def json_line(document: Any) -> str:
    """The text of one value, on one line."""
    return _ON_ONE_LINE.write(document)


class _Streamed(list[Any]):
    """A list of which a writer only tests whether it is empty, and over which it iterates."""

    def __init__(self, entries: Iterator[Any]) -> None:
        super().__init__(islice(entries, 1))
        self._rest = entries

    def __iter__(self) -> Iterator[Any]:
        return chain(super().__iter__(), self._rest)


def _tokens(value: Any, writers: _Writers) -> Iterator[str]:
    """The text of what `jsonable` made, in pieces: those of objects, and the entries of streamed lists."""
    if isinstance(value, dict) and value:
        lead = writers.begin("{")
        for key, entry in value.items():
            yield f"{lead}{_quote(key)}: "
            yield from _tokens(entry, writers.inner)
            lead = writers.comma
        yield f"{writers.close}}}"
    elif isinstance(value, _Streamed) and value:
        lead = writers.begin("[")
        for entry in value:
            yield f"{lead}{writers.inner.write(entry)}"
            lead = writers.comma
        yield f"{writers.close}]"
    else:
        yield writers.write(value)


class _Writers(dict[type[Any], Callable[[Any], str]]):
    """What writes the values of each class at one depth of a document, made when the first of them comes.

    The text is that of the standard library for the same as `jsonable` makes it: its own writer of indented documents
    takes six times as long. `margin` is the line break before the value's own line with its blanks, to which `step` is
    added inside; None puts everything on one line.
    """

    def __init__(self, margin: str | None, step: str) -> None:
        super().__init__()
        self._step = step
        self._within = None if margin is None else margin + step
        self.close = margin or ""
        self.comma = ", " if self._within is None else f",{self._within}"

    @cached_property
    def inner(self) -> _Writers:
        """Those one level deeper."""
        return _Writers(self._within, self._step)

    def begin(self, bracket: str) -> str:
        """What stands before the first entry of a list or object."""
        return f"{bracket}{self._within or ''}"

    def write(self, value: Any) -> str:
        """The text of one value, frozen or as `jsonable` makes it."""
        return self[value.__class__](value)

    def __missing__(self, kind: type[Any]) -> Callable[[Any], str]:
        self[kind] = writer = self._make(kind)
        return writer

    def _make(self, kind: type[Any]) -> Callable[[Any], str]:
        writer: Callable[[Any], str] = self._form
        if is_dataclass(kind) and not issubclass(kind, (Rows, Late)):
            shown = _shown(kind)
            if shown and not any(member.is_flat for member in shown):
                writer = self._object(shown)
        elif issubclass(kind, Enum):
            writer = {member: self.write(member.value) for member in kind}.__getitem__
        elif issubclass(kind, dict):
            writer = self._mapping
        elif issubclass(kind, (list, tuple)):
            writer = self._list
        else:
            writer = next((spell for scalar, spell in _SCALARS if issubclass(kind, scalar)), writer)
        return writer

    def _form(self, value: Any) -> str:
        """The text of a value for which JSON has no form of its own."""
        return self.write(jsonable(value))

    def _object(self, shown: Sequence[_Member]) -> Callable[[Any], str]:
        """What writes objects of a class with these members."""
        starts = (self.begin("{"), *[self.comma] * (len(shown) - 1))
        leads = [f"{start}{_quote(key)}: " for start, (_, key, _) in zip(starts, shown, strict=True)]
        names = [member.name for member in shown]
        values = attrgetter(*names) if len(names) > 1 else lambda value: [getattr(value, *names)]
        inner, end = self.inner, f"{self.close}}}"

        def write(value: Any) -> str:
            entries = [lead + inner[one.__class__](one) for lead, one in zip(leads, values(value), strict=True)]
            return "".join(entries) + end

        return write

    def _mapping(self, value: Mapping[Any, Any]) -> str:
        if not value:
            return "{}"
        entries = [f"{_quote(str(key))}: {self.inner.write(entry)}" for key, entry in value.items()]
        return f"{self.begin('{')}{self.comma.join(entries)}{self.close}}}"

    def _list(self, value: Iterable[Any]) -> str:
        if not value:
            return "[]"
        inner = self.inner
        entries = [inner[entry.__class__](entry) for entry in value]
        return f"{self.begin('[')}{self.comma.join(entries)}{self.close}]"


_ON_ONE_LINE = _Writers(None, "")  # kept: what writes a class is made once, not with each line


def _number(value: float) -> str:
    return float.__repr__(value) if math.isfinite(value) else "null"


_SCALARS: tuple[tuple[type[Any], Callable[[Any], str]], ...] = (
    (str, _quote),
    (bool, {True: "true", False: "false"}.__getitem__),
    (int, int.__repr__),
    (float, _number),
    (NoneType, {None: "null"}.__getitem__),
)


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
    (Rows, lambda rows: _Streamed(iter(rows))),
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


class _Member(NamedTuple):
    """A field of a dataclass that JSON shows: its name there, and whether its own fields stand beside the others."""

    name: str
    key: str
    is_flat: bool


@lru_cache(maxsize=1_024)
def _shown(kind: type[DataclassInstance]) -> tuple[_Member, ...]:
    shown = ((entry.name, entry.metadata.get("json")) for entry in fields(kind))
    # `from` and its like are not names in Python: such a field ends in an underscore.
    return tuple(_Member(name, name.rstrip("_"), form == "flat") for name, form in shown if form != "hidden")


def _members(kind: type[DataclassInstance]) -> Callable[[Any], dict[str, Any]]:
    """The fields of a dataclass by their names in JSON."""
    shown = _shown(kind)

    def members(value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, key, is_flat in shown:
            one = jsonable(getattr(value, name))
            found |= one if is_flat else {key: one}
        return found

    return members

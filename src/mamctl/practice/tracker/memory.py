"""The practice world as JSON and back, so that a restarted server goes on where it was."""

from __future__ import annotations

import base64
import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar

if typing.TYPE_CHECKING:
    from pathlib import Path

from mamctl.domain.json_values import Json, JsonObject

T = TypeVar("T")


def freeze(value: object) -> Json:
    """A dataclass tree as plain JSON values; locks and other private parts are left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: freeze(getattr(value, field.name)) for field in _lasting(type(value))}
    if isinstance(value, Mapping):
        return {str(key): freeze(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [freeze(item) for item in value]
    return _freeze_plain(value)


def thaw(kind: type[T], value: Json) -> T:
    """The value of that type again; unknown keys raise KeyError, unfit values ValueError."""
    found: T = _thaw(kind, value)
    return found


def _thaw(kind: Any, value: Any) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _thaw(next(part for part in inner if part is not type(None)), value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**_thaw_fields(kind, value))
    if origin is dict:
        return {_thaw(inner[0], key): _thaw(inner[1], item) for key, item in value.items()}
    if origin is list:
        return [_thaw(inner[0], item) for item in value]
    if origin is tuple:
        return tuple(_thaw(part, item) for part, item in zip(inner, value, strict=True))
    return _thaw_plain(kind, value)


def _thaw_fields(kind: type, values: JsonObject) -> dict[str, object]:
    """Some fields of a dataclass, by name."""
    hints = _hints(kind)
    return {name: _thaw(hints[name], value) for name, value in values.items()}


def change(target: object, values: JsonObject) -> None:
    """Set fields of a dataclass from plain JSON values; all or none."""
    for name, value in _thaw_fields(type(target), values).items():
        setattr(target, name, value)


def write_state(path: Path, parts: Mapping[str, object]) -> None:
    """Write the parts whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(freeze(parts), ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def read_part(path: Path, name: str, kind: type[T]) -> T:
    """One part of a written state."""
    return thaw(kind, json.loads(path.read_text(encoding="utf-8"))[name])


def _freeze_plain(value: object) -> Json:
    if isinstance(value, Enum):
        plain: str | int | float = value.value
        return plain
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _thaw_plain(kind: Any, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is timedelta:
        return timedelta(seconds=value)
    if kind is bytes:
        return base64.b64decode(value)
    if kind is Any or (kind is float and isinstance(value, int)) or isinstance(value, kind):
        return value
    return kind(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _lasting(kind: type) -> tuple[dataclasses.Field[Any], ...]:
    return tuple(field for field in dataclasses.fields(kind) if field.compare and field.repr)

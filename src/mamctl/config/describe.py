"""The configuration described: every key with its bounds, and what holds with where it comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from mamctl.config.load import Loaded, hints_of, is_section, parse
from mamctl.config.sections import Config
from mamctl.config.values import spelling
from mamctl.dataclass import dataclass
from mamctl.domain.bounds import DurationText, Matches, Range, SizeText, WebAddress

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TEXTS = {DurationText: 'seconds or text such as "5m"', SizeText: 'bytes or text such as "1 GiB"'}
_WORDS: dict[object, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
# Addresses that carry a secret in themselves.
_MASKED = ("notify.urls", "notify.heartbeat_url")


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its path, what it may be in words, its default."""

    key: str
    may_be: str
    default: object


@dataclass(frozen=True, slots=True)
class Entry:
    """One effective value and its origin: "default", "file", or an environment variable's name."""

    key: str
    value: object
    origin: str


def describe_keys() -> Iterator[Key]:
    """Every key of every section, in the order of the sections; `name[].key` belongs to each table of a list."""
    for path, section, name, value in _walk(Config(), ""):
        hint = hints_of(section)[name]
        if tables := _table_shape(hint):
            yield from _keys_of(tables, f"{path}[].")
        else:
            yield Key(path, may_be(hint), _plain(value))


def values_in(content: bytes | None, path: Path) -> dict[str, object]:
    """Every key's value in a configuration that would be at `path`, secrets masked. Raises ConfigInvalidError."""
    return {entry.key: entry.value for entry in effective(parse(content or b"", path))}


def key_names() -> Iterator[str]:
    """The name of every key; a list of tables is one, for only its type tells what its tables have."""
    return (path for path, *_ in _walk(Config(), ""))


def _table_shape(hint: Any) -> Any:
    """The section that each entry of a list of tables is; None for every other type."""
    item = get_args(hint)[0] if get_origin(hint) is tuple else None
    return item if is_dataclass(item) else None


def _keys_of(shape: type[DataclassInstance], prefix: str) -> Iterator[Key]:
    hints = hints_of(shape)
    for entry in fields(shape):
        default = None if entry.default is MISSING else entry.default
        yield Key(f"{prefix}{entry.name}", may_be(hints[entry.name]), _plain(default))


def effective(loaded: Loaded) -> Iterator[Entry]:
    """Every key's value as it holds now, with secrets masked."""
    for path, section, name, value in _walk(loaded.config, ""):
        masked = path in _MASKED or path.startswith("notify.heartbeat_urls.")
        shown = _mask(value) if masked and value else _plain(value)
        if (
            path.endswith("_env") and isinstance(value, str) and value != value.upper()
        ):  # the secret itself may stand where its name belongs
            shown = "***"
        root = ".".join(path.split("[", maxsplit=1)[0].split(".")[:2])
        deep = "[" in path or path.count(".") > 1  # its section as a whole is known to come from the file
        untouched = deep and value == _default(section, name)
        yield Entry(path, shown, "default" if untouched else loaded.origins.get(root, "default"))


def _default(section: type[DataclassInstance], name: str) -> object:
    """What the key is where nothing is set; MISSING where something must be."""
    return next(entry.default for entry in fields(section) if entry.name == name)


def _walk(section: DataclassInstance, prefix: str) -> Iterator[tuple[str, type[DataclassInstance], str, object]]:
    """Each key with the section and the field that it is, and its value."""
    for name, value in vars(section).items():
        path = f"{prefix}{name}"
        if is_section(value):
            yield from _walk(value, f"{path}.")
        elif isinstance(value, tuple) and value and is_section(value[0]):
            for number, item in enumerate(value):
                yield from _walk(item, f"{path}[{number}].")
        else:
            yield path, type(section), name, value


def may_be(hint: object) -> str:
    """What a value of this type may be, in words."""
    if get_origin(hint) is Annotated:
        base, *checks = get_args(hint)
        words = next((_TEXTS[type(check)] for check in checks if type(check) in _TEXTS), None) or may_be(base)
        bounds = [check.expected for check in checks if isinstance(check, Matches | WebAddress)]
        ranges = [check.expected(spelling(checks)) for check in checks if isinstance(check, Range)]
        bounds += ranges[-1:]  # the own one, not Seconds'
        text = next((b for b in bounds if b), "") if base is str and bounds else words
        return text if base is str else ", ".join([words, *filter(None, bounds)])
    if get_origin(hint) is Literal:
        return " | ".join(map(str, get_args(hint)))
    if get_origin(hint) is tuple:
        return f"list of {may_be(get_args(hint)[0])}"
    if get_origin(hint) is UnionType or type(None) in get_args(hint):
        return may_be(next(arg for arg in get_args(hint) if arg is not type(None)))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " | ".join(str(member.value) for member in hint)
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)).lower())


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        home = os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises where there is none
        return str(value).replace(home, "~", 1) if str(value).startswith(home + "/") else str(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _mask(value: object) -> object:
    if isinstance(value, tuple):
        return [_mask(item) for item in value]
    return f"{urlsplit(str(value)).scheme}://***"

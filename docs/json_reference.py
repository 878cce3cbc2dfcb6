"""docs/json.md: what `data` holds for each command, from the types that the commands print, with a recorded example."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer

from mamctl.cli.app import app
from mamctl.cli.command import SHAPES
from mamctl.domain.metadata import observation
from mamctl.domain.outcome import FLAT, HIDDEN, Late, Rows

_RECORDED = Path(__file__).parent.parent / "tests/golden/json"
_DEEPEST = 6
_LONGEST = 60
_HEAD = """# JSON

With `--json` every command prints one document and nothing else on stdout, whatever happens:

| key | what |
|---|---|
| `schema` | the command and the version of its form, e.g. `mamctl.status/1`; keys are only added within a version |
| `status` | `ok`, `attention`, `partial`, `failed` |
| `exit_code` | the process's exit code ([exit-codes.md](exit-codes.md)) |
| `dry_run` | whether nothing was changed |
| `data` | what the tables below say; null when the command failed before it had any |
| `problems` | a list of `code`, `message`, `subject`, `remedy`, `deadline` |
| `notices` | with `--quiet`: what is new since the last report |

Times are RFC 3339 in UTC, spans are seconds, sizes are bytes, unknown is null; a whole object may be null, so guard it
with `?` in jq. `--jsonl` prints one such document a line.

```bash
mamctl status --json | jq -r '.data.account.points? // "unknown"'
mamctl vip check --dry-run --json | jq -r '.data.decision?.reason'
mamctl ratio status --json | jq '.data.ratio'
mamctl meta list --missing narrators --json | jq -r '.data?.books[]? | "\\(.id) \\(.title)"'
mamctl meta problems --json | jq -r '.problems[] | .message, .remedy'
mamctl doctor --json | jq -r '.data.checks[] | select(.grade != "ok") | .remedy'
```
"""
_WORDS: dict[Any, str] = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path",
                          datetime: "time", date: "date", timedelta: "seconds", type(None): "null"}  # fmt: skip
_UNITS = (("_bytes", "bytes"), ("_seconds", "seconds"), ("_hours", "hours"), ("_days", "days"))


def json_page() -> str:
    """The page."""
    for _ in _walk(typer.main.get_command(app)):  # imports every command
        pass
    return _HEAD + "".join(_section(schema) for schema in sorted(SHAPES))


def _walk(command: Any) -> Iterator[Any]:
    yield command
    for name in command.list_commands(None) if hasattr(command, "list_commands") else ():
        yield from _walk(command.get_command(None, name))


def _section(schema: str) -> str:
    name = schema.removeprefix("mamctl.").partition("/")[0]
    kinds = [kind for kind in _alternatives(get_type_hints(SHAPES[schema].render)["data"]) if kind is not type(None)]
    parts = [f"\n## {name.replace('.', ' ').replace('_', '-')}\n"]
    for kind in kinds:
        parts.append(f"\n{_docstring(kind)}\n\n| key | type |\n|---|---|\n")
        parts += [f"| `{key}` | {text} |\n" for key, text in _keys(kind, "", ())]
    return "".join(parts) + _example(name)


def _docstring(kind: Any) -> str:
    return " ".join((kind.__doc__ or "").strip().partition("\n\n")[0].split())


@cache
def _named_for_checking(module: str) -> dict[str, Any]:
    """What a module imports for the type checker alone, by name: heavy modules are named by those that print them."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    blocks = (one for one in tree.body if isinstance(one, ast.If) and ast.unparse(one.test) == "TYPE_CHECKING")
    imports = [one for block in blocks for one in block.body if isinstance(one, ast.ImportFrom)]
    return {name.asname or name.name: getattr(importlib.import_module(one.module), name.name, Any)
            for one in imports if one.module.startswith("mamctl") for name in one.names}  # fmt: skip


def _keys(kind: Any, prefix: str, above: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    # What a value of a book may be is written as text, to name what is imported for the type checker alone.
    value = eval(observation.Value, vars(observation), _named_for_checking(observation.__name__))  # noqa: S307
    names = {**_named_for_checking(kind.__module__), "Value": value}
    hints = get_type_hints(kind, localns=names, include_extras=True)
    for entry in fields(kind):
        if entry.metadata == HIDDEN:
            continue
        if entry.metadata == FLAT:  # its keys stand beside those of what holds it
            yield from _keys(hints[entry.name], prefix, (*above, kind))
            continue
        yield from _key(f"{prefix}{entry.name.rstrip('_')}", hints[entry.name], (*above, kind))


def _key(name: str, hint: Any, above: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    """The rows of one key: its own, then those of what it holds."""
    options = _alternatives(hint)
    null = " or null" if type(None) in options else ""
    options = [one for one in options if one is not type(None)]
    inner, path, word = options, name, ""
    if len(options) == 1 and (item := _item(options[0])) is not None:
        inner, path, word = [one for one in _alternatives(item) if one is not type(None)], f"{name}[]", "list of "
    elif len(options) == 1 and get_origin(options[0]) in (dict, Mapping):
        inner, path, word = _alternatives(get_args(options[0])[1]), f"{name}.*", "object with values: "
    shapes = [one for one in inner if is_dataclass(one)]
    words = " or ".join(dict.fromkeys("object" if is_dataclass(one) else _word(one, name) for one in inner))
    yield name, f"{word}{words}{null}"
    for shape in shapes:
        if shape not in above and len(above) < _DEEPEST:
            yield from _keys(shape, f"{path}.", above)


def _alternatives(hint: Any) -> list[Any]:
    if get_origin(hint) in (Annotated, Late):
        return _alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return [one for arg in get_args(hint) for one in _alternatives(arg)]
    return [hint]


def _item(hint: Any) -> Any:
    """What the list holds; None when the type is no list."""
    origin = get_origin(hint)
    if origin is Rows:
        return get_args(hint)[0]
    if origin is not None and isinstance(origin, type) and issubclass(origin, (Sequence, Set)) and get_args(hint):
        return get_args(hint)[0]
    return None


def _word(kind: Any, name: str) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(f"`{member.value}`" for member in kind)
    if kind is tuple or get_origin(kind) is tuple:
        return "list"
    if kind is Any or kind is object:
        return "any value"
    unit = next((word for end, word in _UNITS if name.endswith(end)), "")
    return f"{_WORDS.get(kind, 'any value')}{f' of {unit}' if unit and kind in (int, float) else ''}"


def _example(name: str) -> str:
    recorded = _RECORDED / f"{name.replace('_', '-')}.json"
    if not recorded.exists():
        return ""
    data = _shortened(json.loads(recorded.read_text("utf-8"))["data"])
    return f"\n```json\n{json.dumps(data, ensure_ascii=False, indent=2)}\n```\n" if data else ""


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(entry) for key, entry in list(value.items())[:40]}
    if isinstance(value, list):
        return [_shortened(entry) for entry in value[:1]]
    if isinstance(value, str):
        text = re.sub(r"/tmp/[\w.-]+", "/srv", value)  # noqa: S108 - no file, but a name in a recorded text
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return value

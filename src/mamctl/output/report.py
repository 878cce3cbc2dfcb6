"""The envelope that every command prints: data, problems, status and exit code, as JSON with a stable shape."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Rows, Status
from mamctl.domain.problem import Notice, Problem
from mamctl.domain.timestamps import timestamp
from mamctl.errors import ExitCode

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TOKENS = 20_000  # of a document in one piece: some 200 kB


@dataclass(frozen=True, slots=True)
class Report:
    """The envelope that every command prints. `schema` is e.g. "mamctl.vip.check/1".

    A run that has not `judged` what earlier ones found ends nothing of it.
    """

    schema: str
    status: Status
    exit_code: ExitCode
    dry_run: bool
    data: Any
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...] = ()
    judged: bool = True

    @classmethod
    def of(cls, schema: str, result: Result, *, dry_run: bool) -> Report:
        """The envelope around a result."""
        if result.error:
            problems = _first(Problem.of(result.error), result.problems)
            return cls(schema, Status.FAILED, result.exit_code, dry_run, result.data, problems, result.notices, False)
        return cls(
            schema, result.status, result.exit_code, dry_run, result.data, result.problems, result.notices,
            result.judged and result.status is not Status.FAILED,
        )  # fmt: skip

    def to_json(self, *, indent: int | None = 2, quiet: bool = False) -> str:
        """One JSON document; keys are always present, what is absent is null. `notices` are there with `--quiet`."""
        return b"".join(self.json_pieces(indent=indent, quiet=quiet)).decode("utf-8")

    def json_pieces(self, *, indent: int | None = 2, quiet: bool = False) -> Iterator[bytes]:
        """The document in pieces, so that `Rows` are never all held. Raises what reading them raises."""
        document = {
            "schema": self.schema,
            "status": self.status.value,
            "exit_code": int(self.exit_code),
            "dry_run": self.dry_run,
            "data": jsonable(self.data),
            "problems": jsonable(self.problems),
        }
        if quiet:
            document["notices"] = jsonable(self.notices)
        from json import JSONEncoder  # here: text needs none

        encoder = JSONEncoder(ensure_ascii=False, indent=indent, allow_nan=False)
        tokens = encoder.iterencode(document)
        while piece := "".join(islice(tokens, _TOKENS)):
            yield _encode(piece)


def _first(failure: Problem, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The failure before all others; a job may have noted it already, with what it concerns."""
    same = (failure.code, failure.message)
    noted = next((known for known in problems if (known.code, known.message) == same), failure)
    return (noted, *(known for known in problems if known is not noted))


def _encode(text: str) -> bytes:
    """Part of a JSON document as UTF-8. A lone surrogate, which UTF-8 cannot hold, becomes the escape that JSON has."""
    return text.encode("utf-8", "backslashreplace")


class _Streamed(list[Any]):
    """A list for `iterencode`, which asks only whether it is empty, and for its entries one by one."""

    def __init__(self, entries: Iterator[Any]) -> None:
        super().__init__(islice(entries, 1))
        self._rest = entries

    def __iter__(self) -> Iterator[Any]:
        return chain(super().__iter__(), self._rest)


def write_json_line(document: Any) -> None:
    """One line of JSON on stdout, at once: UTF-8 whatever the locale says. Raises BrokenPipeError."""
    from json import dumps

    text = dumps(jsonable(document), ensure_ascii=False, allow_nan=False)
    sys.stdout.buffer.write(_encode(text) + b"\n")
    sys.stdout.buffer.flush()


def silence(stream: TextIO) -> None:
    """What is still to be written there goes nowhere, so that Python's own flush at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def jsonable(value: Any) -> Any:
    """Frozen values as JSON has them: RFC 3339 UTC, bytes and seconds as numbers, enums as their value."""
    if is_dataclass(value) and not isinstance(value, type):
        return _Streamed(map(jsonable, value)) if isinstance(value, Rows) else _members(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(entry) for key, entry in value.items()}
    if isinstance(value, Set):
        return sorted((jsonable(entry) for entry in value), key=str)
    if isinstance(value, (list, tuple)):
        return [jsonable(entry) for entry in value]
    return _scalar(value)


def _members(value: DataclassInstance) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for entry in fields(value):
        form = entry.metadata.get("json")
        if form == "flat":
            members |= _members(getattr(value, entry.name))
        elif form != "hidden":
            # `from` and its like are no names in Python: such a field ends in an underscore.
            members[entry.name.rstrip("_")] = jsonable(getattr(value, entry.name))
    return members


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (date, Path)):
        return str(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")

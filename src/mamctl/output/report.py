"""The envelope that every command prints: data, problems, status and exit code, as JSON with a stable shape."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.domain.problem import Notice, Problem
from mamctl.errors import ExitCode


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
        from mamctl.output.json_text import json_pieces, jsonable  # here: text needs none

        document = {
            "schema": self.schema,
            "status": self.status.value,
            "exit_code": int(self.exit_code),
            "dry_run": self.dry_run,
            "data": jsonable(self.data),
            "problems": self.problems,
        }
        if quiet:
            document["notices"] = self.notices
        return map(_encode, json_pieces(document, indent))


def _first(failure: Problem, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The failure before all others; a job may have noted it already, with what it concerns."""
    same = (failure.code, failure.message)
    noted = next((known for known in problems if (known.code, known.message) == same), failure)
    return (noted, *(known for known in problems if known is not noted))


def _encode(text: str) -> bytes:
    """Part of a JSON document as UTF-8. A lone surrogate, which UTF-8 cannot hold, becomes the escape that JSON has."""
    return text.encode("utf-8", "backslashreplace")


def write_json_line(document: Any) -> None:
    """One line of JSON on stdout, at once: UTF-8 whatever the locale says. Raises BrokenPipeError."""
    from mamctl.output.json_text import json_line

    sys.stdout.buffer.write(_encode(json_line(document)) + b"\n")
    sys.stdout.buffer.flush()


def silence(stream: TextIO) -> None:
    """What is still to be written there goes nowhere, so that Python's own flush at exit does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

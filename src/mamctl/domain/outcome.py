"""How a command or a run ended: one word, its exit code, and the result that every command hands back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mamctl.dataclass import dataclass
from mamctl.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mamctl.domain.problem import Notice, Problem
    from mamctl.errors import MamctlError


T = TypeVar("T")

FLAT = {"json": "flat"}
"""Metadata of a dataclass field whose own fields stand in JSON beside the others, not one level below."""
HIDDEN = {"json": "hidden"}
"""Metadata of a dataclass field that JSON does not show."""


class Status(StrEnum):
    """How a command ended, in one word; from the best to the worst."""

    OK = "ok"
    ATTENTION = "attention"
    PARTIAL = "partial"
    FAILED = "failed"

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of a command that ended so. A failure with a known cause has the exit code of its error."""
        return _EXITS[self]

    @classmethod
    def of_exit(cls, exit_code: int) -> Status:
        """The word for how a command with this exit code ended."""
        return next((status for status, code in _EXITS.items() if code == exit_code), cls.FAILED)


_EXITS = {
    Status.OK: ExitCode.OK,
    Status.ATTENTION: ExitCode.ATTENTION,
    Status.PARTIAL: ExitCode.PARTIAL,
    Status.FAILED: ExitCode.FAILED,
}


def worst(*statuses: Status) -> Status:
    """The worst of these; `ok` when there are none."""
    return max(statuses, key=list(Status).index, default=Status.OK)


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """Rows of a result that are read while they are printed, so that no more than one of them is held.

    `read` begins a new reading each time; an error of the store comes while they are printed.
    """

    read: Callable[[], Iterator[T]]

    def __iter__(self) -> Iterator[T]:
        """The rows from the first."""
        return self.read()


@dataclass(frozen=True, slots=True)
class Late(Generic[T]):
    """A value of a result that is known only when it is printed, often from what was printed before it."""

    find: Callable[[], T]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command hands back: its facts, what went wrong, and how it ended.

    `notices` ask nothing of you. `error` is the failure that made the whole run meaningless; data may still hold
    what was learnt before it. Where it has not `judged` what earlier runs found, nothing of that is over.
    """

    data: Any = None
    problems: tuple[Problem, ...] = ()
    status: Status = Status.OK
    error: MamctlError | None = None
    notices: tuple[Notice, ...] = ()
    judged: bool = True

    @classmethod
    def of(cls, data: Any, problems: tuple[Problem, ...], status: Status = Status.ATTENTION) -> Result:
        """A result that is `ok` without problems, and `status` with some."""
        return cls(data, problems, status if problems else Status.OK)

    @property
    def exit_code(self) -> ExitCode:
        """What the shell is answered."""
        return self.error.exit_code if self.error else self.status.exit_code

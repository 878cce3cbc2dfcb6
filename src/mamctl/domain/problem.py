"""A problem, which could not be done or needs your attention, and a notice, which is only worth knowing; as data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from mamctl.errors import MamctlError


BROKEN_PROMISE = "promise_broken"
"""The code of the problem that `mamctl spec check` reports for a clause that is violated."""

KNOWN_PROBLEMS = "known_problems"
"""The code of the notice that sums up problems that were reported before."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is a stable slug, `subject` the thing concerned, `remedy` what you can do. No secrets.

    `deadline` is when it becomes worse: each day that brings it nearer is worth a message.
    """

    code: str
    message: str
    subject: str | None = None
    remedy: str | None = None
    deadline: datetime | None = None

    @classmethod
    def of(cls, error: MamctlError, subject: str | None = None) -> Problem:
        """The problem that an error states."""
        return cls(error.slug, error.message, subject or error.subject, error.remedy)


@dataclass(frozen=True, slots=True)
class Notice:
    """Good news, or a fact worth knowing that asks nothing of you.

    A `standing` one is reported when it begins and when it ends: when a later run no longer states it, or states
    that it no longer `holds`.
    """

    code: str
    message: str
    subject: str | None = None
    standing: bool = False
    holds: bool = True

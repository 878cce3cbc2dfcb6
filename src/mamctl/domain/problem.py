"""A problem: one thing that could not be done, or that needs a person, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mamctl.errors import MamctlError


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is a stable slug, `subject` the thing concerned, `remedy` what a person can do. No secrets."""

    code: str
    message: str
    subject: str | None = None
    remedy: str | None = None

    @classmethod
    def of(cls, error: MamctlError, subject: str | None = None) -> Problem:
        """The problem that an error states."""
        return cls(error.slug, error.message, subject or error.subject, error.remedy)

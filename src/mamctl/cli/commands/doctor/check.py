"""One check of `mamctl doctor`, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, how it ended, and what to do."""

    name: str
    grade: Grade
    detail: str
    remedy: str | None = None

"""The paid gate (RAT-6): whatever is about to start a download that counts asks here first."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.guard import GuardState
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.paid_answers import record_answer


class Gate(StrEnum):
    """The answer; the second one is also the mark that the refused download bears."""

    ALLOWED = "allowed"
    BLOCKED = "blocked_ratio_emergency"


@dataclass(frozen=True, slots=True)
class GateDecision:
    """The answer with its reason; `since` is when the emergency began."""

    gate: Gate
    reason: str
    since: datetime | None

    @property
    def allowed(self) -> bool:
        """Whether the download may be queued."""
        return self.gate is Gate.ALLOWED


def is_emergency(db: sqlite3.Connection) -> bool:
    """Whether the ratio emergency is active."""
    return read_guard(db).guard.state is GuardState.EMERGENCY


def check_paid_download(
    db: sqlite3.Connection, subject: str, now: datetime, *, run_id: int | None = None
) -> GateDecision:
    """Whether a paid download of `subject` (a title) may be queued. The question and its answer are on record."""
    guard = read_guard(db).guard
    if guard.state is GuardState.EMERGENCY:
        active = f"has been active since {guard.since:%Y-%m-%d %H:%M} UTC" if guard.since else "is active"
        answer = GateDecision(Gate.BLOCKED, f"the ratio emergency {active}", guard.since)
    else:
        answer = GateDecision(Gate.ALLOWED, "the ratio guard is normal", None)
    record_answer(db, subject, answer.gate.value, answer.reason, now, run_id=run_id, emergency_id=guard.emergency_id)
    return answer

"""Which clause stands behind a condition of a renewal, a limit of the slots, and a correction that is left to you."""

from __future__ import annotations

from collections.abc import Iterable

CONDITIONS = {
    "class": "VIP-11",
    "due": "VIP-3",
    "affordable": "VIP-4",
    "shortage": "VIP-5",
    "no_ratio_emergency": "VIP-6",
    "unclaimed": "VIP-8",
    "not_refused": "VIP-11",
}
LIMITS = {
    "events": "EVT-1",
    "unsatisfied": "QUE-2",
    "ratio_emergency": "RAT-6",
    "ratio": "QUE-3",
    "disk": "EVT-1",
    "site_block": "QUE-2",
    "announce": "EVT-1",
    "failures": "QUE-7",
}
FREEZE, THAW, PROTECTED = "RAT-2", "RAT-3", "DRIFT-2"


def clauses_of(conditions: Iterable[str]) -> str:
    """The clauses behind conditions that do not hold, as " (VIP-3, VIP-5)"; "" where there is none."""
    found = dict.fromkeys(CONDITIONS[name] for name in conditions if name in CONDITIONS)
    return f" ({', '.join(found)})" if found else ""


def clause_of_limit(name: str) -> str:
    """The clause behind a limit of the slots, as " (QUE-2)"; "" where there is none."""
    return f" ({LIMITS[name]})" if name in LIMITS else ""

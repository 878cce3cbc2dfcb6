"""The clauses that ship with this version.

They are written in clauses.toml. `make docs` makes clauses.json of it, which is read here: every list of the clauses
and every report does so, and reading TOML takes ten times as long.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from mamctl.domain.spec.clause import Clause, ClauseKind


@cache
def load_clauses() -> tuple[Clause, ...]:
    """Every clause, in the order of the specification."""
    text = Path(__file__).with_name("clauses.json").read_text(encoding="utf-8")
    return tuple(_clause(**entry) for entry in json.loads(text))


def find_clause(clause_id: str) -> Clause | None:
    """The clause with this id, in any case; None when there is none."""
    return next((clause for clause in load_clauses() if clause.id == clause_id.upper()), None)


def _clause(
    *,
    id: str,  # noqa: A002 - the key in the file
    text: str,
    settings: list[str],
    check: str,
    tests: list[str],
    kind: str = ClauseKind.PROMISE,
    built: bool = True,
    least: float | None = None,
    most: float | None = None,
    unit: str | None = None,
) -> Clause:
    return Clause(id, text, ClauseKind(kind), tuple(settings), check, tuple(tests), built, least, most, unit)

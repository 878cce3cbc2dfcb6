"""The steps of a day: one after another, each done, failed or skipped, and none stopping the later ones."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from mamctl.dataclass import dataclass
from mamctl.domain.account.account import Unsatisfied
from mamctl.domain.account.vip import Condition, Outcome
from mamctl.domain.problem import Problem
from mamctl.errors import MaintenanceError, MamctlError, SessionRefusedError, UnreachableError
from mamctl.jobs.account.pending_check import PendingCheck
from mamctl.jobs.account.renewal import Settled
from mamctl.jobs.run import Run
from mamctl.jobs.site.rules_sync import RulesSync
from mamctl.store.account.purchases import Purchase
from mamctl.store.exchanges import BudgetSpentError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the day: done, failed, or skipped because an earlier one made it pointless."""

    name: str
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """The account as it is reported; what is unknown is None."""

    status: str
    expires_at: datetime | None
    days_left: float | None
    points: float | None
    points_spent: float
    ring_fenced: int
    ratio: float | None
    ratio_text: str | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    user_class: str | None
    wedges: int | None
    unsatisfied: Unsatisfied
    vip_for_good: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of the renewal, and the state of every condition."""

    outcome: Outcome
    reason: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class VipCheck:
    """All that the daily task learnt and did."""

    standing: AccountView | None
    decision: Decision | None
    purchase: Purchase | None
    settled: Settled | None
    rules: RulesSync | None
    pending: PendingCheck | None
    steps: tuple[Step, ...]


class Day:
    """Runs the steps one after another; a failing one is a problem, and the later ones still run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps: list[Step] = []
        self.first_error: MamctlError | None = None
        self.hopeless: MamctlError | None = None
        self._unreached = 0

    def step(self, name: str, work: Callable[[], T], *, always: bool = False) -> T | None:
        """The step's result; None when it failed or was skipped.

        A refused session, a spent budget and a site that does not answer make further requests pointless, or harmful:
        only what runs `always`, because it can do without requests, is still run. Where the site answered before, one
        step that it fails on may be that page's fault alone; a word for fewer requests, or a second step, is not.
        An unexpected exception is a failed step with the code `bug`; a store or disk that cannot be used ends
        the day, since nothing could be recorded.
        """
        if self.hopeless is not None and not always:
            self.steps.append(Step(name, "skipped", self.hopeless.message))
            return None
        try:
            result = work()
        except MamctlError as error:
            self._fail(name, error)
            if isinstance(error, (SessionRefusedError, BudgetSpentError)) or self._is_outage(error):
                self.hopeless = error
            return None
        except (sqlite3.Error, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - one step's fault must not cost the steps after it
            self._fail(name, _unforeseen(name, error))
            return None
        self.steps.append(Step(name, "done", None))
        return result

    def met(self, error: MamctlError | None) -> None:
        """What a step met on its way, though it was done: an outage ends the rest as a failing step does."""
        if error is not None and self._is_outage(error):
            self.hopeless = error

    def _is_outage(self, error: MamctlError) -> bool:
        if not isinstance(error, UnreachableError | MaintenanceError):
            return False
        self._unreached += 1
        answered = any(step.outcome == "done" for step in self.steps)
        return error.slug in ("rate_limited", MaintenanceError.code) or not answered or self._unreached > 1

    def _fail(self, name: str, error: MamctlError) -> None:
        self.steps.append(Step(name, "failed", error.message))
        self.run.add_problem(Problem.of(error))
        self.first_error = self.first_error or error


def _unforeseen(name: str, error: Exception) -> MamctlError:
    """A bug as a failure of one step: what kind, and where; never its text, which may quote anything."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return MamctlError(
        f"a bug in mamctl: {type(error).__name__}{where}",
        subject=name,
        remedy="please report it with this line; the other steps were run",
        code="bug",
    )

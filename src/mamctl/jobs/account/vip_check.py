"""The daily task: sign in and read the account, decide on renewal, renew, sync the rules, work the pending list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from mamctl.domain.account.account import Standing, Unsatisfied
from mamctl.domain.account.vip import (
    Condition,
    Outcome,
    VipFacts,
    VipPolicy,
    decide_renewal,
    describe_days,
    ring_fence,
    will_lapse_unrenewed,
)
from mamctl.domain.outcome import Status
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, SessionRefusedError
from mamctl.jobs.account.pending_check import PendingCheck, check_pending
from mamctl.jobs.account.renewal import Settled, renew, settle_open_claim
from mamctl.jobs.ports import Announcer, NoAnnouncer, Tracker
from mamctl.jobs.run import Run
from mamctl.jobs.site.rules_sync import Observed, RulesSync, sync_rules
from mamctl.store.decisions import record_decision
from mamctl.store.pending import count_shortage
from mamctl.store.purchases import (
    Purchase,
    bought_in_window,
    find_purchase,
    open_claim,
    points_spent,
    renewal_window,
)
from mamctl.store.requests import BudgetSpentError
from mamctl.store.runs import due_to_tell
from mamctl.store.standings import last_expiry, ratio_text, record_standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the job needs of the configuration, and the guard's word."""

    vip: VipPolicy
    max_pages: int
    pending_searches: int
    emergency: bool
    remind_after: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StandingView:
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


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of the renewal, and the state of every condition."""

    outcome: Outcome
    reason: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the day: done, failed, or skipped because an earlier one made it pointless."""

    name: str
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class VipCheck:
    """All that the daily task learnt and did."""

    standing: StandingView | None
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
        self._hopeless: MamctlError | None = None

    def step(self, name: str, work: Callable[[], T]) -> T | None:
        """The step's result; None when it failed or was skipped.

        A refused session and a spent budget make further requests pointless, and the first even harmful.
        """
        if self._hopeless is not None:
            self.steps.append(Step(name, "skipped", self._hopeless.message))
            return None
        try:
            result = work()
        except MamctlError as error:
            self.steps.append(Step(name, "failed", error.message))
            self.run.trouble(Problem.of(error))
            self.first_error = self.first_error or error
            if isinstance(error, (SessionRefusedError, BudgetSpentError)):
                self._hopeless = error
            return None
        self.steps.append(Step(name, "done", None))
        return result


def check_vip(
    run: Run, tracker: Tracker, settings: Settings, announcer: Announcer
) -> tuple[VipCheck, MamctlError | None]:
    """The whole day (VIP-1). The error returned is the one that kept the account from being read, if any."""
    day = Day(run)
    standing = day.step("read the account", tracker.fetch_standing)
    blind = day.first_error
    settled = day.step("settle", lambda: settle_open_claim(run, standing)) if standing else None
    decided = day.step("renew", lambda: _decide_and_renew(run, tracker, settings, standing)) if standing else None
    synced = day.step("sync the rules", lambda: sync_rules(run, tracker, settings.max_pages))
    newest = (decided.standing if decided else None) or standing
    pending = day.step("work the pending list", lambda: _work_pending(run, tracker, settings, newest, synced))
    result = VipCheck(
        standing=view_standing(run, newest, settings.vip) if newest else None,
        decision=decided.decision if decided else None,
        purchase=decided.purchase if decided else None,
        settled=settled,
        rules=synced[0] if synced else None,
        pending=pending,
        steps=tuple(day.steps),
    )
    _conclude(run, day, result)
    _announce(run, result, announcer, settings.remind_after)
    return result, blind


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the purchase it led to, and the account read after it."""

    decision: Decision
    purchase: Purchase | None
    standing: Standing | None


def _decide_and_renew(run: Run, tracker: Tracker, settings: Settings, standing: Standing | None) -> Decided:
    assert standing is not None
    now = run.clock()
    facts = gather_facts(run, standing, settings, tracker.clock_skew)
    previous = last_expiry(run.db)
    verdict = decide_renewal(facts, settings.vip, now)
    status = standing.status(
        now, renew_within_days=settings.vip.renew_within_days, claim_unsettled=bool(facts.unsettled_claim)
    )
    standing_id = record_standing(run.db, run.id, standing, status.value, now)
    outcome, reason, purchase_id, after = Outcome.SKIPPED, verdict.reason, None, None
    if verdict.renew and run.dry_run:
        outcome = Outcome.WOULD_RENEW
    elif verdict.renew:
        renewal = renew(run, tracker, standing, settings.vip)
        outcome, reason, purchase_id, after = renewal.outcome, renewal.reason, renewal.purchase_id, renewal.after
    record_decision(
        run.db, run.id, outcome, reason, verdict.conditions, now, standing_id=standing_id, purchase_id=purchase_id
    )
    if outcome in (Outcome.SKIPPED, Outcome.FAILED):
        advice = _advice(reason, unsettled=open_claim(run.db) is not None)
        run.trouble(_lapse_problem(facts, settings.vip, previous, reason, advice, now))
    purchase = find_purchase(run.db, purchase_id) if purchase_id else None
    return Decided(Decision(outcome, reason, verdict.conditions), purchase, after)


def gather_facts(run: Run, standing: Standing, settings: Settings, skew: timedelta | None) -> VipFacts:
    """What the decision rests on: the account just read, the list, the guard, and what was bought before."""
    claim = open_claim(run.db)
    window = renewal_window(run.db, standing.expires_at)
    bought = bought_in_window(run.db, window)
    return VipFacts(
        expires_at=standing.expires_at,
        expiry_known=standing.expiry_known,
        points=standing.points,
        shortage=count_shortage(run.db),
        emergency=settings.emergency,
        unsettled_claim=f"the renewal claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC is not settled"
        if claim
        else None,
        window_renewed=f"this window was renewed at {bought:%Y-%m-%d %H:%M} UTC" if bought else None,
        clock_skew=skew,
    )


def view_standing(run: Run, standing: Standing, policy: VipPolicy) -> StandingView:
    """The account as it is reported."""
    now = run.clock()
    claimed = open_claim(run.db) is not None
    return StandingView(
        status=standing.status(now, renew_within_days=policy.renew_within_days, claim_unsettled=claimed).value,
        expires_at=standing.expires_at,
        days_left=standing.days_left(now),
        points=standing.points,
        points_spent=points_spent(run.db),
        ring_fenced=ring_fence(standing.expires_at, policy, now),
        ratio=standing.ratio,
        ratio_text=ratio_text(standing.ratio),
        uploaded_bytes=standing.uploaded_bytes,
        downloaded_bytes=standing.downloaded_bytes,
        user_class=standing.user_class,
        wedges=standing.wedges,
        unsatisfied=standing.unsatisfied or Unsatisfied(None, None),
    )


def _work_pending(
    run: Run, tracker: Tracker, settings: Settings, standing: Standing | None, synced: tuple[RulesSync, Observed] | None
) -> PendingCheck:
    vip_active = standing.has_vip(run.clock()) if standing else False
    known = synced[1].rows if synced else ()
    return check_pending(run, tracker, vip_active=vip_active, max_searches=settings.pending_searches, known=known)


def _lapse_problem(
    facts: VipFacts, policy: VipPolicy, previous: datetime | None, reason: str, advice: str, now: datetime
) -> Problem | None:
    """VIP-7: a VIP that will lapse soon without a renewal needs a person, whatever the reason; so does one that has."""
    if will_lapse_unrenewed(facts, policy, now):
        assert facts.expires_at is not None
        left = describe_days(facts.expires_at - now)
        return Problem("vip_will_lapse", f"VIP ends in {left} and was not renewed: {reason}", "VIP", advice)
    known = facts.expires_at or previous
    if known is not None and now - timedelta(days=30) < known <= now:
        return Problem("vip_lapsed", f"VIP ended on {known:%Y-%m-%d} and was not renewed: {reason}", "VIP", advice)
    return None


def _advice(reason: str, *, unsettled: bool) -> str:
    if unsettled:  # a renewal by hand now could be the second one
        return "do not buy by hand while a renewal is unsettled: mamctl vip check looks again"
    if "auto_renew" in reason:
        return "set vip.auto_renew = true, or renew in the site's store"
    return "see each condition above; renew in the site's store if you want it all the same"


def _conclude(run: Run, day: Day, result: VipCheck) -> None:
    renewal_failed = result.decision is not None and result.decision.outcome is Outcome.FAILED
    if day.first_error is not None or renewal_failed:
        run.status = Status.PARTIAL
    elif run.problems:
        run.status = Status.ATTENTION


def _announce(run: Run, result: VipCheck, announcer: Announcer, remind_after: timedelta) -> None:
    """A renewal and titles that became free are told once; a problem again when its reminder is due."""
    if run.dry_run or isinstance(announcer, NoAnnouncer):
        return
    due = due_to_tell(run.db, f"announce.{run.job}", run.problems, run.clock(), remind_after)
    if due:
        run.trouble(announcer.announce("mamctl needs you", "\n".join(problem.message for problem in due)))
    if result.decision and result.decision.outcome is Outcome.RENEWED:
        run.trouble(announcer.announce("mamctl: VIP renewed", result.decision.reason))
    if result.settled and result.settled.state == "confirmed":
        run.trouble(announcer.announce("mamctl: VIP renewed", result.settled.detail))
    if result.pending and result.pending.became_free:
        titles = "\n".join(result.pending.became_free)
        run.trouble(announcer.announce("mamctl: wanted titles are free now", titles))

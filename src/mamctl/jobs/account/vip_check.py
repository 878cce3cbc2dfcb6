"""The daily task: sign in and read the account, look for the wanted titles, decide on renewal, renew, sync the rules,
work the pending list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from mamctl.dataclass import dataclass
from mamctl.domain.account.account import AccountSnapshot, Unsatisfied
from mamctl.domain.account.availability import FreeRows
from mamctl.domain.account.points import LONGEST_PERIOD, judge_points, whole_renewals
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.search_schedule import SearchPolicy
from mamctl.domain.account.vip import (
    Outcome,
    VipFacts,
    decide_renewal,
    reserved_points,
)
from mamctl.domain.outcome import Status
from mamctl.errors import MamctlError
from mamctl.jobs.account.attention import advise, lapse_problem, vip_problems
from mamctl.jobs.account.day import AccountView, Day, Decision, VipCheck
from mamctl.jobs.account.free_again import resume_free
from mamctl.jobs.account.notices import clock_problem, daily_notices, free_titles
from mamctl.jobs.account.pending_check import PendingCheck, PendingSearch, conclude_pending, open_titles, search_pending
from mamctl.jobs.account.renewal import renew, settle_open_claim
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.jobs.site.rules_sync import Observed, RulesSync, observe, sync_rules
from mamctl.store.account.decisions import record_decision
from mamctl.store.account.pending import count_shortage
from mamctl.store.account.purchases import (
    Purchase,
    bought_in_window,
    find_purchase,
    last_refusal,
    open_claim,
    points_spent,
    renewal_window,
)
from mamctl.store.account.readings import last_expiry, list_balances, list_spendings, ratio_text, record_account


@dataclass(frozen=True, slots=True)
class Settings:
    """What the job needs of the configuration, the guard's word, and why nothing may be spent if so."""

    vip: VipPolicy
    max_pages: int
    search: SearchPolicy
    emergency: bool
    held: str | None = None


def check_vip(run: Run, tracker: Tracker, settings: Settings) -> tuple[VipCheck, MamctlError | None]:
    """The whole day (VIP-1). The error returned is the one that kept the account from being read, if any."""
    day, free_before = Day(run), free_titles(run)
    account = day.step("read the account", tracker.fetch_account)
    fatal_error = day.first_error
    settled = day.step("settle", lambda: settle_open_claim(run, account)) if account else None
    rows = cache(lambda: observe(tracker, settings.max_pages))  # once for the list and the rules
    search = day.step("look for the wanted titles", lambda: _search_pending(run, tracker, settings, account, rows))
    day.met(search.outage if search else None)
    decided = None
    if account:
        work = lambda: _decide_and_renew(run, tracker, settings, account, day.hopeless)  # noqa: E731 - one more step
        decided = day.step("renew", work, always=True)
    synced = day.step("sync the rules", lambda: sync_rules(run, rows()))
    newest = (decided.account if decided else None) or account
    pending = day.step(
        "work the pending list", lambda: _work_pending(run, search, account, newest, synced), always=search is not None
    )
    result = VipCheck(
        standing=view_account(run, newest, settings.vip) if newest else None,
        decision=decided.decision if decided else None,
        purchase=decided.purchase if decided else None,
        settled=settled,
        rules=synced[0] if synced else None,
        pending=pending,
        steps=tuple(day.steps),
    )
    run.add_problem(clock_problem(tracker.clock_skew))
    _conclude(run, day, result)
    run.notices.extend(daily_notices(run, result, newest, free_before))
    return result, fatal_error


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the purchase it led to, and the account read after it."""

    decision: Decision
    purchase: Purchase | None
    account: AccountSnapshot | None


def _decide_and_renew(
    run: Run, tracker: Tracker, settings: Settings, account: AccountSnapshot, hopeless: MamctlError | None
) -> Decided:
    """The decision and what became of it, on record. Where asking the site is `hopeless`, nothing is bought."""
    now = run.clock()
    facts = gather_facts(run, account, settings, tracker.clock_skew)
    previous = last_expiry(run.db)
    verdict = decide_renewal(facts, settings.vip, now)
    status = account.status(
        now, renew_within_days=settings.vip.renew_within_days, claim_unsettled=bool(facts.unsettled_claim)
    )
    standing_id = record_account(run.db, run.id, account, status.value, now)
    outcome, reason, purchase_id, after = Outcome.SKIPPED, verdict.reason, None, None
    if verdict.renew and run.dry_run:
        outcome = Outcome.WOULD_RENEW
    elif verdict.renew and hopeless is not None:
        outcome, reason = Outcome.FAILED, f"not asked for: {hopeless.message}"
    elif verdict.renew:
        renewal = renew(run, tracker, account, settings.vip, verdict.price)
        outcome, reason, purchase_id, after = renewal.outcome, renewal.reason, renewal.purchase_id, renewal.after
    record_decision(
        run.db, run.id, outcome, reason, verdict.conditions, now, standing_id=standing_id, purchase_id=purchase_id
    )
    if outcome in (Outcome.SKIPPED, Outcome.FAILED):
        suffices_at = _points_suffice_at(run, account, settings.vip, now) if "affordable" in verdict.failing else None
        advice = advise(verdict.failing, unsettled=open_claim(run.db) is not None, suffices_at=suffices_at)
        run.add_problem(lapse_problem(account, facts, settings.vip, previous, reason, advice, now))
    for problem in vip_problems(account, facts, settings.vip, verdict, now):
        run.add_problem(problem)
    purchase = find_purchase(run.db, purchase_id) if purchase_id else None
    return Decided(Decision(outcome, reason, verdict.conditions), purchase, after)


def _points_suffice_at(run: Run, account: AccountSnapshot, policy: VipPolicy, now: datetime) -> datetime | None:
    """The day on which the points reach the next renewal by their income so far; None for never within a year."""
    begin = now - LONGEST_PERIOD
    balances, spendings = list_balances(run.db, begin), list_spendings(run.db, begin)
    period = whole_renewals(balances, spendings, now)
    return judge_points(
        balances, spendings, account.expires_at, policy, now, period=period, user_class=account.user_class
    ).renewal_at


def gather_facts(run: Run, account: AccountSnapshot, settings: Settings, skew: timedelta | None) -> VipFacts:
    """What the decision rests on: the account just read, the list, the guard, and what was bought before."""
    claim = open_claim(run.db)
    window = renewal_window(run.db, account.expires_at)
    bought = bought_in_window(run.db, window)
    return VipFacts(
        expires_at=account.expires_at,
        expiry_known=account.expiry_known,
        points=account.points,
        shortage=count_shortage(run.db, run.clock()),
        emergency=settings.emergency,
        held=settings.held,
        unsettled_claim=f"the renewal claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC is not settled"
        if claim
        else None,
        window_renewed=f"this window was renewed at {bought:%Y-%m-%d %H:%M} UTC" if bought else None,
        clock_skew=skew,
        user_class=account.user_class,
        refused=last_refusal(run.db),
    )


def view_account(run: Run, account: AccountSnapshot, policy: VipPolicy) -> AccountView:
    """The account as it is reported."""
    now = run.clock()
    claimed = open_claim(run.db) is not None
    return AccountView(
        status=account.status(now, renew_within_days=policy.renew_within_days, claim_unsettled=claimed).value,
        expires_at=account.expires_at,
        days_left=account.days_left(now),
        points=account.points,
        points_spent=points_spent(run.db),
        ring_fenced=reserved_points(account.expires_at, policy, now, user_class=account.user_class),
        ratio=account.ratio,
        ratio_text=ratio_text(account.ratio),
        uploaded_bytes=account.uploaded_bytes,
        downloaded_bytes=account.downloaded_bytes,
        user_class=account.user_class,
        wedges=account.wedges,
        unsatisfied=account.unsatisfied or Unsatisfied(None, None),
        vip_for_good=account.vip_for_good,
    )


def _search_pending(
    run: Run, tracker: Tracker, settings: Settings, account: AccountSnapshot | None, rows: Callable[[], Observed]
) -> PendingSearch:
    vip_active = account.has_vip(run.clock()) if account else False
    return search_pending(run, tracker, rows, settings.search, vip_active=vip_active)


def _work_pending(
    run: Run,
    search: PendingSearch | None,
    before: AccountSnapshot | None,
    account: AccountSnapshot | None,
    synced: tuple[RulesSync, Observed] | None,
) -> PendingCheck:
    """The list by VIP as it is after the renewal; without a look the rows of the rules' sync still count."""
    vip_active = account.has_vip(run.clock()) if account else False
    observed = synced[1] if synced else None
    vip_began = vip_active and before is not None and not before.has_vip(run.clock())
    resume_free(run, FreeRows(observed.rows if observed else ()), vip_began=vip_began)
    return conclude_pending(run, search or PendingSearch(open_titles(run)), vip_active=vip_active, observed=observed)


def _conclude(run: Run, day: Day, result: VipCheck) -> None:
    renewal_failed = result.decision is not None and result.decision.outcome is Outcome.FAILED
    if renewal_failed or any(step.outcome != "done" for step in day.steps):
        run.status = Status.PARTIAL
    elif run.problems:
        run.status = Status.ATTENTION

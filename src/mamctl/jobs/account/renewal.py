"""The one purchase that mamctl makes: claimed on disk, sent once, confirmed by reading the account again."""

from __future__ import annotations

from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.purchases import ClaimState, PurchaseAnswer, judge_claim, renewal_took_effect
from mamctl.domain.account.vip import Outcome, describe_days, reserved_points
from mamctl.domain.permits import BuyVip
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, PurchaseUnknownError
from mamctl.jobs.permits import in_emergency, permit
from mamctl.jobs.ports import Tracker
from mamctl.jobs.run import Run
from mamctl.store.account.pending import count_shortage
from mamctl.store.account.purchases import (
    BY_ACCOUNT,
    Intent,
    bought_in_window,
    claim_purchase,
    open_claim,
    renewal_window,
    settle_purchase,
)


@dataclass(frozen=True, slots=True)
class Renewal:
    """How a renewal went; `after` is the account as it was read again."""

    outcome: Outcome
    reason: str
    purchase_id: int
    after: AccountSnapshot | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What the account showed of a renewal that an earlier run left unsettled."""

    purchase_id: int
    state: str
    detail: str


def settle_open_claim(run: Run, account: AccountSnapshot | None) -> Settled | None:
    """Settle what an earlier run left open, by looking at the account; nothing is ever tried again here."""
    claim = open_claim(run.db)
    if claim is None or account is None:
        return None
    now = run.clock()
    state = judge_claim(claim, account.expires_at, account.points, now)
    if state is ClaimState.CLAIMED:
        run.add_problem(_still_open(claim.claimed_at, now))
        return Settled(claim.id, state.value, "the account does not show it yet")
    settle_purchase(
        run.db, claim.id, state, now, expires_after=account.expires_at, points_after=account.points, answer=BY_ACCOUNT
    )
    detail = "the account shows the renewal" if state is ClaimState.CONFIRMED else "the account shows no renewal"
    return Settled(claim.id, state.value, f"{detail} that was claimed at {claim.claimed_at:%Y-%m-%d %H:%M} UTC")


def renew(run: Run, tracker: Tracker, before: AccountSnapshot, policy: VipPolicy, price: int) -> Renewal:
    """Claim, buy, confirm; `price` in points is what it costs at most.

    Raises AlreadyClaimedError when another run was quicker; then nothing was sent.
    """
    now = run.clock()
    intent = Intent(
        kind="vip",
        window=renewal_window(run.db, before.expires_at),
        price=price,
        points=before.points,
        ring_fence=reserved_points(before.expires_at, policy, now, user_class=before.user_class),
        expires_at=before.expires_at,
    )
    claim_id = claim_purchase(run.db, run.id, intent, now)
    try:
        answer = tracker.buy_vip(permit(run, _purchase(run, before, policy, intent)))
    except PurchaseUnknownError as error:
        return _look_after_loss(run, tracker, claim_id, error)
    except MamctlError as error:
        # The port promises that nothing was changed.
        settle_purchase(run.db, claim_id, ClaimState.NOT_APPLIED, run.clock(), answer=error.slug)
        run.add_problem(Problem.of(error))
        return Renewal(Outcome.FAILED, error.message, claim_id, None)
    if not answer.accepted:
        return _refused(run, claim_id, answer)
    return _confirm(run, tracker, before, claim_id, now, answer)


def _purchase(run: Run, before: AccountSnapshot, policy: VipPolicy, intent: Intent) -> BuyVip:
    """The facts of the purchase at this moment: the guard may have moved since the decision."""
    now = run.clock()
    return BuyVip(
        claimed=open_claim(run.db) is not None,
        bought_before=bought_in_window(run.db, intent.window) is not None,
        points=before.points,
        price=intent.price,
        keep=policy.min_points,
        left=before.expires_at - now if before.expires_at else None,
        within=timedelta(days=policy.renew_within_days),
        shortage=count_shortage(run.db, now),
        shortage_needed=not policy.renew_without_shortage,
        user_class=before.user_class,
        emergency=in_emergency(run.db),
    )


def _look_after_loss(run: Run, tracker: Tracker, claim_id: int, error: PurchaseUnknownError) -> Renewal:
    """The answer was lost: the account may show the renewal already. If not, the claim stays open for a later run."""
    try:
        after = tracker.fetch_account()
    except MamctlError:
        after = None
    settled = settle_open_claim(run, after)
    if settled is not None and settled.state == ClaimState.CONFIRMED:
        return Renewal(Outcome.RENEWED, f"the answer was lost, and {settled.detail}", claim_id, after)
    run.add_problem(Problem.of(error))
    return Renewal(Outcome.FAILED, f"{error.message}; a later run settles it", claim_id, after)


def _refused(run: Run, claim_id: int, answer: PurchaseAnswer) -> Renewal:
    words = answer.refusal or "no reason given"
    settle_purchase(run.db, claim_id, ClaimState.REFUSED, run.clock(), answer=words)
    run.add_problem(
        Problem("vip_refused", f"the site refused the renewal: “{words}”", "VIP", "see the site's store for the reason")
    )
    return Renewal(Outcome.FAILED, f"the site refused: “{words}”", claim_id, None)


def _confirm(
    run: Run, tracker: Tracker, before: AccountSnapshot, claim_id: int, claimed_at: datetime, answer: PurchaseAnswer
) -> Renewal:
    weeks = f"{answer.weeks:g} weeks" if answer.weeks is not None else "VIP"
    try:
        after = tracker.fetch_account()
    except MamctlError as error:
        run.add_problem(Problem.of(error))
        return Renewal(Outcome.FAILED, f"{weeks} accepted, but not confirmed: {error.message}", claim_id, None)
    if not renewal_took_effect(before.expires_at, claimed_at, after.expires_at):
        run.add_problem(_still_open(claimed_at, run.clock()))
        return Renewal(Outcome.FAILED, f"{weeks} accepted, but the account does not show it yet", claim_id, after)
    settle_purchase(
        run.db,
        claim_id,
        ClaimState.CONFIRMED,
        run.clock(),
        expires_after=after.expires_at,
        points_after=after.points if after.points is not None else answer.points_after,
        answer=weeks,
    )
    assert after.expires_at is not None
    left = describe_days(after.expires_at - run.clock())
    return Renewal(
        Outcome.RENEWED, f"{weeks} bought; VIP now runs {left}, to {after.expires_at:%Y-%m-%d}", claim_id, after
    )


SETTLE = "look in the site's store, then settle it: mamctl vip settle --applied, or --not-applied"
"""What to do about a renewal that no look at the account settles."""


def _still_open(claimed_at: datetime, now: datetime) -> Problem:
    old = now - claimed_at >= timedelta(days=1)
    return Problem(
        "purchase_unsettled",
        f"the renewal claimed at {claimed_at:%Y-%m-%d %H:%M} UTC is not settled: the account does not show it",
        "VIP",
        SETTLE if old else "no action needed: a later run checks again",
    )

"""Checks of VIP, points and the pending list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from mamctl.domain.account.classes import VipTerms, vip_terms
from mamctl.domain.account.vip import describe_days
from mamctl.domain.spec.clause import Finding, holds, search, unknown, violated
from mamctl.domain.spec.facts import DecisionFact, Facts, PurchaseFact

Check = Callable[[Facts], Finding]

_DAILY = timedelta(hours=36)
_LOOKED_FOR = timedelta(days=8)
_LONGEST_WINDOW = timedelta(days=83)  # the largest vip.renew_within_days there may be
_HISTORY = "mamctl vip history"
_NO_PURCHASE = "no renewal is recorded yet"


def daily_task(facts: Facts) -> Finding:
    """VIP-1."""
    last = next((run for run in facts.program.runs if run.job == "vip" and run.scheduled), None)
    if last is None:
        return unknown("no scheduled run of the daily task is on record", "mamctl cron install")
    age = facts.now - last.started_at
    when = f"the last scheduled run began at {last.started_at:%Y-%m-%d %H:%M} UTC"
    if age > _DAILY:
        return violated(f"{when}, {describe_days(age)} ago", "mamctl doctor", [when])
    return holds(f"{when} and ended as {last.status or 'not yet'}")


def account_read(facts: Facts) -> Finding:
    """VIP-2."""
    reading = next(iter(facts.account.readings), None)
    if reading is None:
        return unknown("the account has not been read yet", "mamctl vip check")
    when = f"the reading of {reading.seen_at:%Y-%m-%d %H:%M} UTC"
    if reading.missing:
        return violated(f"{when} lacks {', '.join(reading.missing)}", "mamctl doctor", reading.missing)
    return holds(f"{when} has every figure")


def renewed_when_due(facts: Facts) -> Finding:
    """VIP-3."""

    def early(purchase: PurchaseFact) -> str | None:
        if purchase.expires_before is None:
            return None
        left = purchase.expires_before - purchase.claimed_at
        return f"{_name(purchase)}: {describe_days(left)} were left" if left >= _LONGEST_WINDOW else None

    return _renewals(facts, "due", early)


def renewed_when_affordable(facts: Facts) -> Finding:
    """VIP-4."""

    def short(purchase: PurchaseFact) -> str | None:
        known = purchase.points_before is not None and purchase.points_before < purchase.price
        return f"{_name(purchase)}: {purchase.price:,} points of {purchase.points_before:,.0f}" if known else None

    return _renewals(facts, "affordable", short)


def renewed_for_a_shortage(facts: Facts) -> Finding:
    """VIP-5."""
    return _renewals(facts, "shortage")


def not_renewed_in_an_emergency(facts: Facts) -> Finding:
    """VIP-6."""
    return _renewals(
        facts,
        "no_ratio_emergency",
        lambda one: f"{_name(one)}: in the ratio emergency" if facts.emergency_at(one.claimed_at) else None,
    )


def decisions_are_whole(facts: Facts) -> Finding:
    """VIP-7."""
    looked = search(
        None if one.conditions else f"the decision of {one.decided_at:%Y-%m-%d %H:%M} UTC has no conditions"
        for one in facts.account.decisions
    )
    looked.broken.extend(_silent_lapse(facts))
    return looked.finding("decisions", _HISTORY, "no decision is on record yet")


def _silent_lapse(facts: Facts) -> Iterator[str]:
    newest = next(iter(facts.account.readings), None)
    decision = next(iter(facts.account.decisions), None)
    if not newest or not decision or newest.vip_expires_at is None or newest.run_id != decision.run_id:
        return
    left = newest.vip_expires_at - newest.seen_at
    is_near = timedelta() < left <= timedelta(days=facts.settings.vip.warn_within_days)
    for_good = vip_terms(newest.user_class) is VipTerms.FOR_GOOD
    if (
        is_near
        and not for_good
        and decision.outcome != "renewed"
        and ("vip", "vip_will_lapse") not in facts.program.problems
    ):
        yield f"VIP ends at {newest.vip_expires_at:%Y-%m-%d %H:%M} UTC, which was not reported"


def no_window_twice(facts: Facts) -> Finding:
    """VIP-8."""
    claims = [one for one in facts.account.purchases if one.kind == "vip" and one.state in ("claimed", "confirmed")]
    windows = Counter(one.window for one in claims)
    looked = search(
        f"{windows[one.window]} renewals of the window {one.window}" if windows[one.window] > 1 else None
        for one in claims
    )
    looked.broken.extend(
        f"{_name(one)}: settled before it was claimed"
        for one in facts.account.purchases
        if one.settled_at is not None and one.settled_at < one.claimed_at
    )
    looked.broken[:] = dict.fromkeys(looked.broken)
    return looked.finding("renewals", _HISTORY, _NO_PURCHASE)


def reserve_is_kept(facts: Facts) -> Finding:
    """VIP-9."""
    others = [one for one in facts.account.purchases if one.kind != "vip"]
    looked = search(
        f"the purchase of {one.kind} at {one.claimed_at:%Y-%m-%d %H:%M} UTC left less than {one.reserved:,} points"
        if one.points_before is not None and one.points_before - one.price < one.reserved
        else None
        for one in others
    )
    return looked.finding("other purchases", _HISTORY) if others else holds("mamctl has bought nothing but VIP")


def pending_looked_for(facts: Facts) -> Finding:
    """VIP-10."""
    if not facts.account.pending:
        return unknown("the pending list is empty", "mamctl vip pending add TITLE --author AUTHOR")
    if not facts.scheduled_daily:
        return unknown("the daily task did not run in the last two days", "mamctl vip check")
    looked = search(
        f"“{one.title}” was last looked for on {last:%Y-%m-%d}" if facts.now - last > _LOOKED_FOR else None
        for one in facts.account.pending
        for last in [one.checked_at or one.added_at]
    )
    return looked.finding("titles", f"rules.pending_searches is {facts.settings.pending_searches}: raise it")


def class_may_buy(facts: Facts) -> Finding:
    """VIP-11."""
    newest = next(iter(facts.account.readings), None)
    if (
        newest is not None
        and newest.vip_status == "unknown"
        and ("vip", "vip_expiry_unknown") not in facts.program.problems
    ):
        when = f"the reading of {newest.seen_at:%Y-%m-%d %H:%M} UTC"
        return violated(f"{when}: the end of VIP is unknown and was not reported", "mamctl vip check", [when])
    bad = {VipTerms.FOR_GOOD: "has VIP for good", VipTerms.MAY_NOT_BUY: "may not buy VIP"}
    finding = _renewals(
        facts,
        "class",
        lambda one: (
            f"{_name(one)}: the class {one.user_class} {bad[terms]}"
            if (terms := vip_terms(one.user_class)) in bad
            else None
        ),
    )
    return (
        holds("no renewal is on record, and VIP's end is known")
        if newest and finding.detail == _NO_PURCHASE
        else finding
    )


def points_known(facts: Facts) -> Finding:
    """RAT-9."""
    known = sum(one.points is not None for one in facts.account.readings)
    if known < 2:
        return unknown(f"{known} of the 2 readings of the points that a flow needs", "mamctl vip check")
    return holds(f"{known} readings of the points to compare: mamctl ratio points")


def _renewals(facts: Facts, condition: str, wrong: Callable[[PurchaseFact], str | None] = lambda _: None) -> Finding:
    """Whether a condition held at every renewal, by its decision, and by what is `wrong` with the purchase itself."""
    by_purchase = {one.purchase_id: one for one in facts.account.decisions if one.purchase_id is not None}
    looked = search(
        wrong(one) or _unmet(one, by_purchase.get(one.id), condition)
        for one in facts.account.purchases
        if one.kind == "vip"
    )
    return looked.finding("renewals", _HISTORY, _NO_PURCHASE)


def _unmet(purchase: PurchaseFact, decision: DecisionFact | None, condition: str) -> str | None:
    if decision is None or decision.conditions.get(condition, True):
        return None
    return f"{_name(purchase)}: its condition “{condition}” did not hold"


def _name(purchase: PurchaseFact) -> str:
    return f"the renewal of {purchase.claimed_at:%Y-%m-%d %H:%M} UTC"


CHECKS: Mapping[str, Check] = {
    "VIP-1": daily_task,
    "VIP-2": account_read,
    "VIP-3": renewed_when_due,
    "VIP-4": renewed_when_affordable,
    "VIP-5": renewed_for_a_shortage,
    "VIP-6": not_renewed_in_an_emergency,
    "VIP-7": decisions_are_whole,
    "VIP-8": no_window_twice,
    "VIP-9": reserve_is_kept,
    "VIP-10": pending_looked_for,
    "VIP-11": class_may_buy,
    "RAT-9": points_known,
}

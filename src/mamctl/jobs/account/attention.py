"""What about VIP needs you, and what to do about it: chosen by the conditions that do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mamctl.domain.account.account import AccountSnapshot
from mamctl.domain.account.classes import VipTerms, vip_terms
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.account.vip import Verdict, VipFacts, describe_days, will_lapse_unrenewed
from mamctl.domain.problem import Problem

_BY_HAND = "renew in the site's store if you want it anyway"
_WAIT = "do not buy by hand while a renewal is unsettled: mamctl vip check checks again"
# By the name of the condition; one that is missing here has no remedy but the store.
_REMEDIES = {
    "auto_renew": "set vip.auto_renew = true, or renew in the site's store",
    "class": "see on the site what your class may buy",
    "due": "see on the site when VIP ends",
    "affordable": "wait for more points; vip.min_points is what must stay, vip.accept_shorter buys a shorter renewal",
    "shortage": "set vip.renew_without_shortage = true, or renew in the site's store",
    "no_ratio_emergency": "bring the ratio up first: mamctl ratio status",
    "not_refused": "see the site's store for the reason",
    "change_settled": "correct the change, or accept it: mamctl change apply --accept",
    "clock": "set this machine's clock",
}


def advise(failing: tuple[str, ...], *, unsettled: bool, suffices_at: datetime | None = None) -> str:
    """What you can do about the conditions that do not hold, in their order. `suffices_at` is when the points are
    there, where that is known.
    """
    if unsettled:  # a renewal by hand now could be the second one
        return _WAIT
    remedies = tuple(_REMEDIES[name] for name in failing if name in _REMEDIES)
    if "affordable" in failing and suffices_at is not None:
        return f"the points suffice on {suffices_at:%Y-%m-%d} at this rate; {'; '.join(remedies[:2])}"
    return "; ".join(remedies[:2]) or f"see each condition above; {_BY_HAND}"


def vip_problems(
    account: AccountSnapshot, facts: VipFacts, policy: VipPolicy, verdict: Verdict, now: datetime
) -> Iterator[Problem]:
    """What the account itself leaves unclear, whatever became of the renewal (VIP-11)."""
    if not account.expiry_known and not account.vip_for_good:
        held = f"the class is “{account.user_class}”" if account.user_class else "the account names no class"
        yield Problem(
            "vip_expiry_unknown",
            f"when VIP ends cannot be read from the account, and {held}: a lapse would go unnoticed",
            "VIP",
            "see on the site when VIP ends; if it shows a date, mamctl needs an update",
        )
    if policy.auto_renew and "class" in verdict.failing and vip_terms(facts.user_class) is VipTerms.UNKNOWN:
        yield Problem(
            "class_unknown",
            f"VIP is not renewed: {next(c.detail for c in verdict.conditions if c.name == 'class')}",
            "VIP",
            "renew in the site's store; if the site has a new class, mamctl needs an update",
        )


def lapse_problem(
    account: AccountSnapshot,
    facts: VipFacts,
    policy: VipPolicy,
    previous: datetime | None,
    reason: str,
    advice: str,
    now: datetime,
) -> Problem | None:
    """VIP-7: a VIP that will lapse soon without a renewal needs you, whatever the reason; so does one that has."""
    if will_lapse_unrenewed(facts, policy, now):
        assert facts.expires_at is not None
        left = describe_days(facts.expires_at - now)
        text = f"VIP ends in {left} and was not renewed: {reason}"
        return Problem("vip_will_lapse", text, "VIP", advice, facts.expires_at)
    known = facts.expires_at or previous
    if known is not None and now - timedelta(days=30) < known <= now and not account.has_vip(now):
        return Problem("vip_lapsed", f"VIP ended on {known:%Y-%m-%d} and was not renewed: {reason}", "VIP", advice)
    return None

"""Checks of downloads: slots, quality, the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from mamctl.domain.queue.policy import EventPolicy, QueuePolicy
from mamctl.domain.queue.slots import AccountFigures, Events, SlotFacts, decide_slots
from mamctl.domain.spec.clause import Finding, holds, not_applicable, search, unknown, violated
from mamctl.domain.spec.facts import Facts
from mamctl.domain.spec.queue_facts import ItemFact

Check = Callable[[Facts], Finding]

_LIST = "mamctl queue list"
_NOTHING = "the queue has downloaded nothing yet"
_EDITION = frozenset({"length", "narrator"})


def events_move_slots(facts: Facts) -> Finding:
    """EVT-1."""
    plenty = SlotFacts(
        account=AccountFigures(unsatisfied=0, limit=100, uploaded=10**14, downloaded=10**12), disk_free=10**15
    )
    policy, events = QueuePolicy(), EventPolicy()

    def slots(**change: object) -> tuple[int, int]:
        found = decide_slots(replace(plenty, **change), policy, events, facts.now)  # type: ignore[arg-type]
        return found.free, found.paid

    usual = slots()
    wrong = []
    if slots(events=Events(freeleech=True))[0] < usual[0]:
        wrong.append("a freeleech gives fewer free slots")
    if slots(emergency=True)[1]:
        wrong.append("paid downloads get slots in the ratio emergency")
    if wrong:
        return violated(wrong[0], "please report it", wrong)
    return holds(f"{usual[0]} free and {usual[1]} paid slots as usual; no paid ones in the ratio emergency")


def releases_follow_slots(facts: Facts) -> Finding:
    """EVT-2."""
    runs = Counter(one.run_id for one in facts.queue.releases if one.run_id is not None)
    most = facts.queue.policy.per_run
    looked = search(f"run {run} released {count}, and queue.per_run is {most}" if count > most else None
                    for run, count in runs.items())  # fmt: skip
    return looked.finding("runs that released", _LIST, _NOTHING)


def releases_are_judged(facts: Facts) -> Finding:
    """QUAL-1."""

    def wrong(one: ItemFact) -> str | None:
        failed = [rule for rule in one.failed.get("claimed", ()) if rule not in _EDITION]
        if failed:
            return f"{_name(one)} was taken though it fails {', '.join(failed)}"
        return None if one.judged else f"{_name(one)} was taken without being judged"

    return _taken(facts, wrong)


def edition_agrees(facts: Facts) -> Finding:
    """QUAL-2."""
    return _taken(
        facts,
        lambda one: (
            f"{_name(one)} was taken though its {failed[0]} differs"
            if (failed := [rule for rule in one.failed.get("claimed", ()) if rule in _EDITION])
            else None
        ),
    )


def measured_facts_count(facts: Facts) -> Finding:
    """QUAL-3."""
    return _taken(
        facts,
        lambda one: (
            f"{_name(one)} was filed though it fails {', '.join(failed)}"
            if one.filed and (failed := one.failed.get("measured", ()))
            else None
        ),
    )


def no_torrent_twice(facts: Facts) -> Finding:
    """QUE-1."""
    hashes = Counter(one.info_hash for one in facts.queue.items)
    torrents = Counter(one.torrent_id for one in facts.queue.items)

    def wrong(one: ItemFact) -> str | None:
        if (one.info_hash and hashes[one.info_hash] > 1) or (one.torrent_id and torrents[one.torrent_id] > 1):
            return f"{_name(one)}: its torrent is in the queue twice"
        return f"{_name(one)} was handed over without a claim" if one.claimed_at is None else None

    return _taken(facts, wrong)


def allowance_is_kept(facts: Facts) -> Finding:
    """QUE-2."""
    found = facts.queue.unsatisfied
    if found is None:
        return unknown("the site's figure of unsatisfied torrents is not on record", "mamctl vip check")
    count, limit = found
    words = f"{count} unsatisfied torrents of {limit}"
    return violated(words, "let torrents seed their 72 hours", [words]) if count > limit else holds(words)


def paid_is_forecast(facts: Facts) -> Finding:
    """QUE-3."""

    def wrong(one: ItemFact) -> str | None:
        if one.handed_over_at is not None and facts.emergency_at(one.handed_over_at):
            return f"{_name(one)}: paid, and handed over in the ratio emergency"
        return f"{_name(one)}: paid, without the ratio after it" if one.ratio_after is None else None

    return search(map(wrong, [one for one in _items(facts) if one.paid])).finding(
        "paid downloads", _LIST, "the queue has paid for nothing yet"
    )


def wedges_are_kept(facts: Facts) -> Finding:
    """QUE-4."""
    reserve = facts.queue.policy.wedge.reserve

    def wrong(one: ItemFact) -> str | None:
        if one.wedge_sent_at is not None and facts.emergency_at(one.wedge_sent_at):
            return f"{_name(one)}: a wedge was spent in the ratio emergency"
        few = one.wedges_before is not None and one.wedges_before - reserve < 1
        return f"{_name(one)}: a wedge was spent of {one.wedges_before}, and {reserve} must stay" if few else None

    spent = [one for one in facts.queue.items if one.wedge_sent_at is not None]
    if not spent:
        return holds("the queue has spent no wedge")
    return search(map(wrong, spent)).finding("wedges", _LIST)


def filed_was_whole(facts: Facts) -> Finding:
    """QUE-5."""
    filed = [one for one in facts.queue.items if one.filed]
    looked = search(None if one.checked else f"{_name(one)} was filed without being verified" for one in filed)
    return looked.finding("filed downloads", _LIST, "nothing has been filed yet")


def seeding_is_protected(facts: Facts) -> Finding:
    """QUE-6."""
    if not facts.settings.clients:
        return not_applicable("no torrent client is configured")
    if facts.clients is None:
        return unknown("the torrent clients were not asked", "mamctl spec check")
    early = [f"{one.name} ends torrents {words}" for one in facts.clients for words in one.early_ends]
    if early:
        return violated(early[0], "remove the client's share limit, or set it above 75 h", early)
    if down := [one for one in facts.clients if one.error is not None]:
        return unknown(f"{down[0].name}: {down[0].error}", "mamctl doctor")
    return holds("no share limit ends 72 hours of seeding early")


def automation_is_bounded(facts: Facts) -> Finding:
    """QUE-7."""
    policy = facts.queue.policy
    times = sorted(one.at for one in facts.queue.releases)
    most = max((sum(first <= one < first + timedelta(days=1) for one in times) for first in times), default=0)
    looked = search(
        f"{_name(one)}: attempt {one.attempt} of {policy.attempts}" if one.attempt > policy.attempts else None
        for one in facts.queue.items
    )
    if most > policy.per_day:
        looked.look(f"{most} releases within a day, and queue.per_day is {policy.per_day}")
    return looked.finding("downloads", _LIST, _NOTHING)


def _taken(facts: Facts, wrong: Callable[[ItemFact], str | None]) -> Finding:
    return search(map(wrong, _items(facts))).finding("downloads", _LIST, _NOTHING)


def _items(facts: Facts) -> list[ItemFact]:
    return [one for one in facts.queue.items if one.handed_over_at is not None]


def _name(one: ItemFact) -> str:
    return f"“{one.title}” (queue {one.id})"


CHECKS: Mapping[str, Check] = {
    "EVT-1": events_move_slots,
    "EVT-2": releases_follow_slots,
    "QUAL-1": releases_are_judged,
    "QUAL-2": edition_agrees,
    "QUAL-3": measured_facts_count,
    "QUE-1": no_torrent_twice,
    "QUE-2": allowance_is_kept,
    "QUE-3": paid_is_forecast,
    "QUE-4": wedges_are_kept,
    "QUE-5": filed_was_whole,
    "QUE-6": seeding_is_protected,
    "QUE-7": automation_is_bounded,
}

"""Checks of changes, rollbacks and the seedbox's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise

from mamctl.domain.spec.clause import Finding, holds, search, unknown, violated
from mamctl.domain.spec.facts import Facts
from mamctl.domain.spec.queue_facts import ChangeFact
from mamctl.domain.text.quantities import count_of

Check = Callable[[Facts], Finding]

_LOG = "mamctl change log"
_NOTHING = "no change is on record yet"
_DAY = timedelta(days=1)


def changes_are_logged(facts: Facts) -> Finding:
    """CHG-1."""
    marks = facts.change.marks
    if not marks:
        return unknown(_NOTHING, _LOG)
    known = marks.get("schema")
    if known is not None and known != str(facts.program.schema):
        detail = f"the log knows schema {known}, and the database has {facts.program.schema}"
        # The next job notices it; a run of this check is one.
        return unknown(detail, "mamctl status")
    looked = search(
        f"change {one.id} of {one.at:%Y-%m-%d %H:%M} UTC has no outcome"
        if one.outcome is None and facts.now - one.at > _DAY
        else None
        for one in facts.change.changes
    )
    return looked.finding("changes", _LOG) if looked.looked_at else holds("nothing has changed in the last month")


def failing_changes_hold(facts: Facts) -> Finding:
    """CHG-2."""

    def spent(one: ChangeFact) -> str | None:
        if one.failing_since is None:
            return None
        until = one.accepted_at or facts.now
        for purchase in facts.account.purchases:
            if one.failing_since < purchase.claimed_at < until and purchase.state == "confirmed":
                return f"points were spent at {purchase.claimed_at:%Y-%m-%d %H:%M} UTC while change {one.id} failed"
        for item in facts.queue.items:
            if item.handed_over_at is not None and one.failing_since < item.handed_over_at < until:
                return f"“{item.title}” was handed over while change {one.id} failed"
        return None

    return search(map(spent, facts.change.changes)).finding("changes", _LOG, _NOTHING)


def rollbacks_are_finished(facts: Facts) -> Finding:
    """CHG-3."""
    rollbacks = [one for one in facts.change.changes if one.kind == "rollback"]
    looked = search(
        f"the rollback of {one.at:%Y-%m-%d %H:%M} UTC counts as done and left {one.left} things"
        if one.outcome == "active" and one.left
        else None
        for one in rollbacks
    )
    points = sum(one.kind == "point" for one in facts.change.changes)
    if not looked.broken and points:
        return holds(f"{points} points are on record: mamctl change verify last proves one")
    return looked.finding("rollbacks", _LOG, "there is no point and no rollback yet")


def unfinished_rollbacks_say_what_is_left(facts: Facts) -> Finding:
    """CHG-4."""
    unfinished = [one for one in facts.change.changes if one.outcome == "rollback_incomplete"]
    looked = search(
        f"the rollback of {one.at:%Y-%m-%d %H:%M} UTC does not say what it left"
        if one.unexplained or not one.left
        else None
        for one in unfinished
    )
    return looked.finding("unfinished rollbacks", _LOG) if unfinished else holds("no rollback was left unfinished")


def address_is_changed_rarely(facts: Facts) -> Finding:
    """OPS-3."""
    times = sorted(facts.site.registrations)
    looked = search(
        f"the address was changed twice within an hour, at {second:%Y-%m-%d %H:%M} UTC"
        if second - first < timedelta(hours=1)
        else None
        for first, second in pairwise(times)
    )
    if looked.broken:
        return looked.finding("changes of the address", "mamctl tracker ip")
    return (
        holds(f"{count_of(len(times), 'change')} of the address in the last month")
        if times
        else unknown("no address has been registered yet", "mamctl tracker ip")
    )


def pushes_can_be_undone(facts: Facts) -> Finding:
    """OPS-5."""
    pushes = facts.change.pushes
    looked = search(
        None if known else f"push {number}: what stood there before is not on record" for number, known in pushes
    )
    return looked.finding(
        "values sent to Audiobookshelf", "mamctl abs push --all", "nothing has been sent to Audiobookshelf yet"
    )


def alerts_are_set(facts: Facts) -> Finding:
    """OPS-1."""
    known = [key for key in facts.settings.keys if key.startswith("alerts.")]
    if not known:
        return violated("there are no alert thresholds", "mamctl config schema", ["no key begins with alerts."])
    return holds(f"{len(known)} keys set the thresholds of alerts; mamctl report writes the page")


CHECKS: Mapping[str, Check] = {
    "CHG-1": changes_are_logged,
    "CHG-2": failing_changes_hold,
    "CHG-3": rollbacks_are_finished,
    "CHG-4": unfinished_rollbacks_say_what_is_left,
    "OPS-1": alerts_are_set,
    "OPS-3": address_is_changed_rarely,
    "OPS-5": pushes_can_be_undone,
}

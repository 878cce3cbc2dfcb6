"""Checks of the ratio guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.ratio.policy import RatioSource
from mamctl.domain.spec.clause import Finding, Search, holds, not_applicable, search, unknown, violated
from mamctl.domain.spec.facts import ClientFacts, Facts, GuardFact, PassFact
from mamctl.domain.text.quantities import show_age, show_size

Check = Callable[[Facts], Finding]

FREEZE_WITHIN = timedelta(minutes=5)
_SETTLED = timedelta(hours=1)
_DAY = timedelta(days=1)
_MOST_FREEZES = 3
_WATCH = "mamctl ratio watch"
_NO_CLIENT = "no torrent client is configured"
_UNWATCHED = "the guard has not run yet"


@dataclass(frozen=True, slots=True)
class FreezeTime:
    """How long one freeze took: at least and at most, since the ratio fell between two passes."""

    began_at: datetime
    least: timedelta
    most: timedelta | None


def freeze_times(facts: Facts) -> Iterator[FreezeTime]:
    """Every freeze on record that the guard decided on and whose passes are still kept, the newest first."""
    floor = facts.settings.ratio.floor
    for one in facts.ratio.transitions:
        if not one.to_emergency or not one.by_guard:
            continue
        done = max(one.at, one.frozen_last_at) if one.frozen_last_at else one.at
        before = [seen for seen in facts.ratio.passes if seen.seen_at <= one.at and not seen.emergency]
        above = next((seen.seen_at for seen in before if seen.ratio is None or seen.ratio >= floor), None)
        below = [
            seen.seen_at for seen in before if above is not None and seen.seen_at > above and seen.ratio is not None
        ]
        yield FreezeTime(one.at, done - min([one.at, *below]), None if above is None else done - above)


def watched_and_frozen_in_time(facts: Facts) -> Finding:
    """RAT-1."""
    if not facts.settings.clients:
        return not_applicable(_NO_CLIENT)
    newest = next(iter(facts.ratio.passes), None)
    if newest is None:
        return unknown(_UNWATCHED, _WATCH)
    age = facts.now - newest.seen_at
    due = timedelta(seconds=2 * facts.settings.ratio.interval)
    scheduled = any(run.job == "ratio" and run.scheduled for run in facts.program.runs)
    if age > due:
        words = f"the last pass was {show_age(age)}; one is due every {_minutes(due / 2)}"
        return violated(words, "mamctl doctor", [words]) if scheduled else unknown(words, "mamctl cron install")
    times = list(freeze_times(facts))
    late = [f"{_when(one.began_at)}: at least {_minutes(one.least)}" for one in times if one.least >= FREEZE_WITHIN]
    if late:
        return violated(f"a freeze took too long: {late[0]}", "mamctl ratio history", late)
    unsure = [one for one in times if one.most is not None and one.most >= FREEZE_WITHIN]
    if unsure:
        gap = _minutes(unsure[0].most or timedelta())
        return unknown(f"the ratio fell within {gap} in which it was not watched ({_when(unsure[0].began_at)})", _WATCH)
    slowest = max((one.most for one in times if one.most is not None), default=None)
    return holds(
        f"the last pass was {show_age(age)}; " + ("no freeze is on record" if slowest is None
        else f"the slowest of {len(times)} freezes took at most {_minutes(slowest)}")
    )  # fmt: skip


def floor_is_hard(facts: Facts) -> Finding:
    """RAT-2."""
    newest = next(iter(facts.ratio.passes), None)
    if newest is None:
        return unknown(_UNWATCHED, _WATCH) if facts.settings.clients else not_applicable(_NO_CLIENT)
    if newest.ratio is None:
        return unknown(f"the ratio is unknown: {newest.unknown_because}") if newest.unknown_because else holds("no end")
    shown = f"the ratio was {show_ratio(newest.ratio)} at {_when(newest.seen_at)}"
    floor = facts.settings.ratio.floor
    last = next(iter(facts.ratio.transitions), None)
    lifted = last is not None and last.override_until is not None and newest.seen_at < last.override_until
    if newest.ratio < floor and not newest.emergency and not lifted:
        return violated(f"{shown}, below {floor:.2f}, without an emergency", _WATCH, [shown])
    if newest.ratio < floor and lifted:
        return holds(f"{shown}; you lifted the emergency yourself")
    return holds(f"{shown}; the guard is {'in the emergency' if newest.emergency else 'normal'}")


def thawed_at_the_recovery(facts: Facts) -> Finding:
    """RAT-3."""
    recovery = facts.settings.ratio.recovery
    thaw = next((one for one in facts.ratio.transitions if not one.to_emergency and one.by_guard), None)
    if thaw is None:
        return unknown("no recovery is on record yet")
    shown = f"the thaw of {_when(thaw.at)} came at the ratio {show_ratio(thaw.ratio)}"
    if thaw.ratio is not None and thaw.ratio < recovery:
        return violated(f"{shown}, below {recovery:.2f}", "mamctl ratio history", [shown])
    return holds(shown if thaw.ratio is not None else f"{shown} (without an end)")


def freeze_is_complete(facts: Facts) -> Finding:
    """RAT-4."""
    since = facts.emergency_since
    if since is None:
        last = next((one for one in facts.ratio.transitions if one.to_emergency), None)
        if last is None:
            return unknown("no emergency is on record")
        return holds(f"no emergency now; the last began at {_when(last.at)} and froze {last.frozen} torrents")
    return _clients(facts, lambda one: one.to_freeze, "is still to be paused, tagged or started")


def thaw_is_complete(facts: Facts) -> Finding:
    """RAT-5."""
    if facts.emergency_since is not None:
        return unknown("the ratio emergency is active: nothing is thawed yet")
    left = [
        f"{one.name} ({one.client}): {one.phase} since {_when(one.written_at)}"
        for one in facts.ratio.journal
        if not one.missing and one.phase not in ("held_back", "waiting") and facts.now - one.written_at > _SETTLED
    ]
    if left:
        return violated(f"{len(left)} torrents are not as they were: {left[0]}", _WATCH, left)
    return _clients(facts, lambda one: one.to_restore, "is still to be restored")


def _clients(facts: Facts, left_of: Callable[[ClientFacts], tuple[str, ...]], words: str) -> Finding:
    """What the guard would still do to the clients, by their own answers. What came later does not count."""
    if not facts.settings.clients:
        return not_applicable(_NO_CLIENT)
    if facts.clients is None:
        return unknown("the torrent clients were not asked", "mamctl spec check")
    left = [f"{one.name}: {name} {words}" for one in facts.clients for name in left_of(one)]
    newest = next(iter(facts.ratio.passes), None)
    if left and newest and facts.now - newest.seen_at < timedelta(seconds=2 * facts.settings.ratio.interval):
        return unknown(f"{len(left)} torrents since the last pass: {left[0]}", _WATCH)
    if left:
        return violated(f"{len(left)} torrents: {left[0]}", _WATCH, left)
    for one in facts.clients:
        if one.error is not None:
            return unknown(f"{one.name}: {one.error}", "mamctl doctor")
    return holds(f"nothing {words} in {', '.join(one.name for one in facts.clients)}")


def paid_asks_the_guard(facts: Facts) -> Finding:
    """RAT-6."""
    looked = search(
        f"“{one.subject}” was allowed at {_when(one.asked_at)}, in the emergency"
        if one.allowed and facts.emergency_at(one.asked_at)
        else None
        for one in facts.ratio.answers
    )
    return looked.finding("answers of the guard", "mamctl ratio history", "the guard has not been asked yet")


def figures_at_hand(facts: Facts) -> Finding:
    """RAT-7."""
    newest = next(iter(facts.ratio.passes), None)
    if newest is None:
        return unknown(_UNWATCHED, _WATCH)
    if newest.unknown_because == "":
        return violated(f"the pass of {_when(newest.seen_at)} has no ratio and does not say why", _WATCH)
    return holds(newest.unknown_because or f"the ratio {show_ratio(newest.ratio)} at {_when(newest.seen_at)}")


def forecast_is_a_range(facts: Facts) -> Finding:
    """RAT-8."""

    def outside(one: PassFact) -> str | None:
        low, middle, high = one.hours
        if middle is None:
            return None
        fine = (low is None or low <= middle) and (high is None or middle <= high) and middle >= 0
        return None if fine else f"the forecast of {_when(one.seen_at)}: {middle:.1f} h, not within {low} to {high}"

    forecasts = [one for one in facts.ratio.passes if one.hours != (None, None, None)]
    looked = search(map(outside, forecasts), facts.ratio.forecasts_total)
    return looked.finding("forecasts", "mamctl ratio forecast", "no forecast is on record")


def passes_leave_figures(facts: Facts) -> Finding:
    """RAT-10."""
    looked = search(
        None if run.id in facts.ratio.recorded_runs else f"the pass of {_when(run.started_at)} left no figures"
        for run in facts.program.runs
        if run.job == "ratio" and run.status in ("ok", "attention") and facts.now - run.started_at < _DAY
    )
    return looked.finding("passes of the last day", "mamctl ratio history", "the guard did not run in the last day")


def unknown_decides_nothing(facts: Facts) -> Finding:
    """RAT-11."""

    def blind(one: GuardFact) -> str | None:
        endless = not one.to_emergency and one.totals_known
        return None if one.ratio is not None or endless else f"the guard moved at {_when(one.at)} without a ratio"

    looked = search(blind(one) for one in facts.ratio.transitions if one.by_guard)
    return looked.finding("moves of the guard", "mamctl ratio history", "the guard has not moved yet")


def work_is_finished(facts: Facts) -> Finding:
    """RAT-12."""
    passes = [one.seen_at for one in facts.ratio.passes]
    if not passes:
        return unknown(_UNWATCHED, _WATCH) if facts.settings.clients else not_applicable(_NO_CLIENT)
    looked = Search()
    for one in facts.ratio.journal:
        begun = one.phase in ("intended", "reverting") and not one.missing
        stuck = begun and max(passes) - one.written_at > _SETTLED and one.client in facts.settings.clients
        looked.look(f"{one.name} ({one.client}): {one.phase} since {_when(one.written_at)}" if stuck else None)
    return looked.finding("torrents in the journal", _WATCH) if looked.looked_at else holds("nothing is open")


def totals_mean_something(facts: Facts) -> Finding:
    """RAT-13."""
    newest = next(iter(facts.ratio.passes), None)
    if newest is None:
        return unknown(_UNWATCHED, _WATCH) if facts.settings.clients else not_applicable(_NO_CLIENT)
    least = facts.settings.ratio.min_downloaded
    if newest.unknown_because is not None:
        return holds(f"the ratio is unknown, and nothing rests on it: {newest.unknown_because}")
    few = newest.downloaded_bytes is not None and newest.downloaded_bytes < least
    if few and newest.ratio is not None and newest.source == RatioSource.QBITTORRENT:
        few_bytes = show_size(newest.downloaded_bytes or 0)
        words = f"the ratio of {_when(newest.seen_at)} rests on {few_bytes}, less than {show_size(least)}"
        return violated(words, _WATCH, [words])
    unrecorded = [one for one in facts.clients or () if one.unrecorded]
    if unrecorded:
        shown = ", ".join(f"{one.unrecorded} in {one.name}" for one in unrecorded)
        return holds(f"torrents that carry the guard's tag without a record are reported: {shown}")
    return holds(f"the pass of {_when(newest.seen_at)} rests on enough")


def no_flapping(facts: Facts) -> Finding:
    """RAT-14."""
    began = sorted(one.at for one in facts.ratio.transitions if one.to_emergency and one.by_guard)
    most = max((sum(first <= one < first + _DAY for one in began) for first in began), default=0)
    if most > _MOST_FREEZES:
        return violated(f"{most} emergencies began within a day", "mamctl ratio history", map(_when, began))
    return holds(f"at most {most} within a day") if began else unknown("no emergency is on record")


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _minutes(span: timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


CHECKS: Mapping[str, Check] = {
    "RAT-1": watched_and_frozen_in_time,
    "RAT-2": floor_is_hard,
    "RAT-3": thawed_at_the_recovery,
    "RAT-4": freeze_is_complete,
    "RAT-5": thaw_is_complete,
    "RAT-6": paid_asks_the_guard,
    "RAT-7": figures_at_hand,
    "RAT-8": forecast_is_a_range,
    "RAT-10": passes_leave_figures,
    "RAT-11": unknown_decides_nothing,
    "RAT-12": work_is_finished,
    "RAT-13": totals_mean_something,
    "RAT-14": no_flapping,
}

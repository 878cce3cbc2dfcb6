"""The success measures: each a figure from the store, with what counts as an incident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.exchange import ExchangeOutcome
from mamctl.domain.spec.checks.ratio import FREEZE_WITHIN, freeze_times
from mamctl.domain.spec.clause import Clause, ClauseState, Finding, unknown
from mamctl.domain.spec.facts import Facts
from mamctl.errors import ExitCode

MONTH = timedelta(days=30)
COVERAGE = 0.90  # of branches: what `make test` demands; without it there is no release
_GOOD = ("ok", "attention")
_CALLED_OUT = frozenset({ExchangeOutcome.UNREACHABLE, ExchangeOutcome.UNREADABLE, ExchangeOutcome.REFUSED})

Figure = tuple[float | None, str]
"""A figure in the measure's unit, or None; and how it came about, or why there is none."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, from its beginning to its end; `ended_at` is None while it lasts."""

    kind: str
    began_at: datetime
    ended_at: datetime | None
    detail: str


def judge_measure(clause: Clause, figure: Figure) -> Finding:
    """A figure against the clause's bound: at least `least`, or less than `most`."""
    value, words = figure
    if value is None:
        return unknown(words)
    if clause.least is not None:
        good, bound = value >= clause.least, f"at least {_show(clause.least, clause.unit)}"
    else:
        good, bound = value < (clause.most or 0), f"less than {_show(clause.most or 0, clause.unit)}"
    state = ClauseState.HOLDS if good else ClauseState.VIOLATED
    return Finding(state, f"{_show(value, clause.unit)} ({bound}): {words}", figure=value)


def _show(value: float, unit: str | None) -> str:
    if unit == "share":
        # Cut, not rounded: 94.96% is not 95.0%.
        return f"{int(value * 1000) / 10:g}%"
    return f"{value:.0f} s" if unit == "seconds" else f"{value:g}"


def enriched(facts: Facts) -> Figure:
    """Share of the library's books that are enriched."""
    good, total = facts.library.books_enriched, facts.library.books_total
    return (good / total, f"{good:,} of {total:,} books") if total else (None, "no book has been scanned yet")


def daily_success(facts: Facts) -> Figure:
    """Share of the days on which the daily task succeeded, from its first day on record, today left out."""
    days = _days(facts)
    if not days:
        return None, "no whole day of the daily task is on record yet"
    good = sum(day not in _lost_days(facts) for day in days)
    return good / len(days), f"{good} of {len(days)} days"


def slowest_freeze(facts: Facts) -> Figure:
    """Seconds that the slowest freeze of the last month took for sure."""
    times = [one for one in freeze_times(facts) if facts.now - one.began_at <= MONTH]
    if not times:
        return None, "no freeze in the last 30 days"
    slowest = max(one.least if one.most is None or one.most >= FREEZE_WITHIN else one.most for one in times)
    return slowest.total_seconds(), f"the slowest of {len(times)} freezes"


def availability(facts: Facts) -> Figure:
    """Share of the exchanges with sources that were answered, in the last month."""
    since = f"{facts.now - MONTH:%Y-%m-%d}"
    counts = dict.fromkeys(ExchangeOutcome, 0)
    for one in facts.site.exchanges:
        if one.day >= since:
            counts[one.outcome] += one.count
    total = sum(counts.values())
    if not total:
        return None, "no exchange in the last 30 days"
    failed = sum(counts[outcome] for outcome in _CALLED_OUT)
    return (total - failed) / total, f"{total - failed:,} of {total:,} exchanges"


def coverage(_: Facts) -> Figure:
    """The least branch coverage that a release of this version may have."""
    return COVERAGE, "a build below this fails"


def incident_count(facts: Facts) -> Figure:
    """Incidents of the last month."""
    if not facts.program.runs:
        return None, "no run is on record yet"
    found = find_incidents(facts)
    return float(len(found)), "; ".join(f"{one.kind} {one.began_at:%Y-%m-%d}" for one in found[:3]) or "none"


def find_incidents(facts: Facts) -> tuple[Incident, ...]:
    """What went wrong in the last month, the oldest first."""
    return tuple(sorted(_incidents(facts), key=lambda one: one.began_at))


def _incidents(facts: Facts) -> Iterator[Incident]:
    month = facts.now - MONTH
    for day in _days(facts):
        if day in _lost_days(facts):
            began = datetime.combine(day, time(), facts.now.tzinfo)
            yield Incident("daily_task", began, began + timedelta(days=1), "the daily task did not succeed that day")
    for freeze in freeze_times(facts):
        if freeze.began_at >= month and freeze.least >= FREEZE_WITHIN:
            end = freeze.began_at + freeze.least
            yield Incident("slow_freeze", freeze.began_at, end, f"{freeze.least.total_seconds():.0f} s")
    for spell in facts.program.spells:
        if (spell.ended_at or facts.now) >= month:
            yield Incident("broken_promise", spell.began_at, spell.ended_at, spell.subject)
    yield from _rollbacks(facts, month)
    for run in facts.program.runs:
        if run.started_at >= month and run.exit_code == ExitCode.BUG:
            yield Incident("bug", run.started_at, run.finished_at, run.job)


def _rollbacks(facts: Facts, since: datetime) -> Iterator[Incident]:
    for change in facts.change.changes:
        if change.taken_back and change.at >= since:
            yield Incident("rollback", change.at, change.closed_at, f"change {change.id} was taken back by itself")


def _days(facts: Facts) -> list[date]:
    """The whole days of the last month since the first scheduled run of the daily task on record."""
    runs = [run.started_at.date() for run in facts.program.runs if run.job == "vip" and run.scheduled]
    if not runs:
        return []
    first = max(min(runs), (facts.now - MONTH).date())
    return [first + timedelta(days=n) for n in range((facts.now.date() - first).days)]


def _lost_days(facts: Facts) -> frozenset[date]:
    good = {run.started_at.date() for run in facts.program.runs if run.job == "vip" and run.status in _GOOD}
    return frozenset(_days(facts)) - good


FIGURES: Mapping[str, Callable[[Facts], Figure]] = {
    "META-8": enriched,
    "OPS-2-DAILY": daily_success,
    "OPS-2-FREEZE": slowest_freeze,
    "OPS-2-ENRICHED": enriched,
    "OPS-2-SOURCES": availability,
    "OPS-2-COVERAGE": coverage,
    "OPS-2-INCIDENTS": incident_count,
}

"""Which alerts stand: facts and thresholds to alerts, each with its figure, its clause and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.alerts.facts import AlertFacts, ScheduledJob, SiteFigures
from mamctl.domain.alerts.policy import AlertName, AlertPolicy
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.text.quantities import show_size

_DAY = timedelta(days=1)
_LAPSED_FOR = 30 * _DAY  # who let VIP go knows it by then
_SHORTEST_GRACE = timedelta(minutes=30)  # a machine that was asleep needs a moment
_STEADY = 1e-6  # of a ratio a day: less is not a fall


@dataclass(frozen=True, slots=True)
class Alert:
    """A figure beyond its threshold. `subject` tells apart alerts of one name; `deadline` is when it becomes worse.

    The unit of `figure` and `threshold` is the name's: days of VIP, a ratio, points, torrents, readings, seconds since
    a job's last success, days, bytes; for a clause and an address it is text.
    """

    name: AlertName
    clause: str
    figure: float | str | None
    threshold: float | str | None
    message: str
    remedy: str
    subject: str | None = None
    deadline: datetime | None = None

    @property
    def problem(self) -> Problem:
        """The same as a problem, as it is reported and remembered."""
        return Problem(f"alert_{self.name}", self.message, self.subject, self.remedy, self.deadline)


@dataclass(frozen=True, slots=True)
class StandingAlert:
    """A figure beyond its threshold since then, with the clause it belongs to and the command that helps."""

    name: str
    clause: str
    figure: float | str | None
    threshold: float | str | None
    since: datetime
    remedy: str
    subject: str | None
    message: str


def judge_alerts(facts: AlertFacts, policy: AlertPolicy, now: datetime) -> tuple[Alert, ...]:
    """Every alert that stands, the most pressing kinds first."""
    found = (
        *_vip(facts, policy, now),
        *_ratio(facts, policy),
        *_site(facts.site, policy),
        *_jobs(facts.jobs, policy, now),
        *_sources(facts, policy, now),
        *_disks(facts, policy),
        *_clauses(facts),
        *_address(facts),
    )
    return tuple(alert for alert in found if alert.name not in policy.off)


def unknown_alerts(facts: AlertFacts) -> frozenset[AlertName]:
    """The alerts that these facts say nothing of: one of them that stands goes on standing."""
    site = facts.site
    unknown = {
        AlertName.VIP_ENDS: not facts.vip_known,
        AlertName.RATIO_LOW: facts.ratio is None,
        AlertName.POINTS_HIGH: site.points is None,
        AlertName.UNSATISFIED_HIGH: site.unsatisfied is None or site.unsatisfied_limit is None,
        AlertName.HIT_AND_RUN: site.hit_and_runs is None,
        AlertName.NOT_CONNECTABLE: not site.connectable,
        AlertName.DISK_LOW: facts.disks is None,
        AlertName.CLAUSE_VIOLATED: facts.clauses is None,
        AlertName.SEEDBOX_ADDRESS: not facts.address_known,
    }
    return frozenset(name for name, holds in unknown.items() if holds)


def overdue_after(job: ScheduledJob, policy: AlertPolicy) -> timedelta:
    """How long after its last success a job is overdue; half an hour at least."""
    return max(job.interval * policy.job_intervals, _SHORTEST_GRACE)


def overdue_jobs(jobs: tuple[ScheduledJob, ...], policy: AlertPolicy, now: datetime) -> tuple[ScheduledJob, ...]:
    """The jobs that have not succeeded for too long."""
    return tuple(job for job in jobs if now - job.last_success_at > overdue_after(job, policy))


def overdue_words(job: ScheduledJob) -> str:
    """Since when a job has not succeeded, and how often it is due."""
    since = f"since {job.last_success_at:%Y-%m-%d %H:%M} UTC"
    found = f"has not succeeded {since}" if job.ever else f"has never succeeded, scheduled {since}"
    return f"{job.job} {found}; it is due every {_span(job.interval)}"


def _vip(facts: AlertFacts, policy: AlertPolicy, now: datetime) -> Iterator[Alert]:
    vip = facts.vip
    if vip is None or not -_LAPSED_FOR < vip.expires_at - now <= timedelta(days=policy.vip_days):
        return
    left = (vip.expires_at - now) / _DAY
    ends = (
        f"VIP ends on {vip.expires_at:%Y-%m-%d}, in {left:.1f} days"
        if left > 0
        else f"VIP ended on {vip.expires_at:%Y-%m-%d}"
    )
    if vip.suffices_at is None:
        points = "the points will not suffice for a renewal within a year"
    elif vip.suffices_at > now:
        points = f"the points suffice for a renewal on {vip.suffices_at:%Y-%m-%d}"
    else:
        points = "the points suffice for a renewal"
    reason = f"; it was not renewed: {vip.reason}" if vip.reason else ""
    yield Alert(
        AlertName.VIP_ENDS,
        "VIP-7",
        round(max(left, 0.0), 2),
        policy.vip_days,
        f"{ends}, and {points}{reason}",
        "mamctl vip check --dry-run",
        deadline=vip.expires_at,
    )


def _ratio(facts: AlertFacts, policy: AlertPolicy) -> Iterator[Alert]:
    trend = facts.ratio
    if trend is None:
        return
    line = trend.floor + policy.ratio_margin
    hours = hours_to(trend.ratio, line, trend.per_day)
    falls = hours is not None and hours <= policy.ratio_within / 3600
    if trend.ratio >= line and not falls:
        return
    if trend.ratio < line:
        change = "" if trend.per_day is None else f" and changes by {trend.per_day:+.3f} a day"
        text = f"the ratio is {show_ratio(trend.ratio)}, under {line:.2f}{change}"
    else:
        falling = f"falls to {line:.2f} within {hours:.0f} hours at the last day's rate"
        text = f"the ratio is {show_ratio(trend.ratio)} and {falling}"
    yield Alert(AlertName.RATIO_LOW, "RAT-2", round(trend.ratio, 4), round(line, 4), text, "mamctl ratio forecast")


def hours_to(ratio: float, line: float, per_day: float | None) -> float | None:
    """Hours until a falling ratio is at `line`; 0.0 when it is below, None when it does not fall."""
    if ratio < line:
        return 0.0
    if per_day is None or per_day > -_STEADY:
        return None
    return (ratio - line) / -per_day * 24


def _site(site: SiteFigures, policy: AlertPolicy) -> Iterator[Alert]:
    if site.points is not None and site.points >= policy.points:
        yield Alert(
            AlertName.POINTS_HIGH,
            "RAT-9",
            site.points,
            policy.points,
            f"{site.points:,.0f} points: at 99,999 the site stops counting, and what is earned is lost",
            "mamctl ratio points",
        )
    count, limit = site.unsatisfied, site.unsatisfied_limit
    if count is not None and limit is not None and count >= limit - site.reserve:
        yield Alert(
            AlertName.UNSATISFIED_HIGH,
            "QUE-2",
            count,
            limit - site.reserve,
            f"{count} of {limit} unsatisfied torrents: past the limit the site blocks downloads for a day",
            "mamctl queue slots",
        )
    if site.hit_and_runs is not None and site.hit_and_runs >= policy.hit_and_runs:
        many = "1 torrent is" if site.hit_and_runs == 1 else f"{site.hit_and_runs} torrents are"
        yield Alert(
            AlertName.HIT_AND_RUN,
            "QUE-6",
            site.hit_and_runs,
            policy.hit_and_runs,
            f"{many} a hit and run: seed them until the site counts 72 hours",
            "your page on the site lists them; start each again in your client",
        )
    newest = site.connectable[: policy.unconnectable]
    if len(newest) == policy.unconnectable and not any(newest):
        times = "" if len(newest) == 1 else f" {len(newest)} times in a row"
        yield Alert(
            AlertName.NOT_CONNECTABLE,
            "EVT-1",
            len(newest),
            policy.unconnectable,
            f"the site could not connect to your client{times}: others cannot download from you; is its port open?",
            "mamctl doctor",
        )


def _jobs(jobs: tuple[ScheduledJob, ...], policy: AlertPolicy, now: datetime) -> Iterator[Alert]:
    for job in overdue_jobs(jobs, policy, now):
        yield Alert(
            AlertName.JOB_OVERDUE,
            "OPS-2",
            round((now - job.last_success_at).total_seconds()),
            round(overdue_after(job, policy).total_seconds()),
            overdue_words(job),
            f"mamctl {job.command}",
            job.job,
        )


def _sources(facts: AlertFacts, policy: AlertPolicy, now: datetime) -> Iterator[Alert]:
    for source in facts.sources:
        days = (now.date() - source.down_since.date()).days
        if days >= policy.source_days:
            yield Alert(
                AlertName.SOURCE_DOWN,
                "OPS-2",
                days,
                policy.source_days,
                f"{source.service} has answered nothing since {source.down_since:%Y-%m-%d}",
                "mamctl doctor",
                source.service,
            )


def _disks(facts: AlertFacts, policy: AlertPolicy) -> Iterator[Alert]:
    for disk in facts.disks or ():
        if disk.free_bytes < policy.disk_free:
            text = f"{disk.path}: {show_size(disk.free_bytes)} free, less than {show_size(policy.disk_free)}"
            yield Alert(
                AlertName.DISK_LOW, "EVT-1", disk.free_bytes, policy.disk_free, text, f"df -h {disk.path}", disk.path
            )


def _clauses(facts: AlertFacts) -> Iterator[Alert]:
    for broken in facts.clauses or ():
        yield Alert(
            AlertName.CLAUSE_VIOLATED, broken.clause, "violated", "holds", broken.message, broken.remedy, broken.clause
        )


def _address(facts: AlertFacts) -> Iterator[Alert]:
    address = facts.address
    if address is not None:
        known = address.registered or "none"
        text = f"the site sees {address.seen}, and the registered seedbox address is {known}"
        yield Alert(AlertName.SEEDBOX_ADDRESS, "OPS-3", address.seen, known, text, "mamctl tracker ip update")


def _span(length: timedelta) -> str:
    days, minutes = length / _DAY, length / timedelta(minutes=1)
    if days >= 1:
        return "day" if days == 1 else f"{days:g} days"
    if minutes >= 60:
        return "hour" if minutes == 60 else f"{minutes / 60:g} hours"
    return "minute" if minutes == 1 else f"{minutes:g} minutes"


# What is said when an alert is over.
ALERT_ENDS = {
    "alert_vip_ends": "VIP no longer ends soon",
    "alert_ratio_low": "the ratio is clear of its floor again",
    "alert_points_high": "the points are clear of the site's cap again",
    "alert_unsatisfied_high": "the unsatisfied torrents are clear of their limit again",
    "alert_hit_and_run": "no torrent is a hit and run any more",
    "alert_not_connectable": "the site can connect to your client again",
    "alert_job_overdue": "{subject} has succeeded again",
    "alert_source_down": "{subject} answers again",
    "alert_disk_low": "{subject} has room again",
    "alert_clause_violated": "{subject} holds again",
    "alert_seedbox_address": "the registered seedbox address is the one the site sees",
}

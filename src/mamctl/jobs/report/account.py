"""The report's figures of the account and the ratio: what was, what is, and its forecast."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mamctl.domain.account.account import judge_vip_status
from mamctl.domain.account.points import LONGEST_PERIOD, Points, judge_points, whole_renewals
from mamctl.domain.account.policy import VipPolicy
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.report.figures import AccountSection, Band, Fan, LimitsSection, RatioSection
from mamctl.domain.report.series import Mark, Value, ratio_courses, thin, with_gaps
from mamctl.jobs.ratio.stats import forecast_for, recent_rates
from mamctl.store.account.decisions import past_decisions
from mamctl.store.account.purchases import open_claim
from mamctl.store.account.readings import (
    KnownAccount,
    PastReading,
    last_account,
    last_connectable,
    last_wedges,
    list_balances,
    list_readings,
    list_spendings,
)
from mamctl.store.ratio.guard import list_transitions, read_guard
from mamctl.store.ratio.stats import last_pass, list_ratios
from mamctl.store.site.rules import list_events

_DAY = timedelta(days=1)
_EPOCH_YEARS = timedelta(days=3660)
_FURTHEST = 14 * _DAY
_STEPS = 12
_NO_READING = 3 * _DAY.total_seconds()  # the account is read daily: a longer silence is a gap


def account_section(db: sqlite3.Connection, policy: VipPolicy, since: datetime, now: datetime) -> AccountSection | None:
    """VIP and points; None before the account was read."""
    account = last_account(db)
    if account is None:
        return None
    begin = min(since, now - LONGEST_PERIOD)
    balances, spendings = list_balances(db, begin), list_spendings(db, begin)
    points = judge_points(
        balances,
        spendings,
        account.expires_at,
        policy,
        now,
        period=whole_renewals(balances, spendings, now),
        user_class=account.user_class,
    )
    status = judge_vip_status(
        account.expires_at,
        now,
        renew_within_days=policy.renew_within_days,
        claim_unsettled=open_claim(db) is not None,
        user_class=account.user_class,
        expiry_known=account.expires_at is not None,
    )
    decisions = past_decisions(db, 1)
    history = with_gaps([(one.at, one.points) for one in balances if one.at >= since], _NO_READING)
    return AccountSection(
        seen_at=account.seen_at,
        user_class=account.user_class,
        vip_status=status.value,
        expires_at=account.expires_at,
        days_left=max(0.0, (account.expires_at - now) / _DAY) if account.expires_at else None,
        points=account.points,
        earned_per_day=points.earned_per_day,
        counted_since=points.since,
        earned=points.earned,
        spent=points.spent,
        returned=points.returned,
        needed=points.renewal_price,
        renewal_at=points.renewal_at,
        renewal_covered=points.renewal_covered,
        renewal_due_at=points.renewal_due_at,
        last_decision=decisions[0].reason if decisions else None,
        history=thin(history, since, now),
        forecast=tuple(_points_ahead(points, account, now)),
        renewals=tuple(spending.at for spending in spendings if spending.at >= since),
    )


def _points_ahead(points: Points, account: KnownAccount, now: datetime) -> Iterator[Mark]:
    """A straight line to the day on which the points suffice, or on which the renewal is due; two months at most."""
    if points.earned_per_day is None or account.points is None:
        return
    goal = max((at for at in (points.renewal_at, points.renewal_due_at) if at is not None), default=now + 30 * _DAY)
    end = min(max(goal, now + 7 * _DAY), now + 60 * _DAY)
    yield Mark(now, account.points)
    yield Mark(end, account.points + points.earned_per_day * ((end - now) / _DAY))


def ratio_section(
    db: sqlite3.Connection, policy: RatioPolicy, clients: Sequence[str], since: datetime, now: datetime
) -> RatioSection:
    """The ratio with its emergencies, the site's events and the fan of how it may go on."""
    guard, kept, account = read_guard(db).guard, last_pass(db), last_account(db)
    names = dict.fromkeys(clients, ())
    forecast = forecast_for(db, policy, kept.reading, kept.figures, names, kept.seen_at) if kept else None
    reading = kept.reading if kept else None
    fan: tuple[Fan, ...] = ()
    if kept and reading and reading.known and reading.uploaded is not None and reading.downloaded is not None:
        rates = tuple(recent_rates(db, policy, kept.figures, names, kept.seen_at))
        span = min(max((now - since) / 6, _DAY), _FURTHEST)
        hours = [span / timedelta(hours=1) * step / _STEPS for step in range(_STEPS + 1)]
        left = kept.figures.flowing_left + kept.figures.frozen_left
        courses = ratio_courses(reading.uploaded, reading.downloaded, rates, left, hours)
        fan = tuple(Fan(now + timedelta(hours=one.hours), one.low, one.middle, one.high) for one in courses)
    known = reading is not None and reading.ratio is not None
    return RatioSection(
        ratio=reading.ratio if reading and known else account.ratio if account else None,
        unknown_because=(reading.why or None) if reading and not known else None,
        as_of=kept.seen_at if kept else account.seen_at if account else None,
        source=policy.source.value if kept else "tracker",
        floor=policy.floor,
        recovery=policy.recovery,
        state=guard.state.value,
        since=guard.since,
        hours_low=forecast.hours_low if forecast else None,
        hours=forecast.hours if forecast else None,
        hours_high=forecast.hours_high if forecast else None,
        history=thin(_ratios(db, since, now), since, now),
        emergencies=tuple(_emergencies(db, since)),
        events=tuple(_events(db, since, now)),
        fan=fan,
    )


def _ratios(db: sqlite3.Connection, since: datetime, now: datetime) -> Iterator[Value]:
    """The ratio with the lows and highs of each hour or day; a stretch in which it was unknown is a gap."""
    for at, grain, ratio, low, high in list_ratios(db, since, now):
        if ratio is None or grain == "pass":
            yield at, ratio
            continue
        for value in dict.fromkeys((low, high, ratio)):
            if value is not None:
                yield at, value


def _emergencies(db: sqlite3.Connection, since: datetime) -> Iterator[Band]:
    began: datetime | None = None
    reason: str | None = None
    for one in list_transitions(db, since - _EPOCH_YEARS):
        if one.to_state.value == "emergency":
            began, reason = one.at, one.reason
        elif began is not None:
            if one.at >= since:
                yield Band("emergency", began, one.at, reason)
            began = None
    if began is not None:
        yield Band("emergency", began, None, reason)


def _events(db: sqlite3.Connection, since: datetime, now: datetime) -> Iterator[Band]:
    for event in reversed(list_events(db)):
        if event.starts_at <= now and (event.ends_at is None or event.ends_at >= since):
            yield Band(event.kind.value, event.starts_at, event.ends_at, event.note)


def limits_section(
    db: sqlite3.Connection, policy: RatioPolicy, reserve: int, since: datetime, now: datetime
) -> LimitsSection:
    """What the site counts, against its limits."""
    account = last_account(db)
    readings = list_readings(db, since)
    connectable = last_connectable(db, 1)
    up, down = (account.uploaded_bytes, account.downloaded_bytes) if account else (None, None)
    marks = with_gaps([(one.at, _buffer(one, policy)) for one in readings], _NO_READING)
    open_ones = with_gaps([(one.at, one.unsatisfied) for one in readings], _NO_READING)
    return LimitsSection(
        uploaded_bytes=up,
        downloaded_bytes=down,
        buffer_bytes=None if up is None or down is None else int(up / policy.floor - down),
        unsatisfied=account.unsatisfied.count if account else None,
        unsatisfied_limit=account.unsatisfied.limit if account else None,
        reserve=reserve,
        hit_and_runs=account.hit_and_runs if account else None,
        connectable=connectable[0] if connectable else None,
        wedges=last_wedges(db),
        buffer_history=thin(marks, since, now),
        unsatisfied_history=thin(open_ones, since, now),
    )


def _buffer(reading: PastReading, policy: RatioPolicy) -> float | None:
    if reading.uploaded_bytes is None or reading.downloaded_bytes is None:
        return None
    return reading.uploaded_bytes / policy.floor - reading.downloaded_bytes

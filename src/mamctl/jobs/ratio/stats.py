"""The figures of a pass and the forecast that follows, from what the clients show and what is on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mamctl.domain.ratio.client import ClientSnapshot
from mamctl.domain.ratio.forecast import UNKNOWN, Forecast, ForecastFacts, Rates, forecast_recovery
from mamctl.domain.ratio.guard import Guard, GuardState, show_ratio
from mamctl.domain.ratio.reading import RatioPolicy, RatioReading, RatioSource, TotalsReading
from mamctl.domain.ratio.stats import PassStats, TotalsSample, add_rates, rate_over
from mamctl.store.ratio_stats import last_totals, samples_since

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StatsView:
    """RAT-7: what is watched, in one glance. Bytes, bytes a second, hours; None is unknown."""

    ratio: float | None
    ratio_text: str
    emergency: bool
    since: datetime | None
    emergency_hours: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    upspeed: int | None
    dlspeed: int | None
    active_uploads: int
    active_downloads: int
    frozen: int
    torrents: int
    flowing_left_bytes: int
    frozen_left_bytes: int
    hours_to_recovery: float | None


def totals_of(db: sqlite3.Connection, name: str, snapshot: ClientSnapshot | None) -> TotalsReading | None:
    """What one client moved, as it says now and as it last said; None when it was never heard."""
    last = last_totals(db, name)
    if snapshot is None:
        return TotalsReading(None, None, *last) if last else None
    totals = snapshot.totals
    return TotalsReading(totals.uploaded_alltime, totals.downloaded_alltime, *(last or (None, None)))


def forecast_for(
    db: sqlite3.Connection,
    policy: RatioPolicy,
    reading: RatioReading,
    figures: PassStats,
    fresh: Mapping[str, Sequence[TotalsSample]],
    now: datetime,
) -> Forecast:
    """When the ratio that decides will be at the recovery; unknown without the bytes it follows from.

    `fresh` names the clients, each with what it says now where that is not on record yet.
    """
    if reading.uploaded is None or reading.downloaded is None:
        return UNKNOWN
    return forecast_recovery(
        ForecastFacts(
            uploaded=reading.uploaded,
            downloaded=reading.downloaded,
            target=policy.recovery,
            rates=tuple(_rates(db, policy, figures, fresh, now)),
            flowing_left=figures.flowing_left,
            frozen_left=figures.frozen_left,
            free_counts=reading.source is RatioSource.QBITTORRENT,
        )
    )


def _rates(
    db: sqlite3.Connection,
    policy: RatioPolicy,
    figures: PassStats,
    fresh: Mapping[str, Sequence[TotalsSample]],
    now: datetime,
) -> Iterable[Rates]:
    if figures.upspeed is not None and figures.dlspeed is not None:
        yield Rates(0, figures.upspeed, figures.dlspeed)
    longest = timedelta(seconds=max(policy.forecast_windows, default=0))
    marks = [(*samples_since(db, name, now - longest), *new) for name, new in fresh.items()]
    for window in policy.forecast_windows:
        if rates := add_rates(rate_over(of_client, window, now) for of_client in marks):
            yield rates


def samples_of(snapshots: Iterable[ClientSnapshot], now: datetime) -> dict[str, tuple[TotalsSample, ...]]:
    """What each client says now."""
    return {snapshot.name: tuple(_mark(snapshot, now)) for snapshot in snapshots}


def _mark(snapshot: ClientSnapshot, now: datetime) -> Iterable[TotalsSample]:
    totals = snapshot.totals
    if totals.uploaded_alltime is not None and totals.downloaded_alltime is not None:
        yield TotalsSample(now, totals.uploaded_alltime, totals.downloaded_alltime)


def hours_since(guard: Guard, now: datetime) -> float | None:
    """How long the guard is what it is; 0 where the clock was set back since."""
    return max(0.0, (now - guard.since) / _HOUR) if guard.since else None


def view_stats(guard: Guard, reading: RatioReading, figures: PassStats, forecast: Forecast, now: datetime) -> StatsView:
    """The figures as they are reported."""
    emergency = guard.state is GuardState.EMERGENCY
    return StatsView(
        ratio=reading.ratio,
        ratio_text=show_ratio(reading.ratio),
        emergency=emergency,
        since=guard.since if emergency else None,
        emergency_hours=hours_since(guard, now) if emergency else None,
        uploaded_bytes=reading.uploaded,
        downloaded_bytes=reading.downloaded,
        upspeed=figures.upspeed,
        dlspeed=figures.dlspeed,
        active_uploads=figures.active_uploads,
        active_downloads=figures.active_downloads,
        frozen=figures.frozen,
        torrents=figures.torrents,
        flowing_left_bytes=figures.flowing_left,
        frozen_left_bytes=figures.frozen_left,
        hours_to_recovery=forecast.hours,
    )

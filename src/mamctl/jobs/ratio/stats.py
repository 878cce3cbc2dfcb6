"""The figures of a pass and the forecast that follows, from what the clients show and what is on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mamctl.domain.ratio.forecast import UNKNOWN, Forecast, ForecastFacts, Rates, forecast_recovery
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.stats import PassStats, TotalsSample, add_rates, rate_over
from mamctl.domain.ratio.totals import TotalsFound, read_totals, sure_totals
from mamctl.store.ratio.stats import last_totals, read_baseline, samples_since, write_baseline

if TYPE_CHECKING:
    from mamctl.domain.ratio.client import ClientSnapshot


def read_client_totals(
    db: sqlite3.Connection, name: str, snapshot: ClientSnapshot | None, now: datetime
) -> TotalsFound | None:
    """What one client moved, as it says now and as it last said; None if never read. A fall of its statistics
    is on record from this moment.
    """
    last, baseline = last_totals(db, name), read_baseline(db, name)
    if snapshot is None and last is None:
        return None
    totals = snapshot.totals if snapshot else None
    sure = sure_totals(totals.uploaded_alltime, totals.downloaded_alltime) if totals else None
    found = read_totals(name, sure, last, baseline, now)
    if found.baseline != baseline:
        write_baseline(db, name, found.baseline)
    return found


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
    if not reading.known or reading.uploaded is None or reading.downloaded is None:
        return UNKNOWN
    return forecast_recovery(
        ForecastFacts(
            uploaded=reading.uploaded,
            downloaded=reading.downloaded,
            target=policy.recovery,
            rates=tuple(recent_rates(db, policy, figures, fresh, now)),
            flowing_left=figures.flowing_left,
            frozen_left=figures.frozen_left,
            free_counts=reading.source is RatioSource.QBITTORRENT,
        )
    )


def recent_rates(
    db: sqlite3.Connection,
    policy: RatioPolicy,
    figures: PassStats,
    fresh: Mapping[str, Sequence[TotalsSample]],
    now: datetime,
) -> Iterable[Rates]:
    """The rates of this moment and over each of the forecast's windows, where they are known."""
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
    moved = sure_totals(snapshot.totals.uploaded_alltime, snapshot.totals.downloaded_alltime)
    if moved:
        yield TotalsSample(now, moved.up, moved.down)

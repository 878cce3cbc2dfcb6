"""PassStats: one row a pass, made coarser as they age, so that years stay small."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from mamctl.dataclass import dataclass
from mamctl.domain.ratio.forecast import Forecast
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.history import Point
from mamctl.domain.ratio.policy import RatioPolicy, RatioSource
from mamctl.domain.ratio.reading import RatioReading, ratio_of
from mamctl.domain.ratio.stats import PassStats, TotalsSample
from mamctl.domain.ratio.totals import MOST, Baseline, Totals, sure_totals
from mamctl.domain.timestamps import timestamp
from mamctl.sqlite import transaction
from mamctl.store.values import sure_moment

if TYPE_CHECKING:
    from mamctl.domain.ratio.client import ClientSnapshot

_STEADY = 9  # passes


@dataclass(frozen=True, slots=True)
class WatchPass:
    """What one pass leaves of itself."""

    state: GuardState
    reading: RatioReading
    account: RatioReading | None
    figures: PassStats
    forecast: Forecast
    clients: int
    clients_unknown: int
    without_record: Mapping[str, int] = field(default_factory=dict)


def record_pass(
    db: sqlite3.Connection, run_id: int, seen: WatchPass, snapshots: Iterable[ClientSnapshot], now: datetime
) -> None:
    """One row of figures, and one for each client that answered (RAT-10)."""
    figures, reading, forecast = seen.figures, seen.reading, seen.forecast
    row = {
        "run_id": run_id, "seen_at": timestamp(now), "state": seen.state.value, "source": reading.source.value,
        "ratio": _finite(reading.ratio), "unknown_because": None if reading.known else reading.why,
        "tracker_ratio": _finite(seen.account.ratio) if seen.account else None,
        "uploaded_bytes": reading.uploaded, "downloaded_bytes": reading.downloaded,
        "upspeed": figures.upspeed, "dlspeed": figures.dlspeed, "active_uploads": figures.active_uploads,
        "active_downloads": figures.active_downloads, "frozen": figures.frozen, "torrents": figures.torrents,
        "flowing_left_bytes": figures.flowing_left, "frozen_left_bytes": figures.frozen_left,
        "clients": seen.clients, "clients_unknown": seen.clients_unknown,
        "hours_low": forecast.hours_low, "hours": forecast.hours, "hours_high": forecast.hours_high,
    }  # fmt: skip
    with transaction(db):
        db.execute(
            "INSERT INTO figures (run_id, seen_at, state, source, ratio, unknown_because, tracker_ratio,"
            " uploaded_bytes, downloaded_bytes, upspeed, dlspeed, active_uploads, active_downloads, frozen, torrents,"
            " flowing_left_bytes, frozen_left_bytes, clients, clients_unknown, hours_low, hours, hours_high)"
            " VALUES (:run_id, :seen_at, :state, :source, :ratio, :unknown_because, :tracker_ratio, :uploaded_bytes,"
            " :downloaded_bytes, :upspeed, :dlspeed, :active_uploads, :active_downloads, :frozen, :torrents,"
            " :flowing_left_bytes, :frozen_left_bytes, :clients, :clients_unknown, :hours_low, :hours, :hours_high)",
            row,
        )
        db.executemany(
            "INSERT OR REPLACE INTO client_figures (client, seen_at, uploaded_bytes, downloaded_bytes, upspeed,"
            " dlspeed, torrents, without_record, session_paused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_client_row(snapshot, seen.without_record.get(snapshot.name, 0), now) for snapshot in snapshots],
        )


def _client_row(snapshot: ClientSnapshot, without_record: int, now: datetime) -> tuple[object, ...]:
    totals = snapshot.totals
    sure = sure_totals(totals.uploaded_alltime, totals.downloaded_alltime)
    return (
        snapshot.name, timestamp(now), sure.up if sure else None, sure.down if sure else None,
        _held(totals.upspeed), _held(totals.dlspeed), len(snapshot.torrents), without_record, snapshot.session_paused,
    )  # fmt: skip


def _held(value: int) -> int:
    """What SQLite can hold; an absurd figure is as good as the largest."""
    return max(0, min(value, MOST))


def last_totals(db: sqlite3.Connection, client: str) -> Totals | None:
    """What the client had moved when it last said so."""
    row = _newest(db, client, " AND said.uploaded_bytes + said.downloaded_bytes > 0")
    return Totals(row["uploaded_bytes"], row["downloaded_bytes"]) if row else None


def last_torrent_count(db: sqlite3.Connection, client: str) -> int:
    """How many torrents the client had in the newest pass that read it; 0 when none did."""
    row = _newest(db, client)
    return row["torrents"] if row else 0


def read_baseline(db: sqlite3.Connection, client: str) -> Baseline | None:
    """What the client's statistics fell from, where they fell."""
    row = db.execute("SELECT * FROM client_baselines WHERE client = ?", (client,)).fetchone()
    if row is None:
        return None
    before = Totals(row["before_uploaded"], row["before_downloaded"])
    return Baseline(sure_moment(row["fell_at"]), before, Totals(row["lost_uploaded"], row["lost_downloaded"]))


def write_baseline(db: sqlite3.Connection, client: str, baseline: Baseline | None) -> None:
    """Replace the client's baseline, or take it away."""
    with transaction(db):
        db.execute("DELETE FROM client_baselines WHERE client = ?", (client,))
        if baseline:
            values = (baseline.before.up, baseline.before.down, baseline.lost.up, baseline.lost.down)
            db.execute(
                "INSERT INTO client_baselines (client, fell_at, before_uploaded, before_downloaded, lost_uploaded,"
                " lost_downloaded) VALUES (?, ?, ?, ?, ?, ?)",
                (client, timestamp(baseline.fell_at), *(min(value, MOST) for value in values)),
            )


_BY_PASS = (
    "SELECT said.* FROM figures CROSS JOIN client_figures AS said ON said.seen_at = figures.seen_at"
    " WHERE said.client = ?",
    " ORDER BY figures.id DESC LIMIT 1",
)
_BY_TIME = ("SELECT said.* FROM client_figures AS said WHERE said.client = ?", " ORDER BY said.seen_at DESC LIMIT 1")


def _newest(db: sqlite3.Connection, client: str, which: str = "") -> sqlite3.Row | None:
    """Its row of the newest pass that it answered: by the order of the passes, for a clock may have been set
    back since; by time alone once the passes are compacted.
    """
    for select, order in (_BY_PASS, _BY_TIME):
        row: sqlite3.Row | None = db.execute(select + which + order, (client,)).fetchone()
        if row is not None:
            return row
    return None


def samples_since(db: sqlite3.Connection, client: str, since: datetime) -> tuple[TotalsSample, ...]:
    """The client's totals since then, oldest first."""
    rows = db.execute(
        "SELECT seen_at, uploaded_bytes, downloaded_bytes FROM client_figures WHERE client = ? AND seen_at >= ?"
        " AND uploaded_bytes IS NOT NULL AND downloaded_bytes IS NOT NULL ORDER BY seen_at",
        (client, timestamp(since)),
    )
    return tuple(TotalsSample(sure_moment(row["seen_at"]), row[1], row[2]) for row in rows)


@dataclass(frozen=True, slots=True)
class SavedPass:
    """The newest pass as it was kept. `ratio` is the deciding one, or None with the reason in `why`."""

    seen_at: datetime
    reading: RatioReading
    tracker_ratio: float | None
    figures: PassStats


@dataclass(frozen=True, slots=True)
class ClientStats:
    """What one client said last: bytes, bytes a second."""

    client: str
    seen_at: datetime
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    upspeed: int
    dlspeed: int
    torrents: int
    without_record: int = 0
    session_paused: bool | None = None


def last_pass(db: sqlite3.Connection) -> SavedPass | None:
    """The newest pass; None before the first."""
    row = db.execute("SELECT * FROM figures ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        return None
    up, down = row["uploaded_bytes"], row["downloaded_bytes"]
    ratio = ratio_of(up, down) if row["ratio"] is None and row["unknown_because"] is None else row["ratio"]
    source, complete = RatioSource(row["source"]), row["clients_unknown"] == 0
    return SavedPass(
        seen_at=sure_moment(row["seen_at"]),
        reading=RatioReading(ratio, row["unknown_because"] or "", source, up, down, complete),
        tracker_ratio=row["tracker_ratio"],
        figures=PassStats(
            upspeed=row["upspeed"],
            dlspeed=row["dlspeed"],
            active_uploads=row["active_uploads"],
            active_downloads=row["active_downloads"],
            frozen=row["frozen"],
            torrents=row["torrents"],
            flowing_left=row["flowing_left_bytes"],
            frozen_left=row["frozen_left_bytes"],
        ),
    )


def last_client_stats(db: sqlite3.Connection) -> tuple[ClientStats, ...]:
    """What every client said last, by name."""
    names = [row["client"] for row in db.execute("SELECT DISTINCT client FROM client_figures ORDER BY client")]
    return tuple(
        ClientStats(
            client=row["client"],
            seen_at=sure_moment(row["seen_at"]),
            uploaded_bytes=row["uploaded_bytes"],
            downloaded_bytes=row["downloaded_bytes"],
            upspeed=row["upspeed"],
            dlspeed=row["dlspeed"],
            torrents=row["torrents"],
            without_record=row["without_record"],
            session_paused=None if row["session_paused"] is None else bool(row["session_paused"]),
        )
        for name in names
        if (row := _newest(db, name))
    )


RatioPoint: TypeAlias = tuple[datetime, str, float | None, float | None, float | None]
"""When, the grain, the ratio, its low and its high. A plain tuple: there are tens of thousands."""


def list_points(db: sqlite3.Connection, since: datetime, until: datetime | None = None) -> tuple[Point, ...]:
    """The history since then, oldest first: the finest grain that is still there for each stretch. What a clock that
    was ahead left later than `until` is not a history.
    """
    rows = db.execute(
        "SELECT starts_at AS at, 'day' AS grain, ratio_last AS ratio, ratio_low, ratio_high, uploaded_bytes,"
        " downloaded_bytes, upspeed, dlspeed, frozen_most AS frozen, emergency_passes > 0 AS emergency"
        " FROM figures_daily WHERE starts_at BETWEEN ?1 AND ?2"
        " UNION ALL SELECT starts_at, 'hour', ratio_last, ratio_low, ratio_high, uploaded_bytes, downloaded_bytes,"
        " upspeed, dlspeed, frozen_most, emergency_passes > 0 FROM figures_hourly WHERE starts_at BETWEEN ?1 AND ?2"
        " UNION ALL SELECT seen_at, 'pass', ratio, ratio, ratio, uploaded_bytes, downloaded_bytes, upspeed, dlspeed,"
        " frozen, state = 'emergency' FROM figures WHERE seen_at BETWEEN ?1 AND ?2 ORDER BY 1",
        (timestamp(since), timestamp(until) if until else "9999"),
    )
    return tuple(_point(row) for row in rows)


def list_ratios(db: sqlite3.Connection, since: datetime, until: datetime) -> Iterator[RatioPoint]:
    """Of the same history the ratio alone."""
    cursor = db.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "SELECT starts_at, 'day', ratio_last, ratio_low, ratio_high FROM figures_daily"
        " WHERE starts_at BETWEEN ?1 AND ?2"
        " UNION ALL SELECT starts_at, 'hour', ratio_last, ratio_low, ratio_high FROM figures_hourly"
        " WHERE starts_at BETWEEN ?1 AND ?2"
        " UNION ALL SELECT seen_at, 'pass', ratio, ratio, ratio FROM figures"
        " WHERE seen_at BETWEEN ?1 AND ?2 ORDER BY 1",
        (timestamp(since), timestamp(until)),
    )
    return ((sure_moment(at), grain, ratio, low, high) for at, grain, ratio, low, high in rows)


def steady_now(db: sqlite3.Connection, now: datetime) -> datetime:
    """Now, but at most a day after the tenth newest pass: what is decided by age must not follow a clock that is far
    ahead for some passes.
    """
    row = db.execute("SELECT seen_at FROM figures ORDER BY id DESC LIMIT 1 OFFSET ?", (_STEADY,)).fetchone()
    oldest = row or db.execute("SELECT seen_at FROM figures ORDER BY id LIMIT 1").fetchone()
    return min(now, sure_moment(oldest["seen_at"]) + timedelta(days=1)) if oldest else now


def compact_stats(db: sqlite3.Connection, policy: RatioPolicy, now: datetime) -> None:
    """Passes older than `keep_raw` become hours, hours older than `keep_hourly` become days. Whole ones only. `now`
    is to be a steady one.
    """
    hour = (now - timedelta(seconds=policy.keep_raw)).replace(minute=0, second=0, microsecond=0)
    day = (now - timedelta(seconds=policy.keep_hourly)).replace(hour=0, minute=0, second=0, microsecond=0)
    with transaction(db):
        if db.execute("SELECT 1 FROM figures WHERE seen_at < ? LIMIT 1", (timestamp(hour),)).fetchone():
            db.execute(_TO_HOURS + _MERGE, (timestamp(hour),))
            db.execute("DELETE FROM figures WHERE seen_at < ?", (timestamp(hour),))
            # The newest word of a client is kept however old: it is what is known of one that is down.
            db.execute(
                "DELETE FROM client_figures WHERE seen_at < ?1 AND seen_at <"
                " (SELECT max(newer.seen_at) FROM client_figures newer WHERE newer.client = client_figures.client"
                "  AND newer.uploaded_bytes IS NOT NULL)",
                (timestamp(hour),),
            )
        if db.execute("SELECT 1 FROM figures_hourly WHERE starts_at < ? LIMIT 1", (timestamp(day),)).fetchone():
            db.execute(_TO_DAYS + _MERGE, (timestamp(day),))
            db.execute("DELETE FROM figures_hourly WHERE starts_at < ?", (timestamp(day),))


# What comes to an hour or a day that is there already (a clock was set back) is added to it.
_MERGE = """
ON CONFLICT DO UPDATE SET
  passes = passes + excluded.passes,
  unknown_passes = unknown_passes + excluded.unknown_passes,
  emergency_passes = emergency_passes + excluded.emergency_passes,
  ratio_low = coalesce(min(ratio_low, excluded.ratio_low), ratio_low, excluded.ratio_low),
  ratio_high = coalesce(max(ratio_high, excluded.ratio_high), ratio_high, excluded.ratio_high),
  uploaded_bytes = iif(excluded.ratio_last IS NULL, uploaded_bytes, excluded.uploaded_bytes),
  downloaded_bytes = iif(excluded.ratio_last IS NULL, downloaded_bytes, excluded.downloaded_bytes),
  ratio_last = coalesce(excluded.ratio_last, ratio_last),
  upspeed = coalesce((upspeed * passes + excluded.upspeed * excluded.passes) / (passes + excluded.passes),
    upspeed, excluded.upspeed),
  dlspeed = coalesce((dlspeed * passes + excluded.dlspeed * excluded.passes) / (passes + excluded.passes),
    dlspeed, excluded.dlspeed),
  frozen_most = max(frozen_most, excluded.frozen_most)
"""

_TO_HOURS = """
WITH hours AS (
  SELECT substr(seen_at, 1, 13) || ':00:00Z' AS starts_at, count(*) AS passes,
    sum(unknown_because IS NOT NULL) AS unknown, sum(state = 'emergency') AS emergency, min(ratio) AS low,
    max(ratio) AS high, max(id) FILTER (WHERE ratio IS NOT NULL) AS last, avg(upspeed) AS up, avg(dlspeed) AS down,
    max(frozen) AS frozen
  FROM figures WHERE seen_at < ? GROUP BY 1
)
INSERT INTO figures_hourly
SELECT starts_at, passes, unknown, emergency, low, high, ratio, uploaded_bytes, downloaded_bytes, up, down, hours.frozen
FROM hours LEFT JOIN figures ON figures.id = hours.last WHERE true
"""

_TO_DAYS = """
WITH days AS (
  SELECT substr(starts_at, 1, 10) || 'T00:00:00Z' AS starts_at, sum(passes) AS passes, sum(unknown_passes) AS unknown,
    sum(emergency_passes) AS emergency, min(ratio_low) AS low, max(ratio_high) AS high,
    max(starts_at) FILTER (WHERE ratio_last IS NOT NULL) AS last,
    sum(upspeed * passes) / sum(passes) FILTER (WHERE upspeed IS NOT NULL) AS up,
    sum(dlspeed * passes) / sum(passes) FILTER (WHERE dlspeed IS NOT NULL) AS down, max(frozen_most) AS frozen
  FROM figures_hourly WHERE starts_at < ? GROUP BY 1
)
INSERT INTO figures_daily
SELECT days.starts_at, days.passes, unknown, emergency, low, high, ratio_last, uploaded_bytes, downloaded_bytes, up,
  down, frozen
FROM days LEFT JOIN figures_hourly ON figures_hourly.starts_at = days.last WHERE true
"""


def _point(row: sqlite3.Row) -> Point:
    return Point(
        at=sure_moment(row["at"]),
        grain=row["grain"],
        ratio=row["ratio"],
        ratio_low=row["ratio_low"],
        ratio_high=row["ratio_high"],
        uploaded_bytes=row["uploaded_bytes"],
        downloaded_bytes=row["downloaded_bytes"],
        upspeed=row["upspeed"],
        dlspeed=row["dlspeed"],
        frozen=row["frozen"],
        emergency=bool(row["emergency"]),
    )


def _finite(ratio: float | None) -> float | None:
    return ratio if ratio is not None and math.isfinite(ratio) else None

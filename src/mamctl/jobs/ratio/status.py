"""What is known of the ratio without asking anyone: the newest pass, as it was kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.ratio.forecast import Forecast
from mamctl.domain.ratio.guard import Guard, GuardState, show_ratio
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import ratio_of
from mamctl.domain.text.quantities import show_age
from mamctl.jobs.ratio.findings import session_paused, without_record
from mamctl.jobs.ratio.results import StatsView, hours_since, view_stats
from mamctl.jobs.ratio.stats import forecast_for
from mamctl.store.account.readings import last_account
from mamctl.store.ratio.guard import read_guard
from mamctl.store.ratio.paid_answers import count_blocked
from mamctl.store.ratio.stats import ClientStats, SavedPass, last_client_stats, last_pass, read_baseline
from mamctl.store.ratio.torrent_journal import FrozenTorrent, count_left_alone, count_missing, list_frozen

_LATE = 3  # intervals without a pass after which the guard counts as asleep


@dataclass(frozen=True, slots=True)
class GuardStatus:
    """The guard, since when (None since ever) and for how many hours; `held_until` is your thaw in force."""

    state: GuardState
    since: datetime | None
    hours: float | None
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Side:
    """A ratio from one side; `seen_at` is when it was read, None when it never was."""

    ratio: float | None
    ratio_text: str
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientStatus:
    """One client as it was read last; times before `as_of` of the status mean that it was not read since.

    `without_record` counts torrents that carry the tag of a freeze that is not on record; `session_paused` is whether
    the client is paused as a whole, None when it does not say; `missing` counts torrents that the guard changed and
    that are gone.
    """

    name: str
    seen_at: datetime | None
    ratio: float | None
    uploaded_bytes: int | None
    downloaded_bytes: int | None
    upspeed: int | None
    dlspeed: int | None
    torrents: int | None
    without_record: int = 0
    session_paused: bool | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class RatioStatus:
    """RAT-7 for you. `as_of` is the newest pass; everything of it is None before the first."""

    as_of: datetime | None
    age_seconds: float | None
    guard: GuardStatus
    source: str
    ratio: float | None
    ratio_text: str
    unknown_because: str | None
    qbittorrent: Side
    tracker: Side
    figures: StatsView | None
    clients: tuple[ClientStatus, ...]
    frozen: tuple[FrozenTorrent, ...]
    left_alone: int
    blocked: int
    forecast: Forecast | None
    held_back: int = 0
    missing: int = 0


def read_status(db: sqlite3.Connection, policy: RatioPolicy, clients: Sequence[str], now: datetime) -> RatioStatus:
    """The status over the clients that are configured now."""
    guard, kept = read_guard(db).guard, last_pass(db)
    newest = [figures for figures in last_client_stats(db) if figures.client in clients]
    forecast = forecast_kept(db, policy, kept, clients) if kept else None
    missing, frozen = count_missing(db), list_frozen(db)
    figures = view_stats(guard, kept.reading, kept.figures, forecast, now) if kept and forecast else None
    return RatioStatus(
        as_of=kept.seen_at if kept else None,
        age_seconds=(now - kept.seen_at).total_seconds() if kept else None,
        guard=_view_guard(guard, now),
        source=policy.source.value,
        ratio=kept.reading.ratio if kept else None,
        ratio_text=show_ratio(kept.reading.ratio if kept else None),
        unknown_because=kept.reading.why or None if kept else None,
        qbittorrent=_clients_side(db, newest),
        tracker=_tracker_side(db, kept),
        figures=figures,
        clients=tuple(_view_client(name, newest, missing.get(name, 0)) for name in clients),
        frozen=frozen,
        left_alone=count_left_alone(db, guard.emergency_id),
        blocked=count_blocked(db, guard.emergency_id) if guard.emergency_id else 0,
        forecast=forecast,
        held_back=sum(torrent.held_back for torrent in frozen),
        missing=sum(missing.values()),
    )


def forecast_kept(db: sqlite3.Connection, policy: RatioPolicy, kept: SavedPass, clients: Sequence[str]) -> Forecast:
    """The forecast as of the newest pass, from the totals on record."""
    return forecast_for(db, policy, kept.reading, kept.figures, dict.fromkeys(clients, ()), kept.seen_at)


def find_lateness(status: RatioStatus, policy: RatioPolicy) -> Iterable[Problem]:
    """Whether the guard watches at all: no pass yet, or none for some intervals."""
    remedy = "let cron run `mamctl ratio watch` every few minutes: mamctl cron install"
    if status.age_seconds is None:
        yield Problem("ratio_not_watched", "the ratio has never been checked", "ratio", remedy)
    elif status.age_seconds > _LATE * policy.interval:
        text = f"the ratio was last checked {show_age(timedelta(seconds=status.age_seconds))}"
        yield Problem("ratio_not_watched", text, "ratio", remedy)


def find_troubles(status: RatioStatus) -> Iterable[Problem]:
    """What the newest pass found of each client that lasts until you act."""
    for client in status.clients:
        adopted = status.guard.state is GuardState.EMERGENCY
        for problem in (
            session_paused(client.name, client.session_paused),
            without_record(client.name, client.without_record, adopted=adopted),
        ):
            if problem:
                yield problem


def _view_guard(guard: Guard, now: datetime) -> GuardStatus:
    return GuardStatus(
        guard.state, guard.since, hours_since(guard, now), guard.override.until if guard.override else None
    )


def _clients_side(db: sqlite3.Connection, newest: Sequence[ClientStats]) -> Side:
    """The clients together, with what resets of their statistics lost."""
    known = [one for one in newest if one.uploaded_bytes is not None and one.downloaded_bytes is not None]
    if not known:
        return Side(None, show_ratio(None), None, None, None)
    lost = [baseline.lost for one in known if (baseline := read_baseline(db, one.client))]
    up = sum(one.uploaded_bytes or 0 for one in known) + sum(totals.up for totals in lost)
    down = sum(one.downloaded_bytes or 0 for one in known) + sum(totals.down for totals in lost)
    ratio = ratio_of(up, down)
    return Side(ratio, show_ratio(ratio), up, down, min(one.seen_at for one in known))


def _tracker_side(db: sqlite3.Connection, kept: SavedPass | None) -> Side:
    """The newer of what the daily task and what the guard read of the account."""
    account = last_account(db)
    if kept and kept.tracker_ratio is not None and (account is None or kept.seen_at > account.seen_at):
        return Side(kept.tracker_ratio, show_ratio(kept.tracker_ratio), None, None, kept.seen_at)
    if account is None:
        return Side(None, show_ratio(None), None, None, None)
    return Side(
        account.ratio,
        show_ratio(account.ratio),
        account.uploaded_bytes,
        account.downloaded_bytes,
        account.seen_at,
    )


def _view_client(name: str, newest: Sequence[ClientStats], missing: int) -> ClientStatus:
    seen = next((one for one in newest if one.client == name), None)
    if seen is None:
        return ClientStatus(name, None, None, None, None, None, None, None, missing=missing)
    return ClientStatus(
        name=name,
        seen_at=seen.seen_at,
        ratio=ratio_of(seen.uploaded_bytes or 0, seen.downloaded_bytes or 0),
        uploaded_bytes=seen.uploaded_bytes,
        downloaded_bytes=seen.downloaded_bytes,
        upspeed=seen.upspeed,
        dlspeed=seen.dlspeed,
        torrents=seen.torrents,
        without_record=seen.without_record,
        session_paused=seen.session_paused,
        missing=missing,
    )

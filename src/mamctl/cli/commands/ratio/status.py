"""`mamctl ratio status` and `mamctl ratio forecast`: what the newest pass left, without a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import typer

from mamctl.cli.command import command
from mamctl.cli.format import bytes_text, day, held, when
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.ratio import read_known_ratio
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.ratio.forecast import UNKNOWN
from mamctl.domain.ratio.guard import show_ratio
from mamctl.domain.text.quantities import count_of, show_age, show_span
from mamctl.jobs.ratio.results import StatsView
from mamctl.jobs.ratio.status import ClientStatus, RatioStatus, Side, find_lateness, find_troubles
from mamctl.output.screen import Screen, Tone
from mamctl.store.ratio.torrent_journal import FrozenTorrent

app = typer.Typer()

_SHOWN = 5  # frozen torrents on a screen; --verbose and --json have them all


def render_status(screen: Screen, data: RatioStatus) -> None:
    """The guard, both ratios, figures, a line a client, what is frozen."""
    tone = Tone.BAD if data.guard.state == "emergency" else Tone.GOOD
    span = f", for {show_span(data.guard.hours * 3600)}" if data.guard.hours is not None else ""
    since = f" since {day(data.guard.since)}{span}" if data.guard.since else ""
    screen.line(f"Guard: {data.guard.state}{since}", tone)
    screen.pairs(_pairs(data))
    if data.clients:
        screen.line()
        screen.table(
            ("client", "ratio", "uploaded", "downloaded", "up/s", "down/s", "torrents", "last seen"),
            [_client_row(client, exact=screen.verbose) for client in data.clients],
            right=(1, 2, 3, 4, 5, 6),
            optional=(6, 5, 4),
        )
    if data.frozen:
        screen.line()
        _show_frozen(screen, data.frozen)


def _show_frozen(screen: Screen, frozen: Sequence[FrozenTorrent]) -> None:
    """The first of them; what all have in common is said once."""
    clients, moments = {one.client for one in frozen}, {one.frozen_at for one in frozen}
    since = f", since {day(frozen[0].frozen_at)}" if len(moments) == 1 else ""
    screen.heading(f"Frozen: {len(frozen)}{since}")
    shown = frozen if screen.verbose else frozen[:_SHOWN]
    for one in shown:
        own = (
            one.client if len(clients) > 1 else "",
            f"since {day(one.frozen_at)}" if len(moments) > 1 else "",
            "waits for its turn" if one.held_back else "",
        )
        about = ", ".join(filter(None, own))
        screen.line(f"  {one.name}  ({about})" if about else f"  {one.name}")
    if len(shown) < len(frozen):
        screen.line(f"  … and {len(frozen) - len(shown)} more: --verbose has them all", Tone.DIM)


def _pairs(data: RatioStatus) -> Iterable[tuple[str, object]]:
    why = f" ({data.unknown_because})" if data.unknown_because else ""
    yield "ratio", f"{data.ratio_text}{why}, decided by: {data.source}"
    yield "the clients'", _side(data.qbittorrent)
    yield "the account's", _side(data.tracker)
    if data.guard.held_until:
        yield "held", held(data.guard.held_until)
    figures = data.figures
    if figures:
        yield from traffic(figures)
        if figures.emergency:
            yield "frozen", f"{count_of(figures.frozen, 'download')}; left to you: {data.left_alone}"
            yield "refused", count_of(data.blocked, "paid download")
            yield "recovery", data.forecast.words if data.forecast else "unknown"
    if data.held_back:
        yield "held back", f"{data.held_back} downloads resume one after another, as the ratio allows"
    if data.missing:
        yield "missing", f"{count_of(data.missing, 'torrent')} that the guard changed; restored if back within 30 days"
    if data.age_seconds is not None:
        yield "as of", f"{day(data.as_of)}, {show_age(timedelta(seconds=data.age_seconds))}"


def traffic(figures: StatsView) -> Iterator[tuple[str, str]]:
    """What flows in the clients, as far as they were read."""
    if figures.upspeed is not None or figures.dlspeed is not None:
        yield "now", f"{bytes_text(figures.upspeed)}/s up, {bytes_text(figures.dlspeed)}/s down"
    if figures.active_uploads is not None and figures.active_downloads is not None:
        active = count_of(figures.active_uploads, "upload"), count_of(figures.active_downloads, "download")
        yield "active", ", ".join(active)


def _side(side: Side) -> str:
    if side.seen_at is None:
        return "never read"
    moved = f" ({bytes_text(side.uploaded_bytes)} up, {bytes_text(side.downloaded_bytes)} down)"
    return f"{side.ratio_text}{moved if side.uploaded_bytes is not None else ''}, read {day(side.seen_at)}"


def _client_row(client: ClientStatus, *, exact: bool) -> tuple[object, ...]:
    sizes = (client.uploaded_bytes, client.downloaded_bytes, client.upspeed, client.dlspeed)
    seen = when(client.seen_at, exact=exact) if client.seen_at else "never"
    return (client.name, show_ratio(client.ratio), *map(bytes_text, sizes), client.torrents, seen)


@command(app, "status", schema="mamctl.ratio.status/1", render=render_status)
def status(runtime: Runtime) -> Result:
    """Show the guard, both ratios and what is frozen.

    As of the newest pass; makes no request.
    """
    data = read_known_ratio(runtime)
    problems = (*find_lateness(data, runtime.config.ratio), *find_troubles(data))
    return Result.of(data, problems)


@dataclass(frozen=True, slots=True)
class ForecastData:
    """The forecast to the recovery as of the newest pass. Hours, bytes; None is "not at these rates" or unknown."""

    as_of: datetime | None
    ratio: float | None
    ratio_text: str
    recovery: float
    hours_low: float | None
    hours: float | None
    hours_high: float | None
    reachable: bool
    words: str
    missing_bytes: int | None
    flowing_left_bytes: int | None
    frozen_left_bytes: int | None
    assumptions: tuple[str, ...]


def render_forecast(screen: Screen, data: ForecastData) -> None:
    """The range, what it counts, what it assumes."""
    screen.line(f"To {data.recovery:.2f}: {data.words}", Tone.GOOD if data.reachable else Tone.WARN)
    screen.pairs(
        [
            ("ratio", data.ratio_text),
            ("still to upload", bytes_text(data.missing_bytes)),
            ("still to download", f"{bytes_text(data.flowing_left_bytes)} running"),
            ("", f"{bytes_text(data.frozen_left_bytes)} frozen"),
            ("as of", day(data.as_of)),
        ]
    )
    for assumption in data.assumptions:
        screen.line(f"  – {assumption}", Tone.DIM)


@command(app, "forecast", schema="mamctl.ratio.forecast/1", render=render_forecast)
def forecast(runtime: Runtime) -> Result:
    """Show how long the recovery may take.

    As a range of hours, with what it assumes and what is still to be downloaded.
    """
    data, policy = read_known_ratio(runtime), runtime.config.ratio
    ahead = data.forecast or UNKNOWN
    late = tuple(find_lateness(data, policy))
    shown = ForecastData(
        as_of=data.as_of,
        ratio=data.ratio,
        ratio_text=data.ratio_text,
        recovery=policy.recovery,
        hours_low=ahead.hours_low,
        hours=ahead.hours,
        hours_high=ahead.hours_high,
        reachable=ahead.reachable,
        words=ahead.words if data.forecast else "unknown: the ratio has never been checked",
        missing_bytes=ahead.missing_bytes,
        flowing_left_bytes=ahead.flowing_left,
        frozen_left_bytes=ahead.frozen_left,
        assumptions=ahead.assumptions,
    )
    return Result.of(shown, late)

"""The report's charts: which curves, bands and lines each section draws."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mamctl.domain.report.figures import AccountSection, Band, LimitsSection, RatioSection, ReportFigures
from mamctl.domain.report.series import Mark
from mamctl.output.page.chart import Area, Chart, Level, Line, Moment, Plot, Span, draw

_GIB = 2.0**30
_TIB = 2.0**40
_SPAN_NAMES = {"emergency": "Emergency", "freeleech": "Freeleech of the whole site", "bonus": "Bonus event"}


def charts(report: ReportFigures) -> dict[str, Chart]:
    """The charts that have something to show, by name."""
    plots = [
        *_points(report.account, report.since, report.generated_at),
        _ratio(report.ratio, report.since, report.generated_at),
        *_limits(report.limits, report.since, report.generated_at),
    ]
    return {plot.name: chart for plot in plots if (chart := draw(plot)) is not None}


def _points(account: AccountSection | None, since: datetime, now: datetime) -> Iterator[Plot]:
    if account is None:
        return
    end = max((mark.at for mark in account.forecast), default=now)
    levels = [Level("needed", f"A renewal takes {account.needed:,} points", account.needed)] if account.needed else []
    moments = [Moment("renewed", f"Renewed on {at:%Y-%m-%d}", at) for at in account.renewals[-1:]]
    if account.renewal_due_at and now < account.renewal_due_at <= end:
        moments.append(Moment("due", f"Renewal due on {account.renewal_due_at:%Y-%m-%d}", account.renewal_due_at))
    lines = [Line("curve", "Points", account.history)]
    if account.forecast:
        lines.append(Line("ahead", "Forecast", account.forecast))
    yield Plot(
        "points",
        "Points, and the forecast to the next renewal",
        since,
        end,
        "{:,.0f}",
        tuple(lines),
        levels=tuple(levels),
        moments=tuple(moments),
    )


def _ratio(ratio: RatioSection, since: datetime, now: datetime) -> Plot:
    end = max((fan.at for fan in ratio.fan), default=now)
    lines = [Line("curve", "Ratio", ratio.history)]
    areas = []
    if ratio.fan:
        lines.append(Line("ahead", "Forecast", tuple(Mark(fan.at, fan.middle) for fan in ratio.fan)))
        low, high = (tuple(Mark(fan.at, getattr(fan, side)) for fan in ratio.fan) for side in ("low", "high"))
        areas.append(Area("fan", "By the slowest and the quickest rate", low, high))
    bands = (*ratio.events, *ratio.emergencies)
    return Plot(
        "ratio",
        "Ratio, with emergencies, events and how it may go on",
        since,
        end,
        "{:.2f}",
        tuple(lines),
        tuple(areas),
        tuple(_span(band, since, now) for band in bands),
        (Level("floor", f"Floor {ratio.floor:.2f}", ratio.floor),),
    )


def _span(band: Band, since: datetime, now: datetime) -> Span:
    name = _SPAN_NAMES.get(band.kind, band.kind)
    until = f"until {band.ends_at:%Y-%m-%d}" if band.ends_at else "not over"
    return Span(
        band.kind, f"{name}: from {band.starts_at:%Y-%m-%d}, {until}", max(band.starts_at, since), band.ends_at or now
    )


def _limits(limits: LimitsSection, since: datetime, now: datetime) -> Iterator[Plot]:
    highest = max((abs(mark.value) for mark in limits.buffer_history if mark.value is not None), default=0.0)
    scale, unit = (_TIB, "{:.2f} TiB") if highest >= _TIB else (_GIB, "{:,.0f} GiB")
    yield Plot(
        "buffer",
        "Buffer: what could be downloaded before the ratio is at its floor",
        since,
        now,
        unit,
        (Line("curve", "Buffer", limits.buffer_history),),
        scale=scale,
    )
    levels = []
    if limits.unsatisfied_limit is not None:
        line = limits.unsatisfied_limit - limits.reserve
        levels.append(Level("floor", f"The queue stops at {line} of {limits.unsatisfied_limit}", line))
    yield Plot(
        "unsatisfied",
        "Unsatisfied torrents against the site's limit",
        since,
        max(now, since + timedelta(hours=1)),
        "{:.0f}",
        (Line("curve", "Unsatisfied", limits.unsatisfied_history),),
        levels=tuple(levels),
    )

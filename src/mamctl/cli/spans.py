"""Spans of time as a person types them on the command line: 90s, 5m, 24h, 30d."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

_SHORTEST = timedelta(seconds=0.1)


def parse_period(text: str) -> timedelta:
    """A span after which something is done again. Raises typer.BadParameter for one that leaves no rest."""
    span = parse_span(text)
    if span < _SHORTEST:
        raise typer.BadParameter(f"{text!r} is too short: at least {_SHORTEST.total_seconds():g}s")
    return span


def begin_of(span: timedelta, now: datetime) -> datetime:
    """When a span that ends now began; the beginning of time for one that is longer."""
    try:
        return now - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def parse_span(text: str) -> timedelta:
    """A span with its unit, or bare seconds. Raises typer.BadParameter."""
    from mamctl.config.values import ValueFault, convert
    from mamctl.domain.bounds import DurationText

    try:
        return timedelta(seconds=float(text) if text.isdecimal() else convert(text, Annotated[float, DurationText()]))
    except (ValueFault, OverflowError) as fault:
        raise typer.BadParameter(f"{text!r} is not a span of time such as 90s, 5m, 24h or 30d") from fault


SINCE = Annotated[timedelta, typer.Option("--since", metavar="TIME", parser=parse_span, help="How far back.")]
"""The option for how far a command looks back."""

"""Spans of time as a person types them on the command line: 90s, 5m, 24h, 30d."""

from __future__ import annotations

from datetime import timedelta

import typer


def parse_span(text: str) -> timedelta:
    """A span with its unit, or bare seconds. Raises typer.BadParameter."""
    from mamctl.config.values import ValueFault, convert
    from mamctl.domain.bounds import Seconds

    try:
        return timedelta(seconds=float(text) if text.isdecimal() else convert(text, Seconds))
    except (ValueFault, OverflowError) as fault:
        raise typer.BadParameter(f"{text!r} is not a span of time such as 90s, 5m, 24h or 30d") from fault

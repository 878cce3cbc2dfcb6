"""Options that several commands share: texts, files, and spans of time such as 90s, 5m, 24h, 30d."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mamctl.config.values import ValueFault, convert
from mamctl.domain.bounds import DurationText, Length
from mamctl.errors import UsageError


def read_text(name: str, text: str, bound: Length) -> str:
    """A text with single blanks. Raises UsageError for none, and for one that is too long."""
    kept = " ".join(text.split())
    if not kept:
        raise UsageError(f"the {name} is empty", subject=name)
    if fault := bound.fault(kept):
        raise UsageError(f"the {name} takes {fault}: “{kept[:40]}…”", subject=name)
    return kept


_SHORTEST = timedelta(seconds=0.1)
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


def parse_period(text: str) -> timedelta:
    """A span after which something is done again. Raises typer.BadParameter for one that leaves no rest."""
    span = parse_span(text)
    if span < _SHORTEST:
        raise typer.BadParameter(f"“{text}” is too short: at least {_SHORTEST.total_seconds():g}s")
    return span


def start_time(span: timedelta, now: datetime) -> datetime:
    """When a span that ends now began; 1970 for one that is longer, before which nothing was recorded."""
    try:
        return max(now - span, _FIRST)
    except OverflowError:
        return _FIRST


def parse_span(text: str) -> timedelta:
    """A span with its unit, or bare seconds. Raises typer.BadParameter."""
    try:
        return timedelta(seconds=float(text) if text.isdecimal() else convert(text, Annotated[float, DurationText()]))
    except (ValueFault, OverflowError) as fault:
        raise typer.BadParameter(f"“{text}” is not a span of time such as 90s, 5m, 24h or 30d") from fault


def parse_output_file(text: str) -> Path:
    """A file to write. Raises typer.BadParameter for an empty name, and for the sign for stdout."""
    if not text.strip():
        raise typer.BadParameter("the name is empty")
    if text == "-":
        raise typer.BadParameter("name a file: it is replaced whole, which stdout cannot be")
    return Path(text)


SINCE = Annotated[timedelta, typer.Option("--since", metavar="TIME", parser=parse_span, help="How far back.")]
"""The option for how far a command looks back."""

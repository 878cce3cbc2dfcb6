"""Writes the report as one HTML document: the template with the figures, the charts, and the style sheet in it.

Compiling the template takes as long as all other work of the report, so the compiled one is kept.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.domain.report.figures import Counted, ReportFigures
from mamctl.domain.text.quantities import show_size
from mamctl.output.page.plots import charts

if TYPE_CHECKING:
    from jinja2 import Template

_DASH = "–"
_HERE = Path(__file__).parent
_PAGE = "page.html.j2"


def render_page(report: ReportFigures, kept: Path | None = None) -> str:
    """The document. Every text of outside is escaped; nothing in it leads outside.

    `kept` is a folder for the compiled template, made where it is not there yet; without it the template is compiled.
    """
    style = (_HERE / "style.css").read_text(encoding="utf-8")
    return _template(kept).render(report=report, charts=charts(report), style=style)


@cache
def _template(kept: Path | None) -> Template:
    from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

    world = Environment(
        loader=FileSystemLoader(_HERE),
        bytecode_cache=FileSystemBytecodeCache(str(kept)) if kept and _is_own(kept) else None,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    world.filters |= {
        "date": _date,
        "moment": _moment,
        "number": _number,
        "percent": _percent,
        "size": lambda value: _DASH if value is None else show_size(value),
        "days": lambda value: _DASH if value is None else f"{value:.0f} day{'' if round(value) == 1 else 's'}",
        "ratio": _ratio,
        "span": _span,
        "words": lambda value: str(value).replace("_", " "),
        "most": _most,
    }
    try:
        return world.get_template(_PAGE)
    except Exception:  # noqa: BLE001 - what is kept is damaged, or the disk is full; a fault of the page shows below
        world.bytecode_cache = None
        return world.get_template(_PAGE)


def _is_own(folder: Path) -> bool:
    """Whether nobody else can write there: what is kept is run."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return False
    return state.st_uid == os.geteuid() and not state.st_mode & 0o022 and folder.is_dir() and not folder.is_symlink()


def _date(value: datetime | None) -> str:
    return _DASH if value is None else f"{value.day} {value:%b %Y}"


def _moment(value: datetime | None) -> str:
    return _DASH if value is None else f"{value:%Y-%m-%d %H:%M}"


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:,.0f}"


def _percent(value: float | None) -> str:
    """A share in percent; cut, not rounded, so that 94.96% is not 95.0%."""
    return _DASH if value is None else f"{int(value * 1000) / 10:g}%"


def _ratio(value: float | None) -> str:
    """Cut, not rounded: 0.9996 is not 1.000."""
    if value is None:
        return _DASH
    return "∞" if math.isinf(value) else f"{math.floor(value * 1000) / 1000:.3f}"


def _span(value: timedelta | None) -> str:
    if value is None:
        return _DASH
    hours = value / timedelta(hours=1)
    return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 1 else "under an hour"


def _most(counted: Iterable[Counted]) -> int:
    """The largest count, at least 1, for the length of bars."""
    return max(1, *(one.count for one in counted), 1)

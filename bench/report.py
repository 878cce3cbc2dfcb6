"""The report over three years of figures and 5,000 books: seconds of processor time for each part, and its size."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.kit.long_history import fill_history

from mamctl.cli.context import Options
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.report import report_figures
from mamctl.domain.report.metrics import list_metrics, metrics_text
from mamctl.output.page.render import render_page
from mamctl.store.database import open_store

_ROUNDS = 5


def run() -> None:
    """Print one line for each period."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        db = open_store(home / "mamctl.db")
        fill_history(db, datetime.now(UTC))
        db.close()
        config = home / "mamctl.toml"
        config.write_text(f'[store]\npath = "{home}/mamctl.db"\n')
        with Runtime(Options(config=config), "report") as runtime:
            print("the reference: one SELECT of every book's row, read whole")
            plain = best(lambda: runtime.store.execute("SELECT * FROM agreed").fetchall())
            print(f"{'period':<10}{'gather ms':>11}{'page ms':>9}{'kB':>6}{'gather ÷ reference':>21}")
            for days in (30, 90, 365, 3 * 365):
                since = runtime.now() - timedelta(days=days)
                gather = best(lambda since=since: report_figures(runtime, since))  # type: ignore[misc]
                figures = report_figures(runtime, since)
                page = best(lambda figures=figures: render_page(figures))  # type: ignore[misc]
                size = len(render_page(figures).encode()) / 1000
                print(f"{days:>4} days{gather * 1e3:>12.0f}{page * 1e3:>9.0f}{size:>6.0f}{gather / plain:>21.1f}")
            metrics = list_metrics(figures)
            print(f"{len(metrics)} metrics, {len(metrics_text(metrics))} bytes")


def best(work: Callable[[], object]) -> float:
    """The least processor time of a few rounds, in seconds."""
    times = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    run()

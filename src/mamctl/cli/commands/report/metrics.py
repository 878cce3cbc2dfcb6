"""`mamctl report metrics`: figures for Prometheus, as node_exporter's textfile collector reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.options import parse_output_file
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.report.metrics import Metric, list_metrics, metrics_text
from mamctl.domain.text.quantities import count_of
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, clean

app = typer.Typer()
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MetricsData:
    """The figures, and the file that they were written to; None where they were only printed."""

    output: Path | None
    metrics: tuple[Metric, ...]


def render_metrics(screen: Screen, data: MetricsData) -> None:
    """The file's content, or where it is."""
    if data.output is None:
        for line in metrics_text(data.metrics).splitlines():
            screen.raw(clean(line))  # a sample is one line, however narrow the terminal
    else:
        screen.line(f"{count_of(len(data.metrics), 'metric')} in {data.output}")


@command(app, "metrics", schema="mamctl.report.metrics/1", render=render_metrics, paste=True, dry_run=True)
def metrics(
    runtime: Runtime,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=parse_output_file,
            help="A file *.prom; else report.metrics, or print them.",
            show_default=False,
        ),
    ] = None,
) -> Result:
    """Write the figures for Prometheus.

    In the text format that node_exporter's textfile collector reads; the file is replaced whole.
    """
    from mamctl.cli.commands.report.figures import report_figures
    from mamctl.cli.wiring.own_files import check_target, publish

    target = output or runtime.config.report.metrics
    if target is not None and target.suffix != ".prom":
        raise UsageError(
            f"{target} does not end in .prom, and the collector reads no other files",
            subject=str(target),
            remedy=f"--output {target / 'mamctl.prom' if target.is_dir() else target.with_suffix('.prom')}",
        )
    found = list_metrics(report_figures(runtime, runtime.now() - timedelta(days=1), counted_since=_EVER))
    if target is not None and runtime.options.dry_run:
        check_target(target.absolute())
    if target is None or runtime.options.dry_run:
        return Result(MetricsData(None, found))
    publish(target.absolute(), metrics_text(found))
    return Result(MetricsData(target.absolute(), found))

"""`mamctl report`: everything on one page of HTML that needs nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.options import parse_output_file, parse_span, start_time
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.domain.report.figures import ReportFigures
from mamctl.output.screen import Screen, Tone
from mamctl.store.runs import first_record

app = typer.Typer()
_NAME = "report.html"  # beside the store


@dataclass(frozen=True, slots=True)
class ReportData:
    """Every figure on the page, and where the page is or would be written; None without one. `output_bytes` is None in
    a dry run.
    """

    output: Path | None
    output_bytes: int | None
    figures: ReportFigures


def render_report(screen: Screen, data: ReportData) -> None:
    """Where the page is, and what on it needs you."""
    if data.output is not None:
        screen.line(screen.choose(f"The page is {data.output}", f"The page would be {data.output}"))
    for alert in data.figures.alerts:
        screen.line(f"{alert.message} ({alert.clause})", Tone.WARN)
        screen.line(f"  → {alert.remedy}")


@command(app, "report", schema="mamctl.report/1", render=render_report, dry_run=True)
def report(
    runtime: Runtime,
    since: Annotated[
        timedelta | None,
        typer.Option(
            "--since", metavar="TIME", parser=parse_span, help="How far back; else report.since.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=parse_output_file,
            help="The page; else report.output, or beside the store.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> Result:
    """Write one page that shows it all; figures for Prometheus.

    VIP, ratio, limits, queue, library, changes, jobs and promises, with what needs you. No request is made. With
    --json the page is only written where --output or --open is given.
    """
    from mamctl.cli.commands.report.figures import report_figures

    config = runtime.config
    span = timedelta(seconds=config.report.since) if since is None else since
    begin = _begin(runtime, span)
    figures = report_figures(runtime, begin)
    if runtime.options.json and output is None and not show:
        return Result(ReportData(None, None, figures))
    target = (output or config.report.output or config.store.path.parent / _NAME).absolute()
    from mamctl.cli.wiring.own_files import check_target, publish

    if runtime.options.dry_run:
        check_target(target)
        return Result(ReportData(target, None, figures))
    with runtime.run("report") as run:
        from mamctl.jobs.spec.samples import keep_misread
        from mamctl.output.page.render import render_page

        keep_misread(run.db, run.clock())
        size = publish(target, render_page(figures))
        if show and not _open(target):
            run.add_problem(
                Problem("browser", "no browser could be opened", str(target), f"open {target.as_uri()} yourself")
            )
        return run.finish(ReportData(target, size, figures))


def _begin(runtime: Runtime, span: timedelta) -> datetime:
    """When the span began, but not before there was anything on record, so that no chart begins with years of nothing;
    a day at least.
    """
    now = runtime.now()
    first = first_record(runtime.store) or now
    return max(start_time(span, now), min(first, now - timedelta(days=1)))


def _open(page: Path) -> bool:
    import webbrowser

    try:
        return webbrowser.open(page.as_uri())
    except webbrowser.Error:
        return False

"""`mamctl vip pending check`: whether wanted titles are free now."""

from __future__ import annotations

import typer

from mamctl.cli.command import command
from mamctl.cli.context import Requests
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result, Status
from mamctl.jobs.account.pending_check import PendingCheck, check_pending
from mamctl.jobs.site.rules_sync import observe
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class CheckData:
    """What a check of the list found."""

    pending: PendingCheck
    requests: Requests


def render_check(screen: Screen, data: CheckData) -> None:
    """Counts, and what became free."""
    found = data.pending
    if not found.items:
        screen.line("Nothing is wanted. Add a title: mamctl vip pending add TITLE --author NAME")
        return
    screen.line(f"{found.items} wanted, {found.searched} looked up, {found.available_free} free now")
    if found.searched + found.available_free < found.items:
        screen.line("When each is searched for next: mamctl vip pending list", Tone.DIM)
    for title in found.became_free:
        screen.line(f"  now free: {title}", Tone.GOOD)


@command(app, "check", schema="mamctl.vip.pending.check/1", render=render_check, dry_run=True)
def check(runtime: Runtime) -> Result:
    """Check whether wanted titles are free now."""
    with runtime.run("pending") as run:
        vip_active = runtime.tracker.fetch_account().has_vip(run.clock())
        rules = runtime.config.rules
        rows = lambda: observe(runtime.tracker, rules.max_pages)  # noqa: E731 - fetched when a title is wanted
        found = check_pending(run, runtime.tracker, rows, rules.search, vip_active=vip_active)
        data = CheckData(found, runtime.requests())
        failed = any(problem.code != "pending_in_doubt" for problem in run.problems)
        return run.finish(data, status=Status.PARTIAL if failed else None)

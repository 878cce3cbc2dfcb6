"""`mamctl tracker ip update`: register the seedbox address where it differs, at most once an hour."""

from __future__ import annotations

import typer

from mamctl.cli.command import command, view
from mamctl.cli.commands.tracker.ip import AddressData, render_address
from mamctl.cli.context import Requests
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.tracker import open_address
from mamctl.dataclass import dataclass
from mamctl.domain.account.address import AddressStep
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Notice, Problem
from mamctl.jobs.account.address import JOB, AddressUpdate, update_address
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class UpdateData(AddressData):
    """What `tracker ip` shows, as it is afterwards; what was decided and why; the site's `answer`, None when it was
    not asked: completed, no_change or too_recent.
    """

    step: str
    reason: str
    answer: str | None
    requests: Requests


_STEPS = {"keep": "keep it", "confirm": "confirm it", "register": "register it"}
_REFUSED = {"confirm": "not confirmed", "register": "not registered"}
_ANSWERS = {
    "completed": ("Registered.", Tone.GOOD),
    "no_change": ("The site already had it.", Tone.GOOD),
    "too_recent": ("The site allows no change yet; the next run tries again.", Tone.WARN),
}


def render_update(screen: Screen, data: UpdateData) -> None:
    """Both addresses, and what was done."""
    render_address(screen, data)
    if step := _STEPS.get(data.step):  # why it must wait is a problem
        done = step if data.answer else _REFUSED.get(data.step, step)
        screen.line(f"{screen.choose(done.capitalize(), f'Would {step}')}: {data.reason}", Tone.DIM)
    if data.answer:
        screen.line(*_ANSWERS[data.answer])


@command(app, "update", schema="mamctl.tracker.ip.update/1", render=render_update, dry_run=True)
def update(runtime: Runtime) -> Result:
    """Register the address, where it differs.

    The site is asked for the address it sees, and set only where it differs: at most once an hour. Looking needs no
    session, registering does.
    """
    with runtime.run(JOB) as run:
        done = update_address(run, open_address(runtime))
        if done.answer == "completed":
            run.notices.append(Notice("address_registered", f"the seedbox address is registered: {done.state.seen}"))
        return run.finish(_data(runtime, done), (*done.problems, *_waiting(done)), error=done.error)


def _waiting(done: AddressUpdate) -> list[Problem]:
    """An address that must wait is worth a word: until then the site may take your client for another."""
    if done.decision.step is not AddressStep.WAIT:
        return []
    return [Problem("address_waits", done.decision.reason, "tracker.ip", "no action needed: a later run registers it")]


def _data(runtime: Runtime, done: AddressUpdate) -> UpdateData:
    shown = AddressData.of(done.state)
    answer = done.answer.value if done.answer else None
    return view(
        UpdateData,
        shown,
        step=done.decision.step.value,
        reason=done.decision.reason,
        answer=answer,
        requests=runtime.requests(),
    )

"""`mamctl tracker`: the connection to the site, where it needs you."""

from __future__ import annotations

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.tracker import login_session, marker_of
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@app.callback()
def group() -> None:
    """Keeps a single command under its group's name."""


@dataclass(frozen=True, slots=True)
class ClearData:
    """Whether a failed login was remembered, and in which file."""

    was_refused: bool
    marker: str


def render_clear(screen: Screen, data: ClearData) -> None:
    """One line."""
    if data.was_refused:
        gone = screen.choose("is", "would be")
        screen.line(f"The failed login {gone} forgotten; the next command that asks the site signs in once.", Tone.GOOD)
    else:
        screen.line("No failed login is remembered.")


@command(app, "clear-login", schema="mamctl.tracker.clear-login/1", render=render_clear, dry_run=True, yes=True)
def clear_login(runtime: Runtime) -> Result:
    """Let mamctl sign in again after a failure.

    Once you have logged in with a browser and seen why it failed.
    """
    marker = marker_of(login_session(runtime))
    refused = marker.exists()
    if refused:
        require_yes(runtime, "The site locks accounts after failed logins. Let mamctl try once more?")
        if not runtime.options.dry_run:
            marker.unlink(missing_ok=True)
    return Result(ClearData(refused, str(marker)))

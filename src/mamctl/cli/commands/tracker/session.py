"""`mamctl tracker session`: whether the site takes the session, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.tracker.ip import LOOKED_UP_BEFORE, AddressView
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.tracker import open_address_lookup
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.errors import MamctlError, SessionRefusedError
from mamctl.jobs.account.address import read_address
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class SessionData:
    """Whether the session works, for which class of member; `clock_skew` is this machine's clock minus the site's.

    `seen` is the address that the site sees, looked up only when the session is refused: that is what it is locked to.
    The site allows one look-up a minute: `asked` is false where `seen` is of `seen_at`, a moment before.
    """

    works: bool
    user_class: str | None
    clock_skew: timedelta | None
    seen: AddressView | None
    seen_at: datetime | None = None
    asked: bool | None = None


def render_session(screen: Screen, data: SessionData) -> None:
    """One line, and the address where that may be the cause."""
    if data.works:
        screen.line(f"The session works ({data.user_class or 'no class'}).", Tone.GOOD)
        return
    screen.line("The site refuses the session.", Tone.BAD)
    if data.seen:
        network = f"AS{data.seen.asn} {data.seen.as_name or ''}".rstrip() if data.seen.asn is not None else "unknown"
        screen.pairs([("address", data.seen.ip), ("network", network)])
    if data.asked is False:
        screen.line(LOOKED_UP_BEFORE, Tone.DIM)


@command(app, "session", schema="mamctl.tracker.session/1", render=render_session)
def session(runtime: Runtime) -> Result:
    """Test the session alone: one request.

    When it is refused, the address that the site sees is looked up too.
    """
    try:
        account = runtime.tracker.fetch_account()
    except SessionRefusedError as error:
        return Result(_refused(runtime), error=error)
    skew = runtime.tracker.clock_skew
    return Result(SessionData(works=True, user_class=account.user_class, clock_skew=skew, seen=None))


def _refused(runtime: Runtime) -> SessionData:
    data = SessionData(works=False, user_class=None, clock_skew=runtime.tracker.clock_skew, seen=None)
    try:
        state = read_address(open_address_lookup(runtime), runtime.store, runtime.now())
    except MamctlError:
        return data
    return replace(data, seen=AddressView.of(state.seen), seen_at=state.seen_at, asked=state.asked)

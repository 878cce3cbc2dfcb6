"""`mamctl tracker ip`: the address that the site sees, and the one registered as the seedbox's."""

from __future__ import annotations

from datetime import datetime

import typer

from mamctl.cli.command import command
from mamctl.cli.format import day
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.tracker import open_address_lookup
from mamctl.dataclass import dataclass
from mamctl.domain.account.address import SeenAddress, network_text
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.jobs.account.address import AddressState, read_address
from mamctl.output.screen import Screen, Tone

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class AddressView:
    """An address with its network, as the site names it."""

    ip: str
    asn: int | None
    as_name: str | None

    @classmethod
    def of(cls, address: SeenAddress | None) -> AddressView | None:
        """The view of an address; None of none."""
        return None if address is None else cls(address.ip, address.asn, address.network)


@dataclass(frozen=True, slots=True)
class AddressData:
    """What the site sees, and what is registered as far as mamctl knows: by its own registrations, for the site has
    no call that says it. `differs` is None while none is known, `next_change_at` None when a change is allowed now.
    The site allows one look-up a minute: `asked` is false where `seen` is of `seen_at`, a moment before.
    """

    seen: AddressView | None
    seen_at: datetime
    registered: AddressView | None
    registered_at: datetime | None
    differs: bool | None
    network_differs: bool
    next_change_at: datetime | None
    asked: bool

    @classmethod
    def of(cls, state: AddressState) -> AddressData:
        """The data of a state."""
        record = state.record
        return cls(
            AddressView.of(state.seen),
            state.seen_at,
            AddressView.of(record.registered),
            record.confirmed_at,
            state.differs,
            state.network_differs,
            record.next_change_at(state.now),
            state.asked,
        )


LOOKED_UP_BEFORE = "Looked up less than a minute ago: the site allows one look-up a minute."


def render_address(screen: Screen, data: AddressData) -> None:
    """Both addresses, and whether they differ."""
    screen.pairs([("seen", _words(data.seen)), ("registered", _words(data.registered) or "not known to mamctl")])
    if not data.asked:
        screen.line(LOOKED_UP_BEFORE, Tone.DIM)
    if data.differs:
        screen.line("They differ.", Tone.WARN)
    elif data.differs is False:
        screen.line("They are the same.", Tone.GOOD)
    if data.next_change_at:
        screen.line(f"The next change is allowed at {day(data.next_change_at)}.", Tone.DIM)


def _words(view: AddressView | None) -> str:
    if view is None:
        return ""
    return str(SeenAddress(view.ip, view.asn, view.as_name))


@command(app, "ip", schema="mamctl.tracker.ip/1", render=render_address)
def ip(runtime: Runtime) -> Result:
    """Show the address the site sees, and the registered one.

    No session is needed; mamctl tracker ip update needs one.
    """
    state = read_address(open_address_lookup(runtime), runtime.store, runtime.now())
    return Result.of(AddressData.of(state), tuple(differences(state)))


def differences(state: AddressState) -> list[Problem]:
    """What keeps the site from knowing the address that it sees."""
    known = state.record.registered
    if known is None or not state.differs:
        return []
    if state.network_differs:
        found = (
            f"the address belongs to another network than the registered one: {network_text(state.seen)}, before "
            f"{network_text(known)}; a session that is locked to its network does not work from here"
        )
        remedy = "mamctl tracker session shows whether it does; if not, add this network to it (Manage Session)"
        return [Problem("address_network_changed", found, "tracker.ip", remedy)]
    found = f"the site sees {state.seen.ip}, and {known.ip} is registered"
    return [Problem("address_differs", found, "tracker.ip", "mamctl tracker ip update registers it")]

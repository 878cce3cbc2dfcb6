"""Keeping the seedbox address registered: look, decide, register, remember."""

from __future__ import annotations

import sqlite3
from dataclasses import field, replace
from datetime import datetime, timedelta
from typing import Protocol

from mamctl.dataclass import dataclass
from mamctl.domain.account.address import (
    LOOKUP_INTERVAL,
    AddressAnswer,
    AddressDecision,
    AddressRecord,
    AddressStep,
    SeenAddress,
    decide_address,
    network_text,
    other_network,
)
from mamctl.domain.permits import Permit, RegisterAddress
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, SessionRefusedError
from mamctl.jobs.permits import permit
from mamctl.jobs.run import Run
from mamctl.store.account.addresses import (
    NOT_SENT,
    REFUSED,
    UNKNOWN,
    AddressReading,
    claim_registration,
    last_address,
    read_registrations,
    record_address,
    settle_registration,
    was_asked_unseen,
)
from mamctl.store.runs import compact_runs

JOB = "address"
_KEEP_RUNS = timedelta(days=30)
_LOCKED_TO_NETWORK = frozenset({"session_asn_mismatch", "session_ip_mismatch", "session_dead"})


class AddressSite(Protocol):
    """The site's two calls about addresses; any may raise MamctlError kinds."""

    @property
    def clock_skew(self) -> timedelta | None:
        """This machine's clock minus the site's at the last answer; None before one."""
        ...

    def fetch_ip(self) -> SeenAddress:
        """The address that the site sees; at most once a minute."""
        ...

    def register_address(self, permit: Permit[RegisterAddress]) -> AddressAnswer:
        """Register it. An error with `maybe_sent` False, or a refused session, says that nothing was changed."""
        ...


@dataclass(frozen=True, slots=True)
class AddressState:
    """What the site sees, and what is known to be registered; `now` is the time by the site's clock. `asked` is false
    where the site was asked a moment before, and not again.
    """

    seen: SeenAddress
    seen_at: datetime
    record: AddressRecord
    now: datetime
    asked: bool = True

    @property
    def differs(self) -> bool | None:
        """Whether the registered address is another one; None when none is known."""
        known = self.record.registered
        return None if known is None else known.ip != self.seen.ip or self.network_differs

    @property
    def network_differs(self) -> bool:
        """Whether the seen address belongs to another network than the registered one."""
        known = self.record.registered
        return known is not None and other_network(self.seen, known)


@dataclass(frozen=True, slots=True)
class AddressUpdate:
    """What was found, decided and done; `answer` is None when the site was not asked to register."""

    state: AddressState
    decision: AddressDecision
    answer: AddressAnswer | None = None
    error: MamctlError | None = None
    problems: tuple[Problem, ...] = field(default=())


def read_address(site: AddressSite, db: sqlite3.Connection, now: datetime) -> AddressState:
    """The address that the site sees. One that was looked up less than a minute ago is not asked for again."""
    known = last_address(db)
    if known is not None and timedelta(0) <= now - known.looked_at < LOOKUP_INTERVAL:
        return AddressState(known.address, known.at, read_registrations(db, now), now, asked=False)
    seen = site.fetch_ip()
    there = _site_time(site, now)
    record_address(db, AddressReading(seen, there, now))
    return AddressState(seen, there, read_registrations(db, there), there)


def update_address(run: Run, site: AddressSite) -> AddressUpdate:
    """Register the address where it differs and the site allows it; a dry run decides the same and asks nothing."""
    state = read_address(site, run.db, run.clock())
    decision = decide_address(state.seen, state.record, state.now)
    update = AddressUpdate(state, decision)
    if decision.step in (AddressStep.REGISTER, AddressStep.CONFIRM) and not run.dry_run:
        update = _register(run, site, update)
    # A run that only waits has not used the session, so an earlier refusal still stands.
    run.judged = update.answer is not None or (state.asked and decision.step is not AddressStep.WAIT)
    compact_runs(run.db, JOB, _KEEP_RUNS, run.clock())
    return update


def _register(run: Run, site: AddressSite, update: AddressUpdate) -> AddressUpdate:
    state = update.state
    unseen = was_asked_unseen(run.db, state.seen.ip)
    changed = state.record.changed_at if update.decision.step is AddressStep.REGISTER else None
    leave = permit(run, RegisterAddress(since_last=None if changed is None else max(state.now - changed, timedelta())))
    number = claim_registration(run.db, run.id, state.seen, state.now)
    try:
        answer = site.register_address(leave)
    except SessionRefusedError as error:
        settle_registration(run.db, number, REFUSED, state.now, error.slug)
        return replace(update, error=_with_network(error, state))
    except MamctlError as error:
        outcome = UNKNOWN if getattr(error, "maybe_sent", True) else NOT_SENT
        settle_registration(run.db, number, outcome, state.now, error.slug)
        return replace(update, error=error)
    now = _site_time(site, run.clock())
    settle_registration(run.db, number, answer.value, now)
    known = read_registrations(run.db, now)
    signs = tuple(_signs_of_others(answer, update, unseen=unseen))
    return replace(update, state=replace(state, record=known, now=now), answer=answer, problems=signs)


def _signs_of_others(answer: AddressAnswer, update: AddressUpdate, *, unseen: bool) -> list[Problem]:
    """What can be explained only by another program, or you, having set the address."""
    record, seen = update.state.record, update.state.seen
    if answer is AddressAnswer.TOO_RECENT:
        # Had mamctl made a change in this hour, it would not have asked.
        found = "the site says that the address was changed within the last hour, and mamctl did not do it"
    elif answer is AddressAnswer.NO_CHANGE and record.registered and record.registered.ip != seen.ip and not unseen:
        found = f"{seen.ip} was registered already, and mamctl did not do it"
    else:
        return []
    return [
        Problem(
            "address_other_tool",
            found,
            "tracker.ip",
            "if another tool (mousehole, mousetrap, a script) registers the address as well, let only one of them: the "
            "hour between two changes is counted over all; if you did it by hand, no action is needed",
        )
    ]


def _with_network(error: SessionRefusedError, state: AddressState) -> SessionRefusedError:
    """A refusal after a change of networks says so: the session is not dead, it is locked to the old network."""
    known = state.record.registered
    if known is None or not state.network_differs or error.slug not in _LOCKED_TO_NETWORK:
        return error
    return SessionRefusedError(
        f"{error.message}; the address belongs to another network than the registered one: "
        f"{network_text(state.seen)}, before {network_text(known)}",
        subject=error.subject,
        remedy="the session is probably locked to the old network and not dead: add this network to it on the site "
        "(Preferences, Security, Manage Session, Add additional ASN via IP address); it works again when you are back",
        code=error.slug,
    )


def _site_time(site: AddressSite, now: datetime) -> datetime:
    """`now` by the site's clock, where its answers say what time it is."""
    return now - (site.clock_skew or timedelta(0))

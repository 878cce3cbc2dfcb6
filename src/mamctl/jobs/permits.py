"""Asks for permits: the facts of an act, as the store has them at this moment, and a refusal that is on record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from mamctl.domain.permits import Act, Pause, Permit, Refused, Resume, Tag, Untag, ask
from mamctl.domain.ratio.guard import GuardState
from mamctl.errors import ExitCode, MamctlError
from mamctl.store.change.log import ChangeKind, failing_changes, open_changes
from mamctl.store.ratio.guard import read_guard
from mamctl.store.refusals import record_refusal

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from mamctl.domain.ratio.client import ClientTorrent
    from mamctl.domain.ratio.torrent_journal import Journal

A = TypeVar("A", bound=Act)


class ClauseRefusedError(MamctlError):
    """The act would break a clause; nothing was done."""

    code = "clause_refused"
    exit_code = ExitCode.ATTENTION

    def __init__(self, act: Act, refused: Refused) -> None:
        name = _words(act)
        self.act, self.clause, self.reason = name.replace(" ", "_"), refused.clause, refused.reason
        super().__init__(
            f"{refused.clause} refuses to {name}: {refused.reason}",
            subject=refused.clause,
            remedy=f"mamctl spec show {refused.clause}",
        )


class Recorder(Protocol):
    """A run, or what a rollback works with."""

    @property
    def db(self) -> sqlite3.Connection:
        """The store."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """The time."""
        ...


def permit(run: Recorder, act: A) -> Permit[A]:
    """Leave for an act. Raises ClauseRefusedError, which is on record.

    Within a transaction, which the error undoes, the caller records it once that is over: `note_refusal`.
    """
    answer = ask(act, why_held(run.db))
    if isinstance(answer, Permit):
        return answer
    error = ClauseRefusedError(act, answer)
    if not run.db.in_transaction:
        note_refusal(run, error)
    raise error


def note_refusal(run: Recorder, error: ClauseRefusedError) -> None:
    """Count a refusal in. A dry run has a copy of the store, and leaves no trace."""
    record_refusal(run.db, error.act, error.clause, error.reason, run.clock(), run_id=getattr(run, "id", None))


def why_held(db: sqlite3.Connection) -> str | None:
    """Why nothing may be spent, handed over or written (CHG-2); None when nothing keeps mamctl from it."""
    for change in failing_changes(db):
        return f"change {change.id} ({change.summary}) fails its self-tests"
    for change in open_changes(db):
        if change.kind is ChangeKind.ROLLBACK:
            return f"the rollback to point {change.point} is not finished"
    return None


def in_emergency(db: sqlite3.Connection) -> bool:
    """Whether the ratio emergency is active at this moment."""
    return read_guard(db).guard.state is GuardState.EMERGENCY


def pause_act(client: str, hashes: Iterable[str]) -> Pause:
    """The facts of a pause."""
    return Pause(client=client, hashes=tuple(hashes))


def tag_act(client: str, hashes: Iterable[str], tag: str) -> Tag:
    """The facts of a tag."""
    return Tag(client=client, hashes=tuple(hashes), tag=tag)


def untag_act(
    client: str, hashes: Iterable[str], tag: str, journal: Journal, torrents: Mapping[str, ClientTorrent]
) -> Untag:
    """The facts of taking a tag off."""
    chosen = tuple(hashes)
    return Untag(client=client, hashes=chosen, tag=tag, strangers=_strangers(chosen, tag, journal, torrents))


def resume_act(
    db: sqlite3.Connection, client: str, hashes: Iterable[str], tag: str, journal: Journal,
    torrents: Mapping[str, ClientTorrent],
) -> Resume:  # fmt: skip
    """The facts of a start."""
    chosen = tuple(hashes)
    return Resume(
        client=client,
        hashes=chosen,
        strangers=_strangers(chosen, tag, journal, torrents),
        downloads=tuple(one for one in chosen if one in torrents and torrents[one].amount_left > 0),
        emergency=in_emergency(db),
    )


def _strangers(
    hashes: tuple[str, ...], tag: str, journal: Journal, torrents: Mapping[str, ClientTorrent]
) -> tuple[str, ...]:
    known = {*journal.entries, *journal.left_alone}
    return tuple(one for one in hashes if one not in known and not (one in torrents and tag in torrents[one].tags))


def _words(act: Act) -> str:
    """BuyVip -> "buy vip"."""
    return re.sub(r"(?<=.)([A-Z])", r" \1", type(act).__name__).lower()

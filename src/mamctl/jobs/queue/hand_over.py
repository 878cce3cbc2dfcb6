"""The last step of a release: the torrent is given to the client; done is what its info-hash in the client shows."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from mamctl.dataclass import dataclass
from mamctl.domain.permits import HandOver
from mamctl.domain.problem import Problem
from mamctl.domain.queue.slots import Slots
from mamctl.domain.queue.states import State
from mamctl.domain.queue.torrent import TorrentFile
from mamctl.domain.queue.watching import AddRequest
from mamctl.errors import MamctlError
from mamctl.jobs.permits import ClauseRefusedError, permit
from mamctl.jobs.queue.context import ItemNote, QueueClient, QueueContext, QueuePass
from mamctl.jobs.queue.observe import ObservedClients
from mamctl.jobs.ratio.download_gate import is_emergency
from mamctl.store.account.readings import KnownAccount
from mamctl.store.queue.items import QueueItem, find_item

RETRY_AFTER = timedelta(minutes=30)  # a figure of the site that something waits on is read at most this often
_POLL_DELAYS = (0.2, 0.5, 1.0, 1.5, 2.0, 3.0)  # seconds between looks for a torrent that was just added


class Outcome(Enum):
    """What became of a release: it took a slot, it did not, or no other is to be tried in this run."""

    RELEASED = "released"
    PASSED_OVER = "passed_over"
    STOP = "stop"


@dataclass(slots=True)
class Releasing:
    """What the releases of one pass share; `slots` shrinks with each."""

    context: QueueContext
    done: QueuePass
    observed: ObservedClients
    client: QueueClient
    account: KnownAccount
    slots: Slots


def hand_over(work: Releasing, item: QueueItem, file: TorrentFile) -> Outcome:
    """Give the torrent to the client, unless one has it; what counts is that its info-hash is seen."""
    context, torrent = work.context, file.torrent
    item = context.note(item, info_hash=torrent.info_hash, contents=torrent.listing)
    for client in work.observed.readable:
        if client.downloads.find_downloads([torrent.info_hash]):
            return _seen(work, item, client, f"the client has it already: {item.reason}")
    if item.paid and is_emergency(context.run.db):
        context.move(item, State.WAITING, "the ratio emergency began", info_hash=None, contents=None)
        return Outcome.STOP
    try:
        leave = permit(context.run, _handing_over(work, item, torrent.info_hash))
    except ClauseRefusedError as error:
        context.run.add_problem(Problem.of(error, f"queue {item.id}"))
        context.move(item, State.WAITING, error.message, not_before=context.now + RETRY_AFTER, info_hash=None,
                     contents=None, paid=item.paid_unclaimed)  # fmt: skip
        return Outcome.STOP
    item = context.note(item, add_sent_at=context.now)
    request = AddRequest(
        work.observed.save_path, context.queue.category, (context.queue.tag,) if context.queue.tag else ()
    )
    declined: MamctlError | None = None
    try:
        work.client.downloads.add_torrent(file.content, request, leave)
    except MamctlError as error:
        declined = error
    for delay in _POLL_DELAYS:
        try:
            if work.client.downloads.find_downloads([torrent.info_hash]):
                return _seen(work, item, work.client, item.reason)
        except MamctlError as error:
            declined = declined or error
            break
        context.wait(delay)
    return _unclear(work, item, declined)


def _handing_over(work: Releasing, item: QueueItem, info_hash: str) -> HandOver:
    """The facts of handing a torrent over, at this moment."""
    now = find_item(work.context.run.db, item.id)
    return HandOver(
        info_hash=info_hash,
        claimed=now.state is State.CLAIMED,
        sent_before=now.add_sent_at is not None,
        known_to=None,
        paid=bool(item.paid),
        emergency=is_emergency(work.context.run.db),
    )


def _seen(work: Releasing, item: QueueItem, client: QueueClient, reason: str) -> Outcome:
    context, now = work.context, work.context.now
    item = context.move(item, State.HANDED_OVER, reason, client=client.name, handed_over_at=now)
    work.done.released.append(ItemNote.of(item))
    work.slots = work.slots.after_release(paid=bool(item.paid), size=item.size_bytes or 0)
    return Outcome.RELEASED


def _unclear(work: Releasing, item: QueueItem, declined: MamctlError | None) -> Outcome:
    """The torrent was sent and is not seen: from now on it is only looked for."""
    why = declined.message if declined else "the client does not show the torrent"
    item = work.context.move(item, State.UNCLEAR, f"handed over, and not seen: {why}")
    work.done.unclear.append(ItemNote.of(item))
    work.context.run.add_problem(unclear_problem(item))
    return Outcome.STOP


def unclear_problem(item: QueueItem) -> Problem:
    """What you can do about a download whose hand-over is unclear."""
    return Problem(
        "handover_unclear",
        f"“{item.title}”: {item.reason}",
        f"queue {item.id}",
        f"mamctl looks for it in every run; when it is in no client for certain: mamctl queue retry {item.id}",
    )

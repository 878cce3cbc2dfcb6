"""What a run left between claim and hand-over is settled by looking for its info-hash, never by trying again."""

from __future__ import annotations

from datetime import timedelta

from mamctl.domain.queue.states import State
from mamctl.jobs.queue.context import ItemNote, QueueContext, QueuePass
from mamctl.jobs.queue.hand_over import unclear_problem
from mamctl.jobs.queue.observe import ObservedClients
from mamctl.store.queue.items import QueueItem, list_items

_WEDGE_SHOWS = timedelta(minutes=30)  # personal freeleech shows in the rows after 5 to 20 minutes


def settle(context: QueueContext, done: QueuePass, observed: ObservedClients) -> None:
    """Settle every claim that no run is working on, and look for the unclear ones."""
    for item in list_items(context.run.db, State.CLAIMED, State.UNCLEAR):
        found = observed.downloads.get(item.info_hash or "")
        if found is not None:
            seen = context.move(
                item, State.HANDED_OVER, "seen in the client", client=found[0].name, handed_over_at=context.now
            )
            done.released.append(ItemNote.of(seen))
        elif item.state is State.UNCLEAR:
            done.unclear.append(ItemNote.of(item))
            context.run.add_problem(unclear_problem(item))
        elif item.add_sent_at is None:
            _back_to_waiting(context, item)
        elif not observed.unread:
            lost = context.move(item, State.UNCLEAR, "a run was cut off while handing it over, and it is not seen")
            done.unclear.append(ItemNote.of(lost))
            context.run.add_problem(unclear_problem(lost))


def _back_to_waiting(context: QueueContext, item: QueueItem) -> None:
    """Nothing was handed over: the torrent had not been sent. A wedge may have been, and is not spent a second time."""
    if item.wedge_sent_at is not None:
        due, why = item.wedge_sent_at + _WEDGE_SHOWS, "a run was cut off; whether its wedge was spent shows later"
    else:
        due, why = None, "a run was cut off before anything was handed over"
    context.move(item, State.WAITING, why, not_before=due, info_hash=None, contents=None, paid=item.paid_unclaimed)

"""Giving a torrent up, and taking the next candidate of its book within the bounds (QUAL-3, QUE-7)."""

from __future__ import annotations

from dataclasses import replace

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.queue.states import State
from mamctl.jobs.queue.context import ItemNote, QueueContext, QueuePass
from mamctl.store.queue.items import AlreadyQueuedError, NewItem, QueueItem, add_item
from mamctl.store.queue.records import conclude_pending_item, mark_tried


def give_up(
    context: QueueContext, done: QueuePass, item: QueueItem, state: State, reason: str, *, comes_anyway: bool = False
) -> QueueItem:
    """The item is refused or failed; its torrent is never taken again, and the next candidate waits for its turn.

    Nothing in a client is stopped or removed: what was begun goes on seeding, and is only not filed. `comes_anyway`
    when another item of the queue has the same content, so that there is nothing to replace.
    """
    item = context.move(item, state, reason)
    (done.refused if state is State.REFUSED else done.failed).append(ItemNote.of(item))
    if item.torrent_id is not None:
        mark_tried(context.run.db, item.torrent_id, item.id, reason, context.now)
    if comes_anyway:
        _leave_to_you(context, item, "it is available once")
    elif item.attempt >= context.queue.attempts:
        _leave_to_you(context, item, f"{item.attempt} torrents of it were tried")
    elif not item.author.strip():
        _leave_to_you(
            context, item, "without an author, another torrent of it cannot be distinguished from another book"
        )
    else:
        _queue_next(context, item)
    return item


def _queue_next(context: QueueContext, item: QueueItem) -> None:
    """The title, whichever torrent you named; what was queued as free is taken only where that is free, too."""
    new = NewItem(
        wanted=replace(item.wanted, torrent_id=None),
        reason=f"the next candidate after torrent {item.torrent_id}: {item.reason}",
        pending_id=item.pending_id,
        paid=False if item.paid_unclaimed is False else None,
        attempt=item.attempt + 1,
        replaces=item.id,
        book_key=item.book_key,
    )
    try:
        add_item(context.run.db, new, context.now, run_id=context.run.id)
    except AlreadyQueuedError:
        return
    text = f"“{item.title}”: {item.reason}; another torrent of it is looked for"
    context.run.notices.append(Notice("download_replaced", text, f"queue {item.id}"))


def _leave_to_you(context: QueueContext, item: QueueItem, why: str) -> None:
    """Nothing more is tried by itself."""
    if item.pending_id is not None:
        conclude_pending_item(context.run.db, item.pending_id, "failed", item.reason, context.now)
    context.run.add_problem(
        Problem(
            "download_given_up",
            f"“{item.title}”: {item.reason}; {why}, and no other is chosen automatically",
            f"queue {item.id}",
            f"mamctl queue show {item.id} says more; mamctl queue add takes another one",
        )
    )

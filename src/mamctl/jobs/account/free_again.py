"""Lets downloads that are taken only while they are free go on, once what the daily task fetched shows them so."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from mamctl.domain.account.availability import FreeRows
from mamctl.domain.account.pending import Wanted
from mamctl.domain.queue.states import State
from mamctl.errors import LockedError
from mamctl.jobs.run import Run
from mamctl.store.queue.items import QueueItem, list_items, move_item

_NOT_FREE = "not_free"  # the code that the queue holds them by


def resume_free(run: Run, rows: FreeRows, *, vip_began: bool) -> None:
    """Resume the downloads that are held as not free and are among the rows, or all of them when VIP has just begun.

    The queue looks at each as the site lists it at that moment before it takes it.
    """
    for item in list_items(run.db, State.HELD):
        if item.hold_code != _NOT_FREE or item.held_state is None:
            continue
        if rows.find(_wanted_torrent(item)) is not None:
            _resume(run, item, "the site lists it as free again")
        elif vip_began:
            _resume(run, item, "VIP is active again")


def _wanted_torrent(item: QueueItem) -> Wanted:
    return replace(item.wanted, torrent_id=item.torrent_id or item.wanted_torrent_id)


def _resume(run: Run, item: QueueItem, reason: str) -> None:
    with contextlib.suppress(LockedError):  # a run of the queue has it
        move_item(run.db, item, item.held_state or State.WAITING, reason, run.clock(), run_id=run.id)

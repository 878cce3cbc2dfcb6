"""Putting books into the queue: by torrent, by title, and from the pending list (VIP-10)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from mamctl.domain.account.pending import PendingStatus, Wanted
from mamctl.domain.queue.candidates import Candidate, judge_candidate
from mamctl.domain.site.search import MediaInfo, SeriesEntry, TorrentRow
from mamctl.errors import UsageError
from mamctl.jobs.queue.context import QueueContext
from mamctl.jobs.queue.observe import current_account, is_vip
from mamctl.jobs.queue.search import search_torrent
from mamctl.store.account.pending import PendingItem, list_pending
from mamctl.store.queue.items import AlreadyQueuedError, NewItem, QueueItem, add_item, find_item
from mamctl.store.queue.records import record_verdict


def add_torrent(context: QueueContext, torrent_id: int) -> tuple[QueueItem | None, Candidate]:
    """Queue one torrent that you named; the item (None when a rule refuses it) and the verdict on it.

    Raises UsageError when it is not on the site, AlreadyQueuedError when it or its book is queued.
    """
    row = search_torrent(context.site(), torrent_id)
    if row is None:
        raise UsageError(f"torrent {torrent_id} is not on the site", subject=str(torrent_id))
    wanted = Wanted(row.title, row.authors[0] if row.authors else "", torrent_id)
    edition, _ = context.edition_of(Wanted(wanted.title, wanted.author))
    judge = context.judge_context(edition, vip_active=is_vip(current_account(context), context.now))
    candidate = judge_candidate(wanted, row, judge)
    return (add_candidate(context, wanted, candidate) if candidate.accepted else None), candidate


def add_candidate(context: QueueContext, wanted: Wanted, candidate: Candidate) -> QueueItem:
    """Queue a candidate that was chosen for a title. Raises AlreadyQueuedError."""
    row = candidate.row
    new = NewItem(
        wanted=wanted,
        reason="added by you",
        torrent_id=row.id,
        torrent_title=row.title,
        free=candidate.free.value if candidate.free else None,
        paid=candidate.free is None,
        size_bytes=row.size_bytes,
    )
    number = add_item(context.run.db, new, context.now, run_id=context.run.id)
    record_verdict(context.run.db, number, row.id, "claimed", candidate.rules, context.now)
    return context.note(find_item(context.run.db, number), site_row=row_to_text(row))


def feed_from_pending(context: QueueContext) -> list[QueueItem]:
    """Queue the titles of the pending list that are available for free and whose flag allows it; store only."""
    added = []
    for item in list_pending(context.run.db):
        if item.status is PendingStatus.AVAILABLE_FREE and item.auto_download and item.matches:
            try:
                number = add_item(context.run.db, _from_pending(item), context.now, run_id=context.run.id)
            except AlreadyQueuedError:
                continue
            added.append(find_item(context.run.db, number))
    return added


def _from_pending(item: PendingItem) -> NewItem:
    """The torrent is chosen when a slot is free, by the rules; what was found of it is a week old at most."""
    return NewItem(
        wanted=item.wanted, reason="on the pending list, and available for free", paid=False, pending_id=item.id
    )


def row_to_text(row: TorrentRow) -> str:
    """A row as it is kept; without its description, which is long and not needed."""
    facts = {**asdict(row), "description": None}
    return json.dumps(facts, default=lambda value: value.isoformat() if isinstance(value, datetime) else str(value))


def row_from_text(text: str | None) -> TorrentRow | None:
    """The inverse of `row_to_text`."""
    if text is None:
        return None
    facts: dict[str, Any] = json.loads(text)
    for name in ("authors", "narrators", "file_types"):
        facts[name] = tuple(facts[name])
    facts["series"] = tuple(SeriesEntry(**entry) for entry in facts["series"])
    facts["media"] = MediaInfo(**facts["media"]) if facts["media"] else None
    for name in ("added_at", "vip_expires_at"):
        facts[name] = datetime.fromisoformat(facts[name]) if facts[name] else None
    return TorrentRow(**facts)

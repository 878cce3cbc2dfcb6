"""Watching the queue's downloads in their clients: progress, completion, standstill, what you decided, seed time."""

from __future__ import annotations

from datetime import timedelta

from mamctl.domain.problem import Problem
from mamctl.domain.queue.slots import SEED_TIME
from mamctl.domain.queue.states import State
from mamctl.domain.queue.watching import (
    ClientDownload,
    ClientFile,
    DownloadState,
    Progress,
    Watched,
    judge_progress,
    next_progress,
)
from mamctl.domain.ratio.client import TorrentState
from mamctl.errors import MamctlError
from mamctl.jobs.queue.context import ItemNote, QueueClient, QueueContext, QueuePass
from mamctl.jobs.queue.filed import UNFILED
from mamctl.jobs.queue.observe import ObservedClients
from mamctl.jobs.queue.replace import give_up
from mamctl.store.queue.items import QueueItem, items_in_clients

_GONE_FOR = timedelta(hours=1)  # a torrent that is moved between clients, or a list that is not whole, comes back
_RUNNING = frozenset({State.HANDED_OVER, State.DOWNLOADING})


def watch(context: QueueContext, done: QueuePass, observed: ObservedClients) -> None:
    """Look at every download that was handed over; one that cannot be read keeps its state."""
    for item in items_in_clients(context.run.db):
        found = observed.downloads.get(item.info_hash or "")
        if found is None and (observed.unread or not observed.readable):
            continue  # it may be where this run cannot see
        try:
            _watch(context, done, item, found)
        except MamctlError as error:
            context.run.add_problem(Problem.of(error, f"queue {item.id}"))


def _watch(
    context: QueueContext, done: QueuePass, item: QueueItem, found: tuple[QueueClient, ClientDownload] | None
) -> None:
    if found is None:
        _gone(context, done, item)
        return
    client, torrent = found
    before = Progress(item.left_bytes, item.left_since) if item.left_bytes is not None and item.left_since else None
    item = _note_progress(context, item, client, torrent, before)
    if item.stage not in _RUNNING or item.state is State.BLOCKED:
        _settle_when_due(context, item)
        return
    files: tuple[ClientFile, ...] = ()
    if torrent.amount_left == 0:
        files = client.downloads.list_files(torrent.hash)
    stalled_after = timedelta(seconds=context.queue.stalled_after)
    seen = judge_progress(torrent, files, item.contents, before, stalled_after, context.now)
    if context.frozen_tag in torrent.tags and seen.state is DownloadState.YOURS:
        seen = Watched(DownloadState.UNDER_WAY, "frozen by the ratio guard")
    _follow(context, done, item, torrent, seen)


def _note_progress(
    context: QueueContext, item: QueueItem, client: QueueClient, torrent: ClientDownload, before: Progress | None
) -> QueueItem:
    after = next_progress(torrent, before, context.now)
    return context.note(
        item, client=client.name, progress=torrent.progress, left_bytes=after.left, left_since=after.since,
        seeding_s=torrent.seeding_s, content_path=torrent.content_path, gone_since=None,
    )  # fmt: skip


def _follow(context: QueueContext, done: QueuePass, item: QueueItem, torrent: ClientDownload, seen: Watched) -> None:
    """The item in the state that was seen."""
    match seen.state:
        case DownloadState.COMPLETE:
            item = _resumed(context, item)
            item = context.move(item, State.COMPLETE, seen.reason)
            done.completed.append(ItemNote.of(item))
        case DownloadState.STALLED:
            give_up(context, done, _resumed(context, item), State.FAILED, f"stalled: {seen.reason}")
        case DownloadState.YOURS | DownloadState.BROKEN:
            if item.state is not State.HELD:
                code = "download_broken" if seen.state is DownloadState.BROKEN else "stopped_by_you"
                context.move(item, State.HELD, seen.reason, hold_code=code)
        case _:
            item = _resumed(context, item)
            begun = torrent.progress > 0 or torrent.state is not TorrentState.METADATA_DL
            if item.state is State.HANDED_OVER and begun:
                context.move(item, State.DOWNLOADING, seen.reason)
            else:
                context.note(item, reason=seen.reason)


def _resumed(context: QueueContext, item: QueueItem) -> QueueItem:
    """A held download that goes on, in the state it was held from."""
    if item.state is State.HELD:
        return context.move(item, item.stage, "goes on")
    return item


def _gone(context: QueueContext, done: QueuePass, item: QueueItem) -> None:
    """The torrent is in no client. It has an hour to come back; a download is then replaced, a finished one kept."""
    since = item.gone_since or context.now
    if item.gone_since is None:
        item = context.note(item, gone_since=since)
    if context.now - since < _GONE_FOR:
        return
    if item.hold_code == UNFILED:
        return  # you have taken it out; nothing is fetched in its place
    if item.stage in _RUNNING:
        give_up(context, done, _unblocked(context, _resumed(context, item)), State.FAILED,
                "removed from the client before it was whole")  # fmt: skip
    elif item.stage in (State.COMPLETE, State.VERIFIED):
        give_up(context, done, _resumed(context, item), State.FAILED, "removed from the client before it was filed")
    elif item.state is State.FILED and (item.seeding_s or 0) >= SEED_TIME.total_seconds():
        context.move(item, State.SETTLED, "seeded 72 hours, and removed from the client")
    elif item.state is State.FILED:
        context.run.add_problem(
            Problem(
                "seeding_ended",
                f"“{item.title}”: removed from the client before it had seeded 72 hours",
                f"queue {item.id}",
                f"add the torrent again in the client and let it seed; mamctl queue remove {item.id} ends this message",
            )
        )


def _unblocked(context: QueueContext, item: QueueItem) -> QueueItem:
    if item.state is State.BLOCKED:
        return context.move(item, item.stage, "no longer in the client", frozen_at=None)
    return item


def _settle_when_due(context: QueueContext, item: QueueItem) -> None:
    """A filed book that has seeded its time is settled."""
    hold = context.queue.seed_hold
    if item.state is State.FILED and (item.seeding_s or 0) >= hold:
        context.move(item, State.SETTLED, f"seeded {hold / 3600:.0f} hours")

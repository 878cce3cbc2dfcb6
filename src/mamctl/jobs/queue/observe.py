"""The clients and the account as a pass finds them, and the figures that bound its releases."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass
from mamctl.domain.account.account import has_vip
from mamctl.domain.problem import Problem
from mamctl.domain.queue.policy import QueuePolicy
from mamctl.domain.queue.slots import SEED_TIME, AccountFigures, Events, SlotFacts, seed_left
from mamctl.domain.queue.states import State
from mamctl.domain.queue.watching import ClientDownload
from mamctl.domain.ratio.client import ClientSnapshot, TorrentState
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.domain.site.rules import EventKind
from mamctl.errors import MamctlError
from mamctl.regex import regex
from mamctl.store.account.readings import KnownAccount, last_account, record_account
from mamctl.store.queue.items import QueueItem, items_in_clients, items_under_way, list_items
from mamctl.store.queue.records import (
    failures_in_row,
    last_clients,
    read_block,
    released_since,
    remember_clients,
    upload_speed,
    was_saturated,
)
from mamctl.store.ratio.guard import read_guard
from mamctl.store.site.rules import list_events

if TYPE_CHECKING:
    from mamctl.jobs.queue.context import QueueClient, QueueContext

LAG = timedelta(minutes=30)  # the longest time for which the site's documentation says that it caches a figure
_MOST_YOUNG = 600  # torrents asked for; no class of members may have as many unsatisfied ones
_REFUSED_ANNOUNCE = regex(r"unrecogni[sz]ed host|pass ?key|unregistered", re.IGNORECASE)


@dataclass(slots=True)
class ObservedClients:
    """The clients in this pass. `downloads` are those of the queue, by info-hash, each with its client.

    `unread` are clients that could not be read: what is not seen may be in one of them. Without `releasing` nothing was
    counted and no place looked for, so that nothing may be released on it.
    """

    releasing: bool = False

    downloads: dict[str, tuple[QueueClient, ClientDownload]] = field(default_factory=dict)
    readable: list[QueueClient] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    own_unsatisfied: int | None = None
    freed_at: tuple[datetime, ...] = ()
    announce_trouble: str | None = None
    disk_free: int | None = None
    save_path: str = ""


def observe_clients(context: QueueContext, *, releasing: bool) -> ObservedClients:
    """Read every client; `releasing` also counts what the site's limit needs, and where a download would land."""
    observed = ObservedClients(releasing=releasing, own_unsatisfied=0 if releasing else None)
    hashes = [item.info_hash for item in _seen_items(context) if item.info_hash]
    for client in context.clients:
        try:
            snapshot = _snapshot(context, client)
            found = client.downloads.find_downloads(hashes)
            if releasing and observed.own_unsatisfied is not None:
                _count_young(observed, client, snapshot, context.now)
        except MamctlError as error:
            observed.unread.append(client.name)
            observed.own_unsatisfied = None
            context.run.add_problem(Problem.of(error, client.name))
            continue
        observed.readable.append(client)
        observed.downloads |= {info_hash: (client, one) for info_hash, one in found.items()}
    observed.announce_trouble = _announce_trouble(context, observed)
    if releasing:
        _find_landing(context, observed)
        remember_clients(context.run.db, _to_json(observed), context.now)
    return observed


def target_client(context: QueueContext, observed: ObservedClients) -> QueueClient | None:
    """The client that downloads are handed to: the one named by `queue.client`, else the first; None when unread."""
    wanted = context.queue.client
    client = next((one for one in context.clients if not wanted or one.name == wanted), None)
    return client if client is not None and client in observed.readable else None


def current_account(context: QueueContext) -> KnownAccount:
    """The account, read again when the last reading is older than `queue.account_max_age`, or as far in the future by a
    wrong clock. Raises MamctlError."""
    known = last_account(context.run.db)
    if known is not None and abs(context.now - known.seen_at) <= context.account_max_age:
        return known
    account = context.site().fetch_account()
    if known is not None:
        context.run.add_problem(_wedges_gone(context, known, account.wedges))
    status = account.status(context.now, renew_within_days=context.renew_within_days)
    record_account(context.run.db, context.run.id, account, status.value, context.now)
    found = last_account(context.run.db)
    assert found is not None
    return found


def _wedges_gone(context: QueueContext, before: KnownAccount, wedges: int | None) -> Problem | None:
    """QUE-4: wedges that fell by more than mamctl spent since the last reading: the site, or you, spent them."""
    if wedges is None or before.wedges is None:
        return None
    ours = sum(
        item.wedge_sent_at is not None and item.wedge_sent_at >= before.seen_at for item in list_items(context.run.db)
    )
    gone = before.wedges - wedges - ours
    if gone <= 0:
        return None
    return Problem(
        "wedges_spent",
        f"{gone} freeleech wedges were spent that mamctl did not ask for ({before.wedges} → {wedges})",
        "wedges",
        "if it was not you: look at Preferences, Torrent Search, Automatic Freeleech Wedge on the site",
    )


def is_vip(account: KnownAccount | None, now: datetime) -> bool:
    """Whether VIP torrents are free for this account."""
    return account is not None and has_vip(account.expires_at, account.user_class, now)


def slot_facts(context: QueueContext, observed: ObservedClients | None, account: KnownAccount | None) -> SlotFacts:
    """The figures as they are now; without a look those of the last one, which may be none."""
    db, now = context.run.db, context.now
    return build_facts(db, context.queue, observed or last_observed(db), account, now)


def build_facts(
    db: Any, queue: QueuePolicy, observed: ObservedClients | None, account: KnownAccount | None, now: datetime
) -> SlotFacts:
    """The figures from the store, a look at the clients, and a reading of the account."""
    under_way = items_under_way(db)
    guard, failures = read_guard(db).guard, failures_in_row(db)
    known = account_figures(account)
    return SlotFacts(
        emergency=guard.state is GuardState.EMERGENCY,
        emergency_since=guard.since,
        events=current_events(db, now),
        account=known,
        own_unsatisfied=observed.own_unsatisfied if observed else None,
        own_freed_at=observed.freed_at if observed else (),
        uncounted=_uncounted(db, account),
        unseen=sum(item.stage in (State.CLAIMED, State.UNCLEAR) for item in under_way),
        saturated=was_saturated(db),
        free_under_way=sum(item.paid is False for item in under_way),
        paid_under_way=sum(item.paid is not False for item in under_way),
        charged_left=sum(_charged_left(item, account) for item in under_way if item.paid),
        disk_free=observed.disk_free if observed else None,
        reserved_bytes=sum(item.reserved for item in under_way),
        block=read_block(db),
        announce_trouble=observed.announce_trouble if observed else None,
        released_today=released_since(db, now - timedelta(days=1)),
        failures_in_row=failures.count,
        last_failure_at=failures.last_at,
    )


def current_events(db: Any, now: datetime) -> Events:
    """What is under way on the whole site, and how fast the clients upload."""
    kinds = {event.kind for event in list_events(db) if event.active(now)}
    return Events(EventKind.FREELEECH in kinds, EventKind.BONUS in kinds, upload_speed(db, now))


def account_figures(account: KnownAccount | None) -> AccountFigures:
    """What of a reading of the account bounds the slots."""
    if account is None:
        return AccountFigures()
    owed = account.unsatisfied
    return AccountFigures(owed.count, owed.limit, account.uploaded_bytes, account.downloaded_bytes, account.seen_at)


def _uncounted(db: Any, account: KnownAccount | None) -> int:
    """Hand-overs that the site's figure may lack: made after it, or within its lag before it."""
    if account is None:
        return 0
    since = account.seen_at - LAG
    return sum(
        item.claimed_at is not None and item.claimed_at >= since and item.stage is not State.WAITING
        for item in list_items(db)
    )


def _charged_left(item: QueueItem, account: KnownAccount | None) -> int:
    """What a paid download will still add to the account's total: all of it until the site has had time to count."""
    if account is None or item.handed_over_at is None or item.handed_over_at > account.seen_at - LAG:
        return item.size_bytes or 0
    return item.reserved


def _seen_items(context: QueueContext) -> Iterable[QueueItem]:
    yield from items_in_clients(context.run.db)
    yield from list_items(context.run.db, State.CLAIMED, State.UNCLEAR)


def _snapshot(context: QueueContext, client: QueueClient) -> ClientSnapshot:
    """All torrents of the client, in the session that the last pass left."""
    snapshot, remembered = client.scoped.client.fetch_snapshot(context.memory.recall(client.name))
    context.memory.keep(client.name, remembered)
    return snapshot


def _count_young(observed: ObservedClients, client: QueueClient, snapshot: ClientSnapshot, now: datetime) -> None:
    """The site's torrents of a client that have not seeded their 72 hours, whatever its scope is narrowed to."""
    site = Scope(client.scoped.scope.trackers)
    ours = {info_hash for info_hash, torrent in snapshot.torrents.items() if site.holds(torrent)}
    young = [one for one in client.downloads.youngest_seeds(_MOST_YOUNG) if one.hash in ours and _is_unsatisfied(one)]
    ends = [now + seed_left(one.seeding_s) for one in young if one.progress >= 1]
    observed.own_unsatisfied = (observed.own_unsatisfied or 0) + len(young)
    observed.freed_at = tuple(sorted((*observed.freed_at, *ends)))


def _is_unsatisfied(one: ClientDownload) -> bool:
    """Whether it owes seed time, or soon will: one that was stopped before its first byte does not."""
    begun = one.progress > 0 or one.state is not TorrentState.PAUSED_DL
    return begun and one.seeding_s < SEED_TIME.total_seconds()


def _announce_trouble(context: QueueContext, observed: ObservedClients) -> str | None:
    """What the tracker says of the queue's running downloads, when it refuses this client as such."""
    live = {
        item.info_hash for item in list_items(context.run.db, State.HANDED_OVER, State.DOWNLOADING) if item.info_hash
    }
    for info_hash, (client, _) in observed.downloads.items():
        if info_hash not in live:
            continue
        try:
            messages = client.downloads.tracker_messages(info_hash)
        except MamctlError:
            continue
        if found := next((words for words in messages if _REFUSED_ANNOUNCE.search(words)), None):
            return found
    return None


def _find_landing(context: QueueContext, observed: ObservedClients) -> None:
    """Where a download would land, and the free bytes there; unknown where this machine cannot see it."""
    client = target_client(context, observed)
    if client is None:
        return
    try:
        observed.save_path = context.queue.save_path or client.downloads.save_path(context.queue.category)
    except MamctlError as error:
        context.run.add_problem(Problem.of(error, client.name))
        return
    local = client.local(observed.save_path) if observed.save_path else None
    observed.disk_free = context.content.free_space(local) if local else None


def _to_json(observed: ObservedClients) -> dict[str, Any]:
    return {
        "own_unsatisfied": observed.own_unsatisfied,
        "freed_at": [moment.isoformat() for moment in observed.freed_at],
        "announce_trouble": observed.announce_trouble,
        "disk_free": observed.disk_free,
        "unread": observed.unread,
    }


def last_observed(db: Any) -> ObservedClients | None:
    """The last look at the clients, as far as the slots need it; None before the first."""
    kept = last_clients(db)
    if kept is None:
        return None
    facts, _ = kept
    return ObservedClients(
        own_unsatisfied=facts["own_unsatisfied"],
        freed_at=tuple(datetime.fromisoformat(moment) for moment in facts["freed_at"]),
        announce_trouble=facts["announce_trouble"],
        disk_free=facts["disk_free"],
        unread=list(facts["unread"]),
    )


def show_after(ratio: float | None) -> str | None:
    """A forecast ratio as it is kept and shown; cut, not rounded."""
    if ratio is None:
        return None
    return "∞" if math.isinf(ratio) else f"{math.floor(ratio * 1000) / 1000:.3f}"

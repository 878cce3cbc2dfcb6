"""One pass of the queue: settle → slots → release → hand over → watch → verify → file."""

from __future__ import annotations

import contextlib
from datetime import datetime

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem
from mamctl.domain.queue.slots import Slots, decide_slots, saturated_now
from mamctl.domain.queue.states import FREEZABLE, SEARCHED, State
from mamctl.errors import LockedError, MamctlError
from mamctl.jobs.queue.add import feed_from_pending
from mamctl.jobs.queue.context import ItemNote, QueueClient, QueueContext, QueuePass
from mamctl.jobs.queue.filed import UNFILED
from mamctl.jobs.queue.finish import finish
from mamctl.jobs.queue.hand_over import Outcome, Releasing
from mamctl.jobs.queue.observe import ObservedClients, current_account, observe_clients, slot_facts, target_client
from mamctl.jobs.queue.release import release
from mamctl.jobs.queue.settle import settle
from mamctl.jobs.queue.watch import watch
from mamctl.jobs.ratio.download_gate import is_emergency
from mamctl.store.account.readings import last_account
from mamctl.store.queue.items import QueueItem, items_in_clients, list_items, open_items
from mamctl.store.queue.records import remember_saturated
from mamctl.store.ratio.guard import read_guard

# What a site's answer decides; all other limits are known without asking it.
_BY_THE_SITE = frozenset({"unsatisfied", "ratio"})
_REMEDIES = {
    "name_not_agreed": "give the names: mamctl queue retry {id} --title TITLE --author NAME",
    "content_not_reachable": "set path_map of the client: its path = this machine's",
    "no_library": "set library.file_into",
    "no_book": "file it by hand; it keeps seeding",
    "download_broken": "look at the torrent in the client",
    "files_missing": "stop the torrent in the client, then recheck it",
    "pieces_differ": "stop the torrent in the client, then recheck it; mamctl queue check {id} shows each file",
    "size_differs": "stop the torrent in the client, then recheck it",
}
# Held for a reason that passes by itself, or that you chose: no word about them.
_QUIET = frozenset({"stopped_by_you", "ratio", "no_space", "no_candidate", "not_free", UNFILED, None})


@dataclass(slots=True)
class QueueRun:
    """What a pass did, and the slots it had; None when nothing was to be released."""

    done: QueuePass
    slots: Slots | None = None


def run_queue(context: QueueContext) -> QueueRun:
    """One pass. With nothing queued, nothing is asked of anyone; without a due release, nothing of the site."""
    result = QueueRun(QueuePass())
    feed_from_pending(context)
    if not open_items(context.run.db) and not items_in_clients(context.run.db):
        return result
    _resume_held(context)
    _stamp_emergency(context)
    observed = observe_clients(context, releasing=bool(_due(context)))
    settle(context, result.done, observed)
    watch(context, result.done, observed)
    if not context.run.dry_run:
        finish(context, result.done)
    result.slots = _release_due(context, result.done, observed)
    _tell_held(context, result.done)
    return result


def _due(context: QueueContext) -> list[QueueItem]:
    """The waiting items whose time has come, the oldest first."""
    now = context.now
    waiting = list_items(context.run.db, State.WAITING)
    return [item for item in waiting if item.not_before is None or item.not_before <= now]


def _resume_held(context: QueueContext) -> None:
    """What was held for a while goes on where it was; of what is searched for again only a few a day."""
    held = list_items(context.run.db, State.HELD)
    today = context.now.date()
    left = context.search.a_day - sum(item.hold_code in SEARCHED and item.since.date() == today for item in held)
    for item in sorted(held, key=lambda item: item.since):
        if item.held_state is None or not _is_due(item, context.now):
            continue
        searched = item.hold_code in SEARCHED
        if left > 0 or not searched:
            left -= searched
            context.move(item, item.held_state, "tried again")


def _is_due(item: QueueItem, now: datetime) -> bool:
    """Whether its time has come; a search that is dated later than now is one of a clock that was wrong."""
    return item.not_before is not None and (item.not_before <= now or (item.hold_code in SEARCHED and item.since > now))


def _stamp_emergency(context: QueueContext) -> None:
    """Paid downloads that came to wait or run after the freeze are stamped like those that it found (RAT-4)."""
    guard = read_guard(context.run.db).guard
    if not is_emergency(context.run.db):
        return
    for item in list_items(context.run.db, *FREEZABLE):
        if item.paid:
            context.move(item, State.BLOCKED, "the ratio emergency is active", frozen_at=guard.since or context.now)


def _release_due(context: QueueContext, done: QueuePass, observed: ObservedClients) -> Slots | None:
    """Release as many as the slots allow. The site is asked only when a slot may be free."""
    due = _due(context)
    if not due:
        return None
    if not observed.releasing:  # a download that was given up in this pass made room for its next candidate
        observed = observe_clients(context, releasing=True)
    client = target_client(context, observed)
    if client is None or not observed.save_path:
        context.run.add_problem(_no_client(context, client))
        return None
    guessed = decide_slots(slot_facts(context, observed, last_account(context.run.db)), context.queue, context.events,
                           context.now)  # fmt: skip
    if any(limit.slots == 0 and limit.kind == "all" and limit.name not in _BY_THE_SITE for limit in guessed.limits):
        return guessed
    try:
        account = current_account(context)
    except MamctlError as error:
        context.run.add_problem(Problem.of(error))
        return guessed
    facts = slot_facts(context, observed, account)
    remember_saturated(context.run.db, saturated_now(facts, context.queue), context.now)
    work = Releasing(
        context, done, observed, client, account, decide_slots(facts, context.queue, context.events, context.now)
    )
    slots = work.slots
    _release_each(work, due)
    return slots


def _release_each(work: Releasing, due: list[QueueItem]) -> None:
    """The oldest first. What was queued as free waits for a free slot without a look at the site."""
    looks = 2 * work.context.queue.per_run
    for item in due:
        slots = work.slots
        open_kinds = {paid for paid in (True, False) if slots.may_release(paid=paid)}
        if not open_kinds or looks <= 0:
            return
        if item.paid is False and False not in open_kinds:
            with contextlib.suppress(LockedError):  # another run has it
                work.context.note(item, reason="waits for a free slot")
            continue
        looks -= 1
        if release(work, item) is Outcome.STOP:
            return


def _tell_held(context: QueueContext, done: QueuePass) -> None:
    """Everything that is held now, blocked by the ratio included; what needs you is a problem as long as it lasts."""
    for item in list_items(context.run.db, State.HELD, State.BLOCKED):
        done.held.append(ItemNote.of(item))
        if item.state is State.HELD and item.hold_code not in _QUIET:
            remedy = _REMEDIES.get(item.hold_code or "", "mamctl queue show {id}").format(id=item.id)
            text = f"“{item.title}” is held: {item.reason}"
            context.run.add_problem(Problem(item.hold_code or "held", text, f"queue {item.id}", remedy))


def _no_client(context: QueueContext, client: QueueClient | None) -> Problem:
    if client is not None:
        return Problem("no_save_path", f"{client.name} does not say where downloads go", "queue",
                       "set queue.save_path, or a default path in the client")  # fmt: skip
    wanted = context.queue.client
    if not context.clients:
        return Problem("no_client", "no torrent client is configured", "queue", "add a [[qbittorrent]] table")
    if wanted and all(client.name != wanted for client in context.clients):
        names = ", ".join(client.name for client in context.clients)
        return Problem(
            "no_client", f"queue.client names {wanted!r}; there are {names}", "queue", "correct queue.client"
        )
    return Problem("client_unread", "the client that downloads are handed to could not be read", "queue")

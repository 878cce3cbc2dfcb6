"""One release: look up again, decide, claim, fetch, check; every step is on record before the next is taken."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

from mamctl.domain.permits import Release, SpendWedge
from mamctl.domain.problem import Problem
from mamctl.domain.queue.candidates import Candidate, Free, JudgeContext, judge_candidate
from mamctl.domain.queue.slots import SiteBlock, ratio_after
from mamctl.domain.queue.states import State
from mamctl.domain.queue.torrent import RefusalKind, TorrentRefusal, judge_torrent
from mamctl.domain.text.quantities import show_size
from mamctl.errors import LockedError, MamctlError, PurchaseUnknownError, SessionRefusedError, UnreachableError
from mamctl.jobs.permits import ClauseRefusedError, permit
from mamctl.jobs.queue.add import row_to_text
from mamctl.jobs.queue.context import ItemNote
from mamctl.jobs.queue.hand_over import RETRY_AFTER, Outcome, Releasing, hand_over
from mamctl.jobs.queue.observe import account_figures, is_vip, show_after
from mamctl.jobs.queue.replace import give_up
from mamctl.jobs.queue.search import acceptable_with, search_title, search_torrent
from mamctl.jobs.ratio.download_gate import check_paid_download, is_emergency
from mamctl.store.exchanges import BudgetSpentError
from mamctl.store.queue.items import AlreadyQueuedError, QueueItem, claim_item, find_item, items_under_way
from mamctl.store.queue.records import read_block, record_verdict, remember_block

_REFUSED_AGAIN = timedelta(hours=6)


def release(work: Releasing, item: QueueItem) -> Outcome:  # noqa: PLR0911 - one for each way it may end
    """Release one waiting item, if it may go. Raises nothing but bugs and the store's errors."""
    try:
        candidate = _look_up_again(work, item)
        if candidate is None:
            return Outcome.PASSED_OVER
        return _release(work, item, candidate)
    except LockedError:
        return Outcome.PASSED_OVER  # another run was quicker
    except (SessionRefusedError, UnreachableError, BudgetSpentError) as error:
        work.context.run.add_problem(Problem.of(error))
        return Outcome.STOP
    except AlreadyQueuedError as error:
        # It may have been claimed meanwhile: what counts is how it stands now.
        now = find_item(work.context.run.db, item.id)
        give_up(work.context, work.done, now, State.FAILED, error.message, comes_anyway=True)
        return Outcome.PASSED_OVER
    except ClauseRefusedError as error:
        work.context.run.add_problem(Problem.of(error, f"queue {item.id}"))
        # A change that fails keeps every download back, not this one alone.
        return Outcome.STOP if error.clause == "CHG-2" else Outcome.PASSED_OVER
    except MamctlError as error:
        work.context.run.add_problem(replace(Problem.of(error), subject=f"queue {item.id}"))
        with contextlib.suppress(LockedError):  # a claim that was cut off is settled by the next run
            _wait(work, item, f"the site's answer could not be used: {error.message}", RETRY_AFTER)
        return Outcome.PASSED_OVER


def _look_up_again(work: Releasing, item: QueueItem) -> Candidate | None:
    """The item's torrent, or the best of its title, as the site lists it now; None when nothing may be taken."""
    context = work.context
    edition, _ = context.edition_of(item.wanted)
    judge = context.judge_context(edition, vip_active=is_vip(work.account, context.now))
    if item.torrent_id is None:
        return _choose(work, item, judge)
    row = search_torrent(context.site(), item.torrent_id)
    if row is None:
        give_up(context, work.done, item, State.FAILED, f"torrent {item.torrent_id} is no longer on the site")
        return None
    wanted = item.wanted if item.wanted_torrent_id else replace(item.wanted, torrent_id=item.torrent_id)
    candidate = judge_candidate(wanted, row, judge)
    record_verdict(context.run.db, item.id, row.id, "claimed", candidate.rules, context.now)
    if candidate.accepted:
        return candidate
    if {rule.name for rule in candidate.refusals} == {"seeders"}:
        _wait(work, item, "no one seeds it at present", _REFUSED_AGAIN)
        return None
    reasons = "; ".join(f"{rule.name}: {rule.detail}" for rule in candidate.refusals)
    give_up(context, work.done, item, State.REFUSED, reasons)
    return None


def _choose(work: Releasing, item: QueueItem, judge: JudgeContext) -> Candidate | None:
    """The best acceptable torrent of a title that has none yet."""
    context = work.context
    choice = search_title(context.site(), item.wanted, judge)
    for one in choice.candidates:
        record_verdict(context.run.db, item.id, one.row.id, "claimed", one.rules, context.now)
    chosen = choice.chosen
    if _is_wanted_free(item):
        chosen = next((one for one in choice.candidates if one.accepted and one.free), chosen)
    if chosen is not None:
        return chosen
    context.run.add_problem(acceptable_with(context, item.title, choice))
    _wait(work, item, choice.reason, timedelta(days=context.search.every_days), held="no_candidate")
    return None


def _release(work: Releasing, item: QueueItem, candidate: Candidate) -> Outcome:
    context, row = work.context, candidate.row
    wedge = _may_spend_wedge(work, item, candidate)
    paid = candidate.free is None and not wedge
    size = row.size_bytes or 0
    if not _may_go(work, item, candidate, paid=paid):
        return Outcome.PASSED_OVER
    free = Free.PERSONAL if wedge else candidate.free
    after = show_after(ratio_after(account_figures(work.account), size if paid else 0))
    reason = f"free ({free.value})" if free else f"paid; the ratio after it is {after or 'unknown'}"
    if context.run.dry_run:
        work.done.released.append(ItemNote(item.id, item.title, row.id, "claimed", reason))
        work.slots = work.slots.after_release(paid=paid, size=size)
        return Outcome.RELEASED
    permit(context.run, _releasing(work, item, paid=paid))
    claimed = claim_item(
        context.run.db, item, context.now, run_id=context.run.id, torrent_id=row.id, torrent_title=row.title, paid=paid,
        free=free.value if free else None, size_bytes=row.size_bytes, most_under_way=_under_way(work, paid=paid) + 1,
        reason=reason, ratio_after=after,
    )  # fmt: skip
    claimed = context.note(claimed, site_row=row_to_text(row))
    return _fetch(work, claimed, candidate, wedge=wedge)


def _may_go(work: Releasing, item: QueueItem, candidate: Candidate, *, paid: bool) -> bool:
    """Whether it may be claimed now; if not, the item waits, is held or stamped, with the reason."""
    if candidate.free is None and _is_wanted_free(item):
        reason = "it is no longer free; it is taken when it is free again"
        # The daily task lets it go on as soon as the site lists it as free.
        _wait(work, item, reason, timedelta(days=work.context.search.every_days), held="not_free")
        return False
    if paid and is_emergency(work.context.run.db) and not _gate_allows(work, item):
        return False
    if held := _held_back(work, paid=paid, size=candidate.row.size_bytes or 0):
        _wait(work, item, held[1], RETRY_AFTER, held=held[0], candidate=candidate)
        return False
    if not work.slots.may_release(paid=paid):
        kind = "paid" if paid else "free"
        _wait(work, item, f"waits for a {kind} slot: {work.slots.reason}", RETRY_AFTER, candidate=candidate)
        return False
    return not paid or _gate_allows(work, item)


def _is_wanted_free(item: QueueItem) -> bool:
    """Whether it was queued as free: by the pending list, or by you while it was; `queue retry` lifts the latter."""
    return item.pending_id is not None or item.paid is False


def _held_back(work: Releasing, *, paid: bool, size: int) -> tuple[str, str] | None:
    """Why a download of this size may not go, whatever slots there are: a stable word, and the reason."""
    slots = work.slots
    if slots.space is not None and size > slots.space:
        return "no_space", f"it needs {show_size(size)}, and {show_size(max(0, slots.space))} may be used on the disk"
    if not paid or slots.buffer is None or size <= slots.buffer:
        return None
    after = show_after(ratio_after(account_figures(work.account), size))
    least = work.context.queue.min_ratio
    return "ratio", f"the ratio after it would be {after}; at least {least:g} is kept (queue.min_ratio)"


def _gate_allows(work: Releasing, item: QueueItem) -> bool:
    """RAT-6: the guard's word; a refusal is stamped on the item."""
    context = work.context
    decision = check_paid_download(context.run.db, item.title, context.now, run_id=context.run.id)
    if decision.allowed:
        return True
    context.move(item, State.BLOCKED, decision.reason, frozen_at=decision.since or context.now, paid=True)
    return False


def _may_spend_wedge(work: Releasing, item: QueueItem, candidate: Candidate) -> bool:
    """QUE-4: only where configured, on what is not free, above a size, above the reserve, once for an item."""
    policy, wedges = work.context.queue.wedge, work.account.wedges
    if not policy.enabled or candidate.free is not None or item.wedge_sent_at is not None:
        return False
    if candidate.row.vip or is_emergency(work.context.run.db) or wedges is None:
        return False
    return wedges - policy.reserve >= 1 and (candidate.row.size_bytes or 0) >= policy.min_size


def _fetch(work: Releasing, item: QueueItem, candidate: Candidate, *, wedge: bool) -> Outcome:
    """Get the torrent file of a claimed item, and check it."""
    context, site = work.context, work.context.site()
    try:
        if wedge:
            leave = permit(context.run, _wedge(work, item, candidate))
            item = context.note(item, wedge_sent_at=context.now, wedges_before=work.account.wedges)
            answer = site.fetch_torrent_with_wedge(candidate.row.id, leave)
        else:
            answer = site.fetch_torrent(candidate.row.id)
    except PurchaseUnknownError as error:
        context.run.add_problem(Problem.of(error, f"queue {item.id}"))
        context.move(item, State.WAITING, "whether the wedge was spent is known within half an hour",
                     not_before=context.now + RETRY_AFTER, paid=item.paid_unclaimed)  # fmt: skip
        return Outcome.STOP
    except MamctlError as error:
        context.run.add_problem(Problem.of(error))
        reason = f"no torrent file: {error.message}"
        context.move(item, State.WAITING, reason, not_before=context.now + RETRY_AFTER, paid=item.paid_unclaimed)
        return Outcome.STOP
    if isinstance(answer, TorrentRefusal):
        return _refused(work, item, answer)
    if wedge:
        item = _confirm_wedge(work, item)
    fault = judge_torrent(answer.torrent, candidate.row, work.client.scoped.scope.trackers)
    if fault is not None:
        give_up(context, work.done, item, State.REFUSED, f"{fault.name}: {fault.detail}")
        return Outcome.PASSED_OVER
    return hand_over(work, item, answer)


def _refused(work: Releasing, item: QueueItem, answer: TorrentRefusal) -> Outcome:
    """The site gave no torrent file."""
    context, now = work.context, work.context.now
    if answer.kind is RefusalKind.BLOCKED:
        block = SiteBlock(now + (answer.wait or timedelta(hours=24)), answer.words)
        remember_block(context.run.db, block, now)
        reason = f"the site gives out no torrents: {answer.words}"
        context.move(item, State.WAITING, reason, not_before=block.until, paid=item.paid_unclaimed)
        context.run.add_problem(
            Problem(
                "site_block",
                f"the site gives out no torrents until {block.until:%Y-%m-%d %H:%M} UTC",
                "queue",
                "let torrents seed their 72 hours; no request is made until then",
                block.until,
            )
        )
        return Outcome.STOP
    if answer.kind is RefusalKind.REFUSED:
        context.move(item, State.HELD, f"the site refuses: {answer.words}", not_before=now + _REFUSED_AGAIN,
                     held_state=State.WAITING.value, hold_code="refused_by_site", paid=item.paid_unclaimed)  # fmt: skip
        return Outcome.PASSED_OVER
    give_up(context, work.done, item, State.FAILED, answer.words)
    return Outcome.PASSED_OVER


def _confirm_wedge(work: Releasing, item: QueueItem) -> QueueItem:
    """Read the account again: a wedge that was spent shows in the balance."""
    context = work.context
    try:
        after = context.site().fetch_account().wedges
    except MamctlError as error:
        context.run.add_problem(Problem.of(error, f"queue {item.id}"))
        return item
    before = item.wedges_before
    if after is not None and before is not None and after >= before:
        context.run.add_problem(
            Problem(
                "wedge_unconfirmed",
                f"“{item.title}”: a wedge was to be spent, and there are still {after}",
                f"queue {item.id}",
                "look at the torrent's page: is it your personal freeleech?",
            )
        )
    work.account = replace(work.account, wedges=after)
    return context.note(item, wedges_after=after)


def _releasing(work: Releasing, item: QueueItem, *, paid: bool) -> Release:
    """The facts of a release, at this moment."""
    db, now = work.context.run.db, work.context.now
    block = read_block(db)
    return Release(
        title=item.title,
        paid=paid,
        slot=work.slots.may_release(paid=paid),
        blocked=block.reason if block is not None and block.until > now else None,
        emergency=is_emergency(db),
    )


def _wedge(work: Releasing, item: QueueItem, candidate: Candidate) -> SpendWedge:
    """The facts of spending a wedge, at this moment."""
    policy = work.context.queue.wedge
    return SpendWedge(
        enabled=policy.enabled,
        free_already=candidate.free is not None or bool(candidate.row.vip),
        sent_before=item.wedge_sent_at is not None,
        wedges=work.account.wedges,
        reserve=policy.reserve,
        size=candidate.row.size_bytes or 0,
        min_size=policy.min_size,
        emergency=is_emergency(work.context.run.db),
    )


def _wait(
    work: Releasing,
    item: QueueItem,
    reason: str,
    span: timedelta,
    *,
    held: str | None = None,
    candidate: Candidate | None = None,
) -> None:
    """Leave the item for later; what was learnt of its torrent is kept."""
    context = work.context
    values: dict[str, object] = {"not_before": context.now + span}
    if candidate is not None:
        row = candidate.row
        values |= {"paid": candidate.free is None, "free": candidate.free.value if candidate.free else None,
                   "size_bytes": row.size_bytes, "torrent_id": row.id, "torrent_title": row.title}  # fmt: skip
    if held:
        context.move(item, State.HELD, reason, hold_code=held, **values)
    else:
        context.note(item, reason=reason, **values)


def _under_way(work: Releasing, *, paid: bool) -> int:
    return sum(item.paid is paid for item in items_under_way(work.context.run.db))

"""Notifications of what the guard did, each once, with what comes next."""

from __future__ import annotations

from mamctl.domain.ratio.guard import GuardState, show_ratio
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.ports import Notifier
from mamctl.jobs.ratio.results import RatioWatch
from mamctl.jobs.run import Run
from mamctl.store.ratio.guard import Transition, claim_notification

# From this many freezes in a day on, the guard is known to go to and fro, and its changes are no longer sent.
_REPORTED_FREEZES = 3


def notify_pass(run: Run, notifier: Notifier, result: RatioWatch, *, started: int) -> None:
    """Notify of a transition, also of one that an interrupted pass left unreported, else of what was done besides."""
    if run.dry_run:
        return
    transition = claim_notification(run.db, run.clock())
    if transition is not None:
        run.sent |= {"ratio_emergency", "ratio_emergency_over"}
    if transition is None:
        if title := _of_actions(result, started):
            run.add_problem(notifier.notify(title, "\n".join((result.reason, _done(result), _next(result)))))
    elif not _is_old_news(transition, result):
        title, body = _of_transition(transition.to_state, result), (transition.reason, _done(result), _next(result))
        run.add_problem(notifier.notify(title, "\n".join(body)))


def _is_old_news(transition: Transition, result: RatioWatch) -> bool:
    freezes = result.freezes_in_a_day
    if transition.decided_by != "guard":
        return False
    return freezes > _REPORTED_FREEZES or (freezes == _REPORTED_FREEZES and transition.to_state is GuardState.NORMAL)


def _of_transition(to: GuardState, result: RatioWatch) -> str:
    if to is GuardState.NORMAL:
        return "mamctl: the ratio emergency is over"
    if result.freezes_in_a_day < 2:
        return "mamctl: ratio emergency"
    return f"mamctl: ratio emergency, {_ordinal(result.freezes_in_a_day)} in 24 hours"


def _ordinal(number: int) -> str:
    return {2: "the 2nd", 3: "the 3rd"}.get(number, f"number {number}")


def _of_actions(result: RatioWatch, started: int) -> str:
    """The title for what was done without a transition; empty when there is nothing to report."""
    emergency, done = result.figures.emergency, result.actions
    if started and not done.paused:
        return f"mamctl: {count_of(started, 'frozen download was', 'frozen downloads were')} started by someone else"
    if emergency and done.paused:
        return "mamctl: more was frozen"
    if emergency:
        return "mamctl: more torrents seed" if done.resumed else ""
    # Downloads that are released one by one are reported when the last of them goes on.
    return "mamctl: more was restored" if (done.resumed or done.paused) and not result.held_back else ""


def _done(result: RatioWatch) -> str:
    done = result.actions
    paused = count_of(done.paused, "torrent")
    return f"{paused} paused, {done.resumed} started, {done.tagged} tagged, {done.untagged} untagged."


def _next(result: RatioWatch) -> str:
    if not result.figures.emergency:
        if result.held_back:
            return (
                f"The ratio fell below the floor {result.freezes_in_a_day} times in 24 hours: {result.held_back}"
                " downloads wait, and resume one after another, as the ratio allows. Paid ones are allowed."
            )
        return "Downloads continue as before, and paid ones are allowed again."
    account = account_words(result.account_ratio)
    return (
        "Next: everything complete seeds, paid downloads are refused, and at the recovery everything is restored; "
        f"forecast: {result.forecast.words}.{f' Note: {account}.' if account else ''}"
    )


def account_words(ratio: float | None) -> str:
    """The account's own ratio, where it is known."""
    return f"the account's own ratio was last read as {show_ratio(ratio)}" if ratio is not None else ""

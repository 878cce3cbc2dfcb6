"""What a person is told of the guard: every action once, with what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.problem import Problem
from mamctl.domain.ratio.client import ClientSnapshot, TorrentState
from mamctl.domain.ratio.guard import GuardState
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.jobs.ports import Announcer
from mamctl.jobs.run import Run
from mamctl.store.guard import claim_announcement

if TYPE_CHECKING:
    from mamctl.jobs.ratio.views import RatioWatch


def announce_pass(run: Run, announcer: Announcer, result: RatioWatch) -> None:
    """Tell of a transition, also of one that an interrupted pass left untold, else of what was done besides."""
    if run.dry_run:
        return
    transition = claim_announcement(run.db, run.clock())
    if transition is not None:
        title, next_ = _of_transition(transition.to_state, result)
        run.trouble(announcer.announce(title, "\n".join((transition.reason, _done(result), next_))))
    elif result.actions.any:
        title = "mamctl: more was frozen" if result.figures.emergency else "mamctl: more was put back"
        run.trouble(announcer.announce(title, "\n".join((result.reason, _done(result), _next(result)))))


def strange_states(snapshot: ClientSnapshot, scope: Scope) -> Problem | None:
    """A client newer than mamctl may have states without a treatment: a person should know before it matters."""
    strange = sum(t.state is TorrentState.UNKNOWN and scope.holds(t) for t in snapshot.torrents.values())
    if not strange:
        return None
    message = f"{snapshot.name}: {strange} torrents are in a state that mamctl does not know"
    remedy = "update mamctl; until then they are frozen only while something arrives"
    return Problem("torrent_state_unknown", message, snapshot.name, remedy)


def _of_transition(to: GuardState, result: RatioWatch) -> tuple[str, str]:
    title = "mamctl: ratio emergency" if to is GuardState.EMERGENCY else "mamctl: the ratio emergency is over"
    return title, _next(result)


def _done(result: RatioWatch) -> str:
    done = result.actions
    return f"{done.paused} torrents paused, {done.resumed} started, {done.tagged} tagged, {done.untagged} untagged."


def _next(result: RatioWatch) -> str:
    if not result.figures.emergency:
        return "Downloads go on as before, and paid ones are allowed again."
    return (
        f"Next: everything complete seeds, paid downloads are refused, and at the recovery all is put back by itself; "
        f"forecast: {result.forecast.words}."
    )

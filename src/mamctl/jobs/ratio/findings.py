"""What a pass finds wrong with the clients, the totals and the guard: one function a kind, None when all is well."""

from __future__ import annotations

from mamctl.domain.problem import Problem
from mamctl.domain.ratio.client import ClientSnapshot, TorrentState
from mamctl.domain.ratio.guard import Guard, GuardState, show_ratio
from mamctl.domain.ratio.policy import RatioPolicy
from mamctl.domain.ratio.reading import RatioReading
from mamctl.domain.ratio.torrent_journal import Scope
from mamctl.domain.ratio.totals import Totals
from mamctl.domain.text.quantities import count_of
from mamctl.store.ratio.stats import SavedPass

ADOPT = "mamctl ratio thaw --adopt starts them and takes the tag off"


def strange_states(snapshot: ClientSnapshot, scope: Scope) -> Problem | None:
    """A client newer than mamctl may have states that it does not know: better said before it matters."""
    strange = sum(t.state is TorrentState.UNKNOWN and scope.holds(t) for t in snapshot.torrents.values())
    if not strange:
        return None
    message = f"{snapshot.name}: {count_of(strange, 'torrent is', 'torrents are')} in a state that mamctl does not know"
    remedy = "update mamctl; until then they are frozen only while something arrives"
    return Problem("torrent_state_unknown", message, snapshot.name, remedy)


def session_paused(name: str, paused: bool | None) -> Problem | None:
    """The client as a whole stands still: nothing seeds, so no ratio recovers."""
    if not paused:
        return None
    message = f"{name} is paused as a whole: nothing seeds or downloads, whatever its torrents show"
    return Problem("client_session_paused", message, name, "resume the session in qBittorrent")


def scope_matches_nothing(snapshot: ClientSnapshot, scope: Scope) -> Problem | None:
    """A client with torrents of which none may be touched: mostly a slip in the scope."""
    if not snapshot.torrents or any(map(scope.holds, snapshot.torrents.values())):
        return None
    message = f"{snapshot.name}: none of its {len(snapshot.torrents)} torrents is in scope, so nothing can be frozen"
    return Problem("scope_matches_nothing", message, snapshot.name, "see scope_trackers, scope_category and scope_tag")


def torrents_vanished(name: str, vanished: int, *, empty: bool) -> Problem:
    """Everything is gone at once: the client is hardly itself."""
    what = f"all {vanished} torrents that the guard changed are gone" if vanished else "all torrents are gone"
    message = f"{name} has changed: {what} at once{', and it has none at all' if empty else ''}"
    remedy = (
        "is its configuration mounted, and is it the right qBittorrent? What comes back within 30 days is restored; "
        "no action needed if you removed them"
    )
    return Problem("client_not_itself", message, name, remedy)


def totals_fell(name: str, before: Totals, after: Totals) -> Problem:
    """The statistics of a client are lower than what is on record."""
    message = f"{name}'s all-time totals fell from {before.text} to {after.text}: a reset, or another qBittorrent"
    remedy = (
        "the ratio is unknown for an hour, and then continues from what is on record; no action needed if you reset "
        "them"
    )
    return Problem("totals_fell", message, name, remedy)


def ratio_unknown(reading: RatioReading, guard: Guard, before: SavedPass | None) -> Problem | None:
    """RAT-11. That hardly anything was downloaded yet is said once, for it is nothing to be mended."""
    if reading.known:
        return None
    remedy = "nothing was changed; mamctl doctor checks the clients and the tracker"
    if reading.too_small:
        if guard.state is GuardState.NORMAL and _was_too_small(before):
            return None
        remedy = 'no action needed; ratio.source = "tracker" takes the account\'s own ratio'
        if guard.state is GuardState.EMERGENCY:
            remedy = "mamctl ratio thaw --yes ends the emergency anyway"
    return Problem("ratio_unknown", f"the ratio is unknown: {reading.why}", "ratio", remedy)


def _was_too_small(before: SavedPass | None) -> bool:
    """Totals that are known beside a ratio that is not were too small for one."""
    return before is not None and not before.reading.known and before.reading.downloaded is not None


def without_record(name: str, count: int, *, adopted: bool) -> Problem | None:
    """Torrents that a freeze paused which the store does not know."""
    if not count:
        return None
    message = f"{name}: {count} paused torrents carry the tag of a freeze that is not on record"
    if adopted:
        return Problem("frozen_without_record", f"{message}; taken over as frozen", name, "they resume at the recovery")
    return Problem("frozen_without_record", message, name, f"was the store lost, or restored from a copy? {ADOPT}")


def started_elsewhere(name: str, started: int, insisted: int, reading: RatioReading) -> Problem | None:
    """Frozen downloads that run though the guard paused them."""
    if not started:
        return None
    message = f"{name}: {count_of(started, 'frozen download was', 'frozen downloads were')} started by someone else"
    goes_on = started - insisted
    if goes_on:
        message += f" and continue in the emergency, at ratio {show_ratio(reading.ratio)}" if not insisted else ""
    if insisted:
        message += f"; {insisted} were frozen once more (ratio.insist)"
    remedy = "pause them yourself, or see which program starts torrents; mamctl ratio thaw --yes ends the emergency"
    return Problem("frozen_started_elsewhere", message, name, remedy)


def held_below_floor(
    guard: Guard, reading: RatioReading, policy: RatioPolicy, before: SavedPass | None
) -> Problem | None:
    """Your thaw keeps the guard from freezing below the floor: said by the first pass that finds it so."""
    if guard.override is None or guard.state is not GuardState.NORMAL or not _is_below(reading, policy):
        return None
    if before is not None and _is_below(before.reading, policy) and guard.since and before.seen_at >= guard.since:
        return None
    until = f"{guard.override.until:%Y-%m-%d %H:%M} UTC"
    message = f"the ratio {show_ratio(reading.ratio)} is below the floor {policy.floor:.2f}"
    lifted = f"you lifted the emergency until {until}"
    return Problem("held_below_floor", f"{message}; {lifted}", "ratio", "pause downloads yourself, or accept it")


def _is_below(reading: RatioReading, policy: RatioPolicy) -> bool:
    return reading.ratio is not None and reading.ratio < policy.floor


def flapping(freezes: int, held_back: int) -> Problem:
    """The ratio fell below the floor again within a day (RAT-14)."""
    message = (
        f"the ratio fell below the floor {freezes} times in 24 hours: {held_back} frozen downloads go on one after"
        " another, each when what it has left keeps the ratio at the floor"
    )
    return Problem("ratio_flapping", message, "ratio", "seed; mamctl ratio thaw --yes releases all of them at once")

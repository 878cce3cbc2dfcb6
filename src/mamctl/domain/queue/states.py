"""The states of a queued download, and the one table of what may follow what."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a download stands. The first eight are the way; the others are aside of it."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    HANDED_OVER = "handed_over"
    DOWNLOADING = "downloading"
    COMPLETE = "complete"
    VERIFIED = "verified"
    FILED = "filed"
    SETTLED = "settled"
    HELD = "held"
    BLOCKED = "blocked_ratio_emergency"
    REFUSED = "refused"
    FAILED = "failed"
    UNCLEAR = "unclear"


_S = State
_IN_CLIENT = frozenset({_S.HANDED_OVER, _S.DOWNLOADING, _S.COMPLETE, _S.VERIFIED, _S.FILED, _S.SETTLED})

# The whole machine. A held or blocked download returns to the state it was held from, which its row names.
# A claim whose request was certainly not sent goes back to waiting; one whose answer was lost is unclear, and only
# seeing its info-hash in a client, or your word (`queue retry`), leads out of that. What was filed is held when you
# take it out of the library.
NEXT: dict[State, frozenset[State]] = {
    _S.WAITING: frozenset({_S.CLAIMED, _S.HELD, _S.BLOCKED, _S.REFUSED, _S.FAILED}),
    _S.CLAIMED: frozenset({_S.HANDED_OVER, _S.UNCLEAR, _S.WAITING, _S.HELD, _S.BLOCKED, _S.REFUSED, _S.FAILED}),
    _S.UNCLEAR: frozenset({_S.HANDED_OVER, _S.WAITING, _S.FAILED}),
    _S.HANDED_OVER: frozenset({_S.DOWNLOADING, _S.COMPLETE, _S.HELD, _S.BLOCKED, _S.FAILED}),
    _S.DOWNLOADING: frozenset({_S.COMPLETE, _S.HELD, _S.BLOCKED, _S.FAILED}),
    _S.COMPLETE: frozenset({_S.DOWNLOADING, _S.VERIFIED, _S.HELD, _S.REFUSED, _S.FAILED}),
    _S.VERIFIED: frozenset({_S.FILED, _S.HELD, _S.FAILED}),
    _S.FILED: frozenset({_S.SETTLED, _S.HELD}),
    _S.SETTLED: frozenset({_S.HELD}),
    _S.HELD: frozenset({_S.WAITING, _S.BLOCKED, _S.REFUSED, _S.FAILED, *(_IN_CLIENT - {_S.FILED, _S.SETTLED})}),
    _S.BLOCKED: frozenset({_S.WAITING, _S.HANDED_OVER, _S.DOWNLOADING, _S.COMPLETE, _S.HELD, _S.REFUSED, _S.FAILED}),
    _S.REFUSED: frozenset(),
    _S.FAILED: frozenset({_S.WAITING}),
}

# A slot and the bytes still to come are reserved from the claim until the download is whole.
UNDER_WAY = frozenset({_S.CLAIMED, _S.UNCLEAR, _S.HANDED_OVER, _S.DOWNLOADING})
# The queue is done with these: the book may be wanted again, by another torrent.
DONE = frozenset({_S.SETTLED, _S.REFUSED, _S.FAILED})
# What is held for these (`hold_code`) the site does not have, or not for free: it is searched for now and then.
SEARCHED = frozenset({"no_candidate", "not_free"})
# A freeze stamps these when they are paid (RAT-4).
FREEZABLE = frozenset({_S.WAITING, _S.HANDED_OVER, _S.DOWNLOADING})


def may_follow(before: State, after: State) -> bool:
    """Whether a download may go from one state to the other."""
    return after in NEXT[before]

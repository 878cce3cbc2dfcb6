"""Whether two descriptions can be of one recording: length, narrator, language, abridged or not.

A length confirms or vetoes and never carries: another book may be a minute longer.
"""

from __future__ import annotations

from enum import Enum

from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.people import known_people, share_person

# Lengths within the larger of these are one recording's: players and rippers differ in jingles and silence.
AGREEING_SHARE = 0.05
AGREEING_SECONDS = 600.0
# Further apart than this is another production, or an abridged one.
OTHER_SHARE = 0.10
_CLOSE_SHARE = 0.01
_CLOSE_SECONDS = 120.0


class LengthVerdict(Enum):
    """The relation of two lengths."""

    UNKNOWN = "unknown"
    CLOSE = "close"
    AGREES = "agrees"
    DOUBTFUL = "doubtful"
    OTHER = "other"


def judge_lengths(ours: float | None, theirs: float | None) -> LengthVerdict:
    """Two lengths in seconds; symmetric; a length of zero is not known."""
    if not ours or not theirs or ours <= 0 or theirs <= 0:
        return LengthVerdict.UNKNOWN
    apart = abs(ours - theirs)
    share = apart / max(ours, theirs)
    if share <= _CLOSE_SHARE or (apart <= _CLOSE_SECONDS and share <= AGREEING_SHARE):
        return LengthVerdict.CLOSE
    if share <= AGREEING_SHARE or apart <= AGREEING_SECONDS:
        return LengthVerdict.AGREES
    return LengthVerdict.DOUBTFUL if share <= OTHER_SHARE else LengthVerdict.OTHER


def compare_lengths(ours: float | None, theirs: float | None) -> tuple[Penalty, ...]:
    """The length's part of a score."""
    verdict = judge_lengths(ours, theirs)
    if verdict is LengthVerdict.UNKNOWN or ours is None or theirs is None:
        return ()
    detail = f"{ours / 60:.0f} min against {theirs / 60:.0f} min"
    if verdict is LengthVerdict.OTHER:
        return (Penalty("other_recording", 0.4, f"{detail}: another recording", hard=True),)
    name, amount = _AMOUNTS[verdict]
    return (Penalty(name, amount, detail),)


_AMOUNTS = {
    LengthVerdict.CLOSE: ("duration_agrees", -0.1),
    LengthVerdict.AGREES: ("duration_agrees", -0.03),
    LengthVerdict.DOUBTFUL: ("duration", 0.16),
}


def compare_narrators(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[Penalty, ...]:
    """One narrator in common is enough; none in common is another recording."""
    a, b = known_people(ours), known_people(theirs)
    if not a or not b:
        cast = [name for name in (ours if a else theirs) if not known_people((name,))] if a or b else []
        casts = (ours if not a else theirs) if a or b else ()
        if casts and len(a or b) == 1 and not cast:
            return (Penalty("cast", 0.1, f"{', '.join(a or b)} against {', '.join(casts)}"),)
        return ()
    if share_person(a, b):
        return (Penalty("narrator_agrees", -0.06, ", ".join(a)),)
    detail = f"{', '.join(a)} against {', '.join(b)}"
    return (Penalty("other_narrator", 0.35, f"{detail}: another recording", hard=True),)


def compare_abridged(ours: bool | None, theirs: bool | None) -> tuple[Penalty, ...]:
    """An abridged recording is not the unabridged one; unsaid, books are unabridged."""
    if ours == theirs:
        return ()
    if ours is not None and theirs is not None:
        return (Penalty("abridged", 0.35, "one is abridged, the other is not", hard=True),)
    return (Penalty("abridged", 0.16, "only one side says abridged"),) if ours or theirs else ()


def compare_languages(ours: str | None, theirs: str | None) -> tuple[Penalty, ...]:
    """Another language is another recording, and mostly another title."""
    if not ours or not theirs or ours.casefold() == theirs.casefold():
        return ()
    return (Penalty("language", 0.4, f"{ours} against {theirs}", hard=True),)

"""Which catalogue record, if any, is the book asked about: right rather than eager.

The best candidate must be clearly ahead of every other work and every other recording, or nothing is chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import combinations

from mamctl.dataclass import dataclass
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.matching.scoring import Candidate, same_recording
from mamctl.domain.metadata.observation import Source

_MOST_NEAR = 12  # candidates compared with each other; a search finds hardly more that fit
_CUT_SHORT = frozenset({"subtitle_missing", "subtitle_partly", "only_series_named"})
_AGREEING = frozenset({"duration_agrees", "narrator_agrees", "id_agrees"})


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """`accept` is the least score of a match, `possible` the least worth showing to you, `gap` the least
    distance to the best candidate that is another work or recording."""

    accept: float = 0.85
    possible: float = 0.6
    gap: float = 0.1


DEFAULT_MATCH_POLICY = MatchPolicy()


class VerdictKind(StrEnum):
    """What came of comparing all candidates."""

    MATCH = "match"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`chosen` only for a match; `found` are all candidates in any order; `reason` is for people to read."""

    kind: VerdictKind
    chosen: Candidate | None
    found: tuple[Candidate, ...]
    reason: str

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, best first. It takes their whole scores, which deciding does not."""
        return tuple(sorted(self.found, key=_rank))


def judge_match(
    book_query: BookQuery, candidates: Iterable[CatalogueRecord], policy: MatchPolicy = DEFAULT_MATCH_POLICY
) -> Verdict:
    """The verdict over all candidates; it does not depend on their order."""
    return judge_candidates([Candidate(book_query, record) for record in candidates], policy)


def judge_candidates(candidates: Iterable[Candidate], policy: MatchPolicy = DEFAULT_MATCH_POLICY) -> Verdict:
    """The same over candidates that may come from several questions about the book."""
    found = tuple(candidates)
    return _judge_likely(found, policy) or _no_match(found)


def find_match(candidates: Iterable[Candidate], policy: MatchPolicy = DEFAULT_MATCH_POLICY) -> Verdict | None:
    """The verdict where it is a match; None where it is another, without the cost of saying why."""
    verdict = _judge_likely(tuple(candidates), policy)
    return verdict if verdict is not None and verdict.kind is VerdictKind.MATCH else None


def _judge_likely(found: tuple[Candidate, ...], policy: MatchPolicy) -> Verdict | None:
    """The verdict where the best candidate may be the book; None where none is."""
    ranked = sorted([one for one in found if not one.ruled_out], key=_rank)
    if not ranked or ranked[0].match.score < policy.possible or ranked[0].match.refused:
        return None
    best = ranked[0]
    if best.match.score < policy.accept:
        return Verdict(VerdictKind.AMBIGUOUS, None, found, f"the best candidate scores {best.match.score:.2f}")
    rivals = _rivals(ranked, policy)
    if rivals is not None:
        return Verdict(VerdictKind.AMBIGUOUS, None, found, f"{_name(rivals[0])} and {_name(rivals[1])} fit alike")
    return Verdict(VerdictKind.MATCH, best, found, f"{_name(best)} fits with {best.match.score:.2f}")


def _no_match(found: tuple[Candidate, ...]) -> Verdict:
    """None fits; but an ISBN or ASIN that agrees where the rest does not needs your decision."""
    if certain := [one for one in found if one.certain]:
        name = _name(min(certain, key=_rank))
        return Verdict(VerdictKind.AMBIGUOUS, None, found, f"the id of {name} agrees, the rest does not")
    if not found:
        return Verdict(VerdictKind.NONE, None, found, "no candidate")
    best = _best(found)
    if _is_unsaid_play(best, found):
        reason = f"{_name(best)} is dramatized, and its length is the same to the minute"
        return Verdict(VerdictKind.AMBIGUOUS, None, found, reason)
    against = max(best.match.penalties, key=lambda penalty: penalty.amount)
    return Verdict(VerdictKind.NONE, None, found, f"{_name(best)} is not the book: {against.detail}")


def _best(found: Sequence[Candidate]) -> Candidate:
    """The first of the candidates, of which none is certain; not scored is what cannot come first any more."""
    best, *others = sorted(found, key=lambda one: -one.ceiling)
    for one in others:
        if one.ceiling < best.match.score:
            break
        best = min(best, one, key=_rank)
    return best


def _is_unsaid_play(best: Candidate, found: Sequence[Candidate]) -> bool:
    """A full-cast recording whose files do not say so: that is the only difference, and its length agrees."""
    hard = {penalty.name for penalty in best.match.penalties if penalty.hard}
    close = any(
        penalty.name == "duration_agrees" and _is_to_the_minute(penalty.detail) for penalty in best.match.penalties
    )
    return hard == {"dramatized"} and close and all(one.ruled_out or one.match.refused for one in found)


def _is_to_the_minute(detail: str) -> bool:
    minutes = re.findall(r"\d+", detail)
    return len(minutes) == 2 and abs(int(minutes[0]) - int(minutes[1])) <= 1


def _rivals(ranked: Sequence[Candidate], policy: MatchPolicy) -> tuple[Candidate, Candidate] | None:
    """Two that fit nearly alike and are not one recording; being one recording is not transitive, so every pair counts.
    An id that agrees is more than any score."""
    best = ranked[0]
    near = [
        one
        for one in ranked
        if not one.match.refused and one.match.certain >= best.match.certain and _is_near(best, one, policy)
    ][:_MOST_NEAR]
    return next(
        ((one, other) for one, other in combinations(near, 2) if not same_recording(one.record, other.record)), None
    )


def _is_near(best: Candidate, other: Candidate, policy: MatchPolicy) -> bool:
    """Nearly as good a score; or both are called by the asked name only as far as the colon ("Halo: …")."""
    if other.match.score > best.match.score - policy.gap:
        return True
    return other.match.score >= policy.possible and _is_cut_short(best) and _is_cut_short(other)


def _is_cut_short(candidate: Candidate) -> bool:
    return any(penalty.name in _CUT_SHORT for penalty in candidate.match.penalties)


def _rank(candidate: Candidate) -> tuple[object, ...]:
    """Best first; among equals the record that knows most of the recording, then by source and id."""
    record, match = candidate.record, candidate.match
    known = sum(map(bool, (record.narrators, record.duration_s, record.series, record.asin, record.description)))
    agreeing = sum(penalty.name in _AGREEING for penalty in match.penalties)
    order = (_SOURCE_ORDER[record.source], record.region or "", record.id, _Spelled(record))
    return (match.refused, not match.certain, -match.score, -agreeing, -known, *order)


_SOURCE_ORDER = {source: at for at, source in enumerate(Source)}


class _Spelled:
    """A record in the order of its full text, which is written out only where all before it is equal."""

    __slots__ = ("record",)

    def __init__(self, record: CatalogueRecord) -> None:
        self.record = record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Spelled) and repr(self.record) == repr(other.record)

    def __hash__(self) -> int:
        return hash(repr(self.record))

    def __lt__(self, other: _Spelled) -> bool:
        return repr(self.record) < repr(other.record)


def _name(candidate: Candidate) -> str:
    record = candidate.record
    return f'"{record.title}" ({record.catalogue}:{record.id.partition(" ")[0]})'

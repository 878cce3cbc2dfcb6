"""Agreement: from all observations of one book, one value per field, and why it won.

Your own value is kept. Otherwise the most trusted source decides (`source_priority`), unless independent
sources that agree on another value are together more certain. Sources that agree strengthen each other: the
certainty of a value is 1 − Π(1 − c) over groups of sources, where a group counts once, with its best.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from math import prod

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.equality import more_complete, same_value
from mamctl.domain.metadata.observation import Field, Observation, Source, Value, value_to_json
from mamctl.domain.metadata.source_priority import CREDIBLE, is_final, source_priority

_FIELDS = tuple(Field)
_NAMES = {source: source.value.replace("_", " ") for source in Source}
_SPELLING = json.JSONEncoder(sort_keys=True)
MOST_CERTAIN = 0.99  # only you are certain


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of a field with all its observations, the most trusted first."""

    value: Value
    confidence: float
    observations: tuple[Observation, ...]

    @property
    def source(self) -> Source:
        """The most trusted source of this value."""
        return self.observations[0].source

    @property
    def groups(self) -> frozenset[str]:
        """The independent origins of this value."""
        return frozenset(observed.source.group for observed in self.observations)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was decided on one field: the winner, the runners-up (the likeliest first), and the reason."""

    field: Field
    winner: Candidate
    others: tuple[Candidate, ...]
    reason: str

    @property
    def chosen(self) -> AgreedValue:
        """The decision as it is recorded."""
        source = self.winner.source
        return AgreedValue(
            self.field,
            self.winner.value,
            self.winner.confidence,
            source,
            self.reason,
            verified=source is Source.USER,
        )


def agree(observations: Iterable[Observation]) -> tuple[AgreedValue, ...]:
    """One value for each field that has an observation. The order of `observations` does not matter."""
    return tuple(agreement.chosen for agreement in rank_candidates(observations).values())


def rank_candidates(observations: Iterable[Observation]) -> dict[Field, Agreement]:
    """The decision on each field with all its evidence, fields in their fixed order."""
    by_field: dict[Field, list[Observation]] = defaultdict(list)
    for observed in observations:
        by_field[observed.field].append(observed)
    decided: dict[Field, Agreement] = {}
    for field in _FIELDS:  # the title before the subtitle
        if (candidates := by_field.get(field)) and (own := _counting(field, candidates, decided.get(Field.TITLE))):
            decided[field] = _decide(field, own)
    return decided


def _counting(field: Field, observed: list[Observation], title: Agreement | None) -> list[Observation]:
    """The observations; a subtitle that only repeats the title does not count, unless you want it so."""
    if field is not Field.SUBTITLE or title is None:
        return observed
    name = title.winner.value
    return [one for one in observed if one.source is Source.USER or not same_value(Field.TITLE, one.value, name)]


def _decide(field: Field, observed: list[Observation]) -> Agreement:
    candidates = _gather(field, observed)
    if len(candidates) == 1:
        return Agreement(field, candidates[0], (), _reason(candidates[0], candidates[0], []))
    leader = min(candidates, key=lambda candidate: _rank(field, candidate))
    winner = _outvoting(field, leader, candidates) or leader
    others = sorted((c for c in candidates if c is not winner), key=lambda c: (-c.confidence, _rank(field, c)))
    return Agreement(field, winner, tuple(others), _reason(winner, leader, others))


def _gather(field: Field, observed: list[Observation]) -> list[Candidate]:
    """Observations of equal values, together; everyone in a group agrees with everyone else in it."""
    if len(observed) == 1:
        return [_candidate(field, observed)]
    alike: list[list[Observation]] = []
    for one in _in_order(field, list(set(observed))):
        home = next((g for g in alike if all(same_value(field, one.value, other.value) for other in g)), None)
        if home is None:
            alike.append([one])
        else:
            home.append(one)
    return [_candidate(field, group) for group in alike]


def _in_order(field: Field, observed: list[Observation]) -> list[Observation]:
    """As by `_order`, whose costly parts are worked out only where the first ones leave a tie."""
    first = {
        id(one): (not _is_credible(one), source_priority(field, one.source, one.confidence), -one.confidence)
        for one in observed
    }
    if len(set(first.values())) == len(observed):
        return sorted(observed, key=lambda one: first[id(one)])
    return sorted(observed, key=lambda one: _order(field, one))


def _candidate(field: Field, group: list[Observation]) -> Candidate:
    value = group[0].value
    for observed in group[1:]:
        value = more_complete(field, value, observed.value)
    return Candidate(value, joint_confidence(group), tuple(group))


def joint_confidence(observed: Iterable[Observation]) -> float:
    """How certain a value is on which these observations agree; your own value is certain."""
    best: dict[str, float] = {}
    for one in observed:
        if one.source is Source.USER:
            return 1.0
        group = one.source.group
        best[group] = max(best.get(group, 0.0), one.confidence)
    return min(MOST_CERTAIN, round(1 - prod([1 - c for _, c in sorted(best.items())]), 4))


def _order(field: Field, observed: Observation) -> tuple[object, ...]:
    """The most trusted first; after that only to be the same every time. A credible statement leads its source's."""
    rank = source_priority(field, observed.source, observed.confidence)
    spelled = _SPELLING.encode(value_to_json(observed.value))
    return not _is_credible(observed), rank, -observed.confidence, spelled, observed.place, observed.seen_at.isoformat()


def _is_credible(observed: Observation) -> bool:
    return observed.source is Source.USER or observed.confidence >= CREDIBLE


def _rank(field: Field, candidate: Candidate) -> tuple[object, ...]:
    """Values that a source states credibly by the order of trust; then others by how certain they are together.

    One more source that agrees can only improve the standing of a value.
    """
    first = candidate.observations[0]
    rank = source_priority(field, first.source, first.confidence)
    if _is_credible(first):
        return (0, rank, -candidate.confidence, *_order(field, first))
    return (1, -candidate.confidence, rank, *_order(field, first))


def _outvoting(field: Field, leader: Candidate, candidates: list[Candidate]) -> Candidate | None:
    """A value on which two or more independent groups agree, all others than the leader's, more certain together."""
    if any(is_final(field, observed.source) and _is_credible(observed) for observed in leader.observations):
        return None
    rivals = [
        rival
        for rival in candidates
        if rival is not leader and len(rival.groups - leader.groups) >= 2 and rival.confidence > leader.confidence
    ]
    return min(rivals, key=lambda rival: (-rival.confidence, _rank(field, rival)), default=None)


def _reason(winner: Candidate, leader: Candidate, others: list[Candidate]) -> str:
    if winner.source is Source.USER:
        return "you set this value"
    sources = _sources(winner)
    several = len(sources) > 1
    names, many = _names(sources), several or winner.source is Source.TAGS
    if winner is not leader:
        return f"{names} agree, and are together more certain than {_names(_sources(leader))}"
    if not others:
        return f"{names} agree" if several else f"only {names} {'say' if many else 'says'} it"
    against = ", ".join(sorted({_source_name(other.source) for other in others if other.source is not winner.source}))
    if not against:
        return f"the most certain of what {_source_name(winner.source)} {'say' if many else 'says'}"
    if leader.confidence < CREDIBLE:
        return f"{names} {'are' if many else 'is'} the most certain; no credible value was found"
    agreeing = "agree and " if several else ""
    return f"{names} {agreeing}{'are' if many else 'is'} trusted over {against}"


def _names(sources: list[Source]) -> str:
    names = [_source_name(source) for source in sources]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _sources(candidate: Candidate) -> list[Source]:
    return list(dict.fromkeys([observed.source for observed in candidate.observations]))


def _source_name(source: Source) -> str:
    return _NAMES[source]

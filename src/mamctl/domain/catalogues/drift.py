"""Drift: which agreed values of a book the catalogues no longer support, and what is to be done about each.

The book is agreed on anew with what the catalogues say today. A catalogue that is silent, or out of reach, takes
nothing back; a record of another length describes another production and is not listened to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from mamctl.dataclass import dataclass
from mamctl.domain.catalogues.drift_changes import PROTECTED, Change, ChangeKind, Proposed
from mamctl.domain.catalogues.drift_rules import drifted_value, kind_of_change
from mamctl.domain.matching.recording import LengthVerdict, judge_lengths
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.equality import more_complete
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.metadata.source_priority import CATALOGUE_SOURCES


@dataclass(frozen=True, slots=True)
class DriftPolicy:
    """`after` is how long a book is left alone; `max_changes` bounds what one run corrects; a match less certain
    than `certain` corrects nothing by itself."""

    after: timedelta = timedelta(days=30)
    max_changes: int = 100
    certain: float = 0.9


@dataclass(frozen=True, slots=True)
class FreshRecord:
    """What a catalogue says today of a book: the length of its recording, and its statements."""

    source: Source
    certainty: float
    duration_s: float | None
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class DriftCase:
    """A book as it stands, what the catalogues say today, and what was proposed before."""

    book: int
    agreed: Mapping[Field, AgreedValue]
    observations: tuple[Observation, ...]
    fresh: tuple[FreshRecord, ...]
    proposed: Proposed = frozenset()


def plan_drift(case: DriftCase, policy: DriftPolicy) -> tuple[Change, ...]:
    """The changes that are news, fields in their fixed order. Applied or proposed, they are not proposed again."""
    answered, others = _split_productions(case)
    renewed = renew_observations(case.observations, answered)
    spoken = {one.field for record in answered for one in record.observations}
    open_ = spoken - _settled_fields(case, renewed)
    needed = open_ | ({Field.TITLE} if Field.SUBTITLE in open_ else set())  # which decides what is a subtitle
    agreed_now = {chosen.field: chosen for chosen in agree(one for one in renewed if one.field in needed)}
    changes = [
        change
        for field in Field
        if field in open_ and field in agreed_now
        if (change := _judge(case, field, agreed_now[field], answered, policy)) is not None
    ]
    return tuple(change for change in (*others, *changes) if change.key not in case.proposed)


def _settled_fields(case: DriftCase, renewed: Iterable[Observation]) -> set[Field]:
    """The fields whose every observation equals the agreed value: nothing can come of them."""
    differing = {one.field for one in renewed if (old := case.agreed.get(one.field)) is None or one.value != old.value}
    return {
        field
        for field, old in case.agreed.items()
        if field not in differing and old.value and more_complete(field, old.value, old.value) == old.value
    }


def renew_observations(
    former: Iterable[Observation], answered: Iterable[FreshRecord], fields: frozenset[Field] = frozenset(Field)
) -> tuple[Observation, ...]:
    """The observations from now on: each catalogue's new value of a field replaces the former one of its group."""
    new = tuple(one for record in answered for one in record.observations if one.field in fields)
    replaced = {(one.source.group, one.field) for one in new}
    kept = (
        one for one in former if one.source not in CATALOGUE_SOURCES or (one.source.group, one.field) not in replaced
    )
    return (*kept, *new)


def settle(case: DriftCase, changes: Iterable[Change], deferred: frozenset[Field] = frozenset()) -> DriftCase:
    """The case after the safe ones among `changes` were made and the others proposed; `deferred` fields wait.

    A protected field, and one whose change was not made, keeps its former evidence, so that nothing else makes the
    change instead.
    """
    changes = tuple(changes)
    made = {change.field: change.chosen for change in changes if change.kind is ChangeKind.SAFE}
    kept = (
        {field for field, _ in case.proposed}
        | {change.field for change in changes}
        | deferred
        | (PROTECTED & case.agreed.keys())
    )
    answered, _ = _split_productions(case)
    renewed = renew_observations(case.observations, answered, frozenset(Field) - (kept - made.keys()))
    proposed = case.proposed | {change.key for change in changes if change.kind is not ChangeKind.SAFE}
    return replace(case, agreed={**case.agreed, **made}, observations=renewed, proposed=proposed)


def other_productions(case: DriftCase) -> tuple[FreshRecord, ...]:
    """The records whose recording is of another length than the book."""
    known = case.agreed.get(Field.DURATION)
    length = known.value if known is not None else None
    if not isinstance(length, (int, float)):
        return ()
    return tuple(r for r in case.fresh if judge_lengths(float(length), r.duration_s) is LengthVerdict.OTHER)


def _split_productions(case: DriftCase) -> tuple[tuple[FreshRecord, ...], tuple[Change, ...]]:
    others = other_productions(case)
    answered = tuple(record for record in case.fresh if record not in others)
    return answered, tuple(_other_production(case, record) for record in others)


def _other_production(case: DriftCase, record: FreshRecord) -> Change:
    old, new = case.agreed[Field.DURATION], record.duration_s or 0.0
    reason = "the catalogue now describes another production; nothing was taken from it"
    chosen = AgreedValue(Field.DURATION, new, record.certainty, record.source, reason)
    return Change(case.book, Field.DURATION, old.value, new, record.source, ChangeKind.NEEDS_USER, reason, chosen)


def _judge(
    case: DriftCase, field: Field, chosen: AgreedValue, answered: tuple[FreshRecord, ...], policy: DriftPolicy
) -> Change | None:
    old = case.agreed.get(field)
    if old is None and field is Field.DURATION:
        return None  # what the files have is measured, never proposed
    new = chosen.value if old is None else drifted_value(field, old.value, chosen.value)
    if new is None or chosen.source not in CATALOGUE_SOURCES:
        return None
    kind, reason = kind_of_change(field, old.value if old else None, new)
    if old is not None and old.verified:
        kind, reason = ChangeKind.PROTECTED, "you verified it"
    elif kind is ChangeKind.SAFE and not _is_certain(chosen.source, answered, policy):
        kind, reason = ChangeKind.NEEDS_USER, "the match with the catalogue's record is not certain"
    value = AgreedValue(field, new, chosen.confidence, chosen.source, f"{chosen.reason}; {reason}")
    return Change(case.book, field, old.value if old else None, new, chosen.source, kind, reason, value)


def _is_certain(source: Source, answered: tuple[FreshRecord, ...], policy: DriftPolicy) -> bool:
    return all(record.certainty >= policy.certain for record in answered if record.source is source)

"""Field by field: which difference from the catalogues is drift, what it would be corrected to, and who may do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mamctl.domain.catalogues.drift_changes import PROTECTED, ChangeKind
from mamctl.domain.matching.recording import LengthVerdict, judge_lengths
from mamctl.domain.metadata.equality import more_complete, same_value
from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.text.credits import same_people
from mamctl.domain.text.dates import is_coarser
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.regex import regex

# What says which book or recording this is; a catalogue alone does not rewrite it.
IDENTITY = frozenset({Field.SUBTITLE, Field.AUTHORS, Field.LANGUAGE, Field.ABRIDGED})
# One recording has an ASIN in each region and an ISBN for each edition: another one is not a contradiction.
_MANIFOLD = frozenset({Field.ASIN, Field.ISBN})
_SIZE = regex(r"\._[A-Z0-9_,]+_(?=\.\w+$)")
_REWORDED_LESS = 90.0  # token-sort likeness of two texts that say the same, cut or edited here and there


def drifted_value(field: Field, old: Value, new: Value) -> Value | None:
    """What the agreed value would become, or None where the difference is none, is volatile, or says less."""
    judge = _JUDGES.get(field)
    if judge is not None:
        return judge(old, new)
    return None if field in _MANIFOLD or same_value(field, old, new) else new


def kind_of_change(field: Field, old: Value | None, new: Value) -> tuple[ChangeKind, str]:
    """Who may make it, and why."""
    if field is Field.DURATION:
        return ChangeKind.PROTECTED, "the length is what the files have"
    if old is None:
        return ChangeKind.SAFE, "nothing was known before"
    if field in PROTECTED:
        return ChangeKind.PROTECTED, _protection(field, old, new)
    if field in IDENTITY:
        return ChangeKind.NEEDS_USER, "it says which book or recording this is"
    if field is Field.SERIES and not _keeps_series(old, new):
        return ChangeKind.NEEDS_USER, "the book would leave a series"
    return ChangeKind.SAFE, "the catalogues disagree now"


def _protection(field: Field, old: Value, new: Value) -> str:
    if field is not Field.NARRATORS:
        return f"the {field.value} is protected"
    return f"narrators {'were added' if _names(old) < _names(new) else 'differ'}; they are protected"


def _names(value: Value) -> frozenset[str]:
    return frozenset(fold(str(name)) for name in cast("tuple[str, ...]", value))


def _narrators(old: Value, new: Value) -> Value | None:
    return None if same_people(cast("tuple[str, ...]", old), cast("tuple[str, ...]", new)) else new


def _published(old: Value, new: Value) -> Value | None:
    """A finer date replaces the same one less fine; a coarser never replaces a finer."""
    before, after = str(old), str(new)
    if is_coarser(before, after):
        return after
    return after if len(after) >= len(before) and before != after else None


def _series(old: Value, new: Value) -> Value | None:
    """A place that was missing is filled in; one that the catalogue lacks is kept."""
    entries = cast("tuple[SeriesEntry, ...]", new)
    if same_value(Field.SERIES, old, new):
        completed_old = more_complete(Field.SERIES, old, new)
        return completed_old if completed_old != old else None
    places = {fold_series(entry.name): entry.position for entry in cast("tuple[SeriesEntry, ...]", old)}
    kept = tuple(SeriesEntry(e.name, e.position or places.get(fold_series(e.name))) for e in entries)
    known = {(fold_series(e.name), e.position) for e in cast("tuple[SeriesEntry, ...]", old)}
    return None if {(fold_series(e.name), e.position) for e in kept} <= known else kept


def _keeps_series(old: Value, new: Value) -> bool:
    before, after = (
        {fold_series(entry.name) for entry in cast("tuple[SeriesEntry, ...]", value)} for value in (old, new)
    )
    return before <= after


def _genres(old: Value, new: Value) -> Value | None:
    """Genres are only added."""
    before = cast("tuple[str, ...]", old)
    known = {fold(genre) for genre in before}
    added = tuple(genre for genre in cast("tuple[str, ...]", new) if fold(genre) not in known)
    return (*before, *dict.fromkeys(added)) if added else None


def _description(old: Value, new: Value) -> Value | None:
    """A text that was cut or slightly edited is the same text."""
    from rapidfuzz import fuzz

    before, after = fold(str(old)), fold(str(new))
    if before.startswith(after) or (after.startswith(before) and len(after) < 2 * len(before)):
        return None
    return None if fuzz.token_sort_ratio(before, after) >= _REWORDED_LESS else new


def _cover(old: Value, new: Value) -> Value | None:
    """A picture beside the files stays; an address differs only when it leads to another picture."""
    if not str(old).startswith(("http://", "https://")) or not str(new).startswith(("http://", "https://")):
        return None
    return None if _picture(str(old)) == _picture(str(new)) else new


def _picture(url: str) -> str:
    """The address without query, scheme and size."""
    return _SIZE.sub("", url.partition("?")[0].partition("#")[0].partition("://")[2])


def _length(old: Value, new: Value) -> Value | None:
    agreeing = {LengthVerdict.CLOSE, LengthVerdict.AGREES}
    return None if judge_lengths(cast("float", old), cast("float", new)) in agreeing else new


_JUDGES: dict[Field, Callable[[Value, Value], Value | None]] = {
    Field.NARRATORS: _narrators,
    Field.PUBLISHED: _published,
    Field.SERIES: _series,
    Field.GENRES: _genres,
    Field.DESCRIPTION: _description,
    Field.COVER: _cover,
    Field.DURATION: _length,
}

"""Whether two values of a field are equal, as that field means it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.text.credits import same_people
from mamctl.domain.text.dates import is_coarser
from mamctl.domain.text.identifiers import isbn13
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import fold, fold_title, plain_text
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.regex import regex

_EDITION = regex(r"\s*[(\[](?:un|ge)?(?:abridged|kürzt|kuerzt)[)\]]|\s*[(\[]a novel[)\]]", re.IGNORECASE)
_SAME_LENGTH = 0.01  # a header and a decoder differ by less than this of the whole
_SAME_SECONDS = 60.0  # and catalogues round to minutes


def _same_length(one: Any, other: Any) -> bool:
    return bool(abs(one - other) <= max(_SAME_SECONDS, _SAME_LENGTH * max(one, other)))


def _same_date(one: Any, other: Any) -> bool:
    return is_coarser(one, other) or is_coarser(other, one)


def _plain_title(text: Any) -> str:
    return fold_title(_EDITION.sub("", text))


def _folded_set(value: Any) -> frozenset[str]:
    return frozenset(fold(part) for part in value)


def same_series(ones: tuple[SeriesEntry, ...], others: tuple[SeriesEntry, ...]) -> bool:
    """The same series, whatever their order, and no two positions that contradict; an unknown one does not."""
    left, right = _by_name(ones), _by_name(others)
    return left.keys() == right.keys() and all(
        left[name] == right[name] or None in {left[name], right[name]} for name in left
    )


def more_complete(field: Field, kept: Value, other: Value) -> Value:
    """The more complete of two equal values; `kept` when neither does."""
    if field is Field.PUBLISHED and is_coarser(str(kept), str(other)):
        return other
    if field is Field.SERIES:
        positions = _by_name(cast("tuple[SeriesEntry, ...]", other))
        return tuple(
            SeriesEntry(entry.name, entry.position or positions.get(fold_series(entry.name)))
            for entry in cast("tuple[SeriesEntry, ...]", kept)
        )
    return kept


def _by_name(entries: tuple[SeriesEntry, ...]) -> dict[str, str | None]:
    return {fold_series(entry.name): entry.position for entry in entries}


_FORMS: dict[Field, Callable[[Any], object]] = {
    Field.TITLE: _plain_title,
    Field.SUBTITLE: _plain_title,
    Field.PUBLISHER: fold,
    Field.LANGUAGE: parse_language,
    Field.ISBN: isbn13,
    Field.ASIN: str.upper,
    Field.DESCRIPTION: lambda text: fold(plain_text(text)),
    Field.GENRES: _folded_set,
}
_COMPARED: dict[Field, Callable[[Any, Any], bool]] = {
    Field.SERIES: same_series,
    Field.AUTHORS: same_people,
    Field.NARRATORS: same_people,
    Field.DURATION: _same_length,
    Field.PUBLISHED: _same_date,
}


def same_value(field: Field, one: Value, other: Value) -> bool:
    """Whether both values are one fact; symmetric."""
    if one == other:
        return True
    if compare := _COMPARED.get(field):
        return compare(one, other)
    form = _FORMS.get(field)
    return form is not None and form(one) == form(other)

"""A value that a remedy spells out is the value that `meta set` reads."""

from __future__ import annotations

import pytest

from mamctl.cli.field_values import type_value
from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.metadata.user_values import value_from_person
from mamctl.domain.text.series import SeriesEntry


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.TITLE, "The Lost World, Illustrated"),
        (Field.NARRATORS, ("Ned Oaks", "Tom Asher")),
        (Field.SERIES, (SeriesEntry("Professor Challenger", "1"), SeriesEntry("Lost Worlds", "2.5"))),
        (Field.SERIES, (SeriesEntry("Lost Worlds"),)),
        (Field.YEAR, 1912),
        (Field.ABRIDGED, False),
        (Field.DURATION, 39849.0),
        (Field.GENRES, ("Adventure", "Classics")),
    ],
)
def test_a_spelt_value_is_read_again(field: Field, value: Value) -> None:
    assert value_from_person(field, type_value(value, field.value)) == value

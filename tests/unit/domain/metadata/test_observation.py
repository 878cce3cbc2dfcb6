"""Observations hold values, never silence, and travel through JSON unchanged."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from mamctl.domain.metadata.observation import (
    Field,
    Observation,
    Origin,
    Source,
    Value,
    value_from_json,
    value_to_json,
)
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TAGS = Origin(Source.TAGS, "a.mp3", NOW)


def test_silence_is_not_a_statement():
    assert TAGS.observe(Field.TITLE, "", 0.8) == ()
    assert TAGS.observe(Field.AUTHORS, (), 0.8) == ()
    assert TAGS.observe(Field.YEAR, None, 0.8) == ()
    with pytest.raises(ValueError):
        Observation(Field.TITLE, "", Source.TAGS, "a.mp3", 0.8, NOW)


def test_false_is_a_statement():
    (said,) = TAGS.observe(Field.ABRIDGED, False, 0.8, at="TXXX:FORMAT")
    assert said.value is False
    assert said.place == "a.mp3#TXXX:FORMAT"


def test_confidence_is_scaled_and_bounded():
    (said,) = Origin(Source.NFO, "x.nfo", NOW, trust=0.5).observe(Field.TITLE, "The Salt Road", 0.8)
    assert said.confidence == 0.4
    with pytest.raises(ValueError):
        Observation(Field.TITLE, "x", Source.TAGS, "a.mp3", 1.1, NOW)


def test_one_origin_is_one_family():
    assert Source.AUDNEXUS.group == Source.AUDIBLE.group == Source.CATALOGUE_ASIN.group
    assert Source.TAGS.group == Source.FOLDER.group
    assert Source.NFO.group != Source.TAGS.group


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.TITLE, "The Salt Road"),
        (Field.AUTHORS, ("Mara Vell", "Jo Penn")),
        (Field.SERIES, (SeriesEntry("Lantern Cycle", "2"), SeriesEntry("Harbour Tales"))),
        (Field.YEAR, 2011),
        (Field.DURATION, 39849.5),
        (Field.ABRIDGED, False),
    ],
)
def test_values_travel_through_json(field: Field, value: Value):
    assert value_from_json(field, json.loads(json.dumps(value_to_json(value)))) == value


def test_a_foreign_shape_is_refused():
    with pytest.raises(ValueError):
        value_from_json(Field.TITLE, {"a": 1})

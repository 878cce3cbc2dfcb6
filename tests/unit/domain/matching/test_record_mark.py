"""By what a record is known again."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from mamctl.domain.matching.records import CatalogueRecord, Medium
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

RECORD = CatalogueRecord(source=Source.AUDIBLE, id="1", title="The Salt Road", authors=("Mara Vell",), rating=4.0)
OTHER = {
    "source": Source.GOODREADS,
    "format": Medium.EBOOK if RECORD.format is not Medium.EBOOK else Medium.PRINT,
    "series": (SeriesEntry("Salt", "1"),),
    "duration_s": 3600.0,
    "abridged": False,
}


@pytest.mark.parametrize("name", [field.name for field in fields(CatalogueRecord)])
def test_a_record_that_says_something_else_has_another_mark_however_it_is_rated(name):
    other = replace(RECORD, **{name: OTHER.get(name, "other")})
    assert (other.mark() == RECORD.mark()) == (name in {"rating", "ratings_count"})

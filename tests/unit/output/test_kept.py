"""Rows that are kept for a report come back as they were added, whatever the disk does, and do not fill memory."""

from __future__ import annotations

import resource
import tracemalloc
from pathlib import Path

import pytest

from mamctl.domain.catalogues.links import Outcome
from mamctl.domain.metadata.observation import Field, Source
from mamctl.jobs.catalogues.record_result import Change, Enriched
from mamctl.output.kept import Kept


def _book(number: int) -> Enriched:
    change = Change(Field.DESCRIPTION, None, f"{number} " * 500, Source.AUDIBLE)
    return Enriched(number, f"/l/{number}", None, Outcome.MATCH, "", ("audible:B0",), (change,))


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 1_000])
def test_rows_come_back_in_their_order_as_often_as_they_are_read(count: int) -> None:
    kept = Kept[Enriched]()
    for number in range(count):
        kept.add(_book(number))

    assert len(kept) == count
    assert list(kept) == list(kept.rows()) == list(kept.rows()) == [_book(number) for number in range(count)]


def test_two_readings_at_once_do_not_disturb_each_other() -> None:
    kept = Kept[int]()
    for number in range(1_000):
        kept.add(number)

    assert list(zip(kept, kept, strict=True)) == [(number, number) for number in range(1_000)]


def test_memory_does_not_grow_with_the_rows() -> None:
    kept = Kept[Enriched]()
    tracemalloc.start()
    try:
        for number in range(3_000):
            kept.add(_book(number))
        assert sum(1 for _ in kept) == 3_000
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20  # the rows are 9 MB
    finally:
        tracemalloc.stop()


def test_without_a_place_for_a_file_the_rows_are_kept_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    kept = Kept[int]()
    for number in range(1_000):
        kept.add(number)

    assert list(kept) == list(range(1_000))


def test_a_disk_that_is_full_costs_no_row() -> None:
    kept = Kept[int]()
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, allowed[1]))  # bytes: a part of a piece can still be written
    try:
        for number in range(1_000):
            kept.add(number)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)

    assert list(kept) == list(range(1_000))

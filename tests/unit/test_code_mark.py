"""Which code is at work."""

from __future__ import annotations

from mamctl.code_mark import code_mark


def test_a_mark_stands_for_the_sources_of_these_folders():
    assert code_mark("domain/text") == code_mark("domain/text")
    marks = [("domain/text",), ("domain/metadata",), ("domain/text", "jobs/spec"), ("domain/text", "regex.py")]
    assert len({code_mark(*places) for places in marks}) == 4


def test_what_cannot_be_read_has_no_mark():
    assert code_mark("domain/text", "no/such/folder") is None
    assert code_mark("domain/text", "no_such_file.py") is None

"""Which code is at work."""

from __future__ import annotations

from mamctl.code_mark import code_mark


def test_a_mark_stands_for_the_sources_of_these_folders():
    assert code_mark("domain/text") == code_mark("domain/text")
    assert len({code_mark("domain/text"), code_mark("domain/metadata"), code_mark("domain/text", "jobs/spec")}) == 3


def test_what_cannot_be_read_has_no_mark():
    assert code_mark("domain/text", "no/such/folder") is None

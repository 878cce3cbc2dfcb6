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
    assert code_mark("domain/text", libraries=("rapidfuzz", "no-such-library")) is None


def test_another_release_of_a_library_or_of_python_makes_another_mark(tmp_path, monkeypatch):
    marks = {code_mark("domain/text"), code_mark("domain/text", libraries=("rapidfuzz",))}
    older = tmp_path / "rapidfuzz-0.1.dist-info"
    older.mkdir()
    (older / "METADATA").write_text("Metadata-Version: 2.1\nName: rapidfuzz\nVersion: 0.1\n")
    monkeypatch.syspath_prepend(tmp_path)
    code_mark.cache_clear()
    marks.add(code_mark("domain/text", libraries=("rapidfuzz",)))
    monkeypatch.setattr("sys.version", "another")
    code_mark.cache_clear()
    marks.add(code_mark("domain/text"))
    code_mark.cache_clear()
    assert len(marks) == 4

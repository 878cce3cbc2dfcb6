"""Files beside the audio are read by what they are; broken ones are problems."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.library.sidecars import LARGEST_SIDECAR, observe_nfo, parse_yaml, read_sidecar
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = pytest.mark.spec("META-1")
CYCLE = (SeriesEntry("Lantern Cycle", "2"),)
ABS = {
    "tags": [], "chapters": [{"id": 0, "start": 0, "end": 61.5, "title": "Opening"}], "title": "The Salt Road",
    "subtitle": "Lantern Cycle, Book 2", "authors": ["Mara Vell"], "narrators": ["Tom Asher"],
    "series": ["Lantern Cycle #2"], "genres": ["Fantasy"], "publishedYear": "2011", "publishedDate": None,
    "publisher": "Harbour Audio", "description": "A road of salt.", "isbn": None, "asin": "B00TEST123",
    "language": "English", "explicit": False, "abridged": False,
}  # fmt: skip
PRODUCT = {
    "asin": "B00TEST123", "title": "The Salt Road", "subtitle": "Lantern Cycle, Book 2",
    "authors": [{"asin": "B000AUTH01", "name": "Mara Vell"}, {"name": "Jo Penn - translator"}],
    "narrators": [{"name": "Tom Asher"}, {"name": "Ines Quill"}],
    "series": [{"asin": "B00SERIES1", "title": "Lantern Cycle", "sequence": "2, Dramatized Adaptation"}],
    "runtime_length_min": 664, "release_date": "2013-05-14", "publisher_name": "Harbour Audio", "language": "english",
    "format_type": "unabridged", "publisher_summary": "<p>A road of <i>salt</i>.</p><p>Second line.</p>",
    "category_ladders": [{"root": "Genres", "ladder": [{"id": "1", "name": "Fantasy"}, {"id": "2", "name": "Epic"}]}],
}  # fmt: skip
OPF = """<?xml version="1.0"?>
<ns0:package xmlns:ns0="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<ns0:metadata>
<dc:title>The Salt Road</dc:title><dc:creator ns0:role="aut">Mara Vell</dc:creator>
<dc:creator ns0:role="nrt">Tom Asher</dc:creator><dc:date>2011-04-02T00:00:00+00:00</dc:date>
<dc:identifier ns0:scheme="ASIN">B00TEST123</dc:identifier>
<dc:identifier ns0:scheme="ISBN">9780306406157</dc:identifier>
<dc:description>&lt;p&gt;A road of &lt;i&gt;salt&lt;/i&gt;.&lt;/p&gt;</dc:description>
<dc:subject>Fantasy</dc:subject><dc:language>eng</dc:language><dc:publisher>Harbour Audio</dc:publisher>
<ns0:meta name="calibre:series" content="Lantern Cycle"/><ns0:meta name="calibre:series_index" content="2.0"/>
</ns0:metadata></ns0:package>"""
STANDARD = """<root><media><audiobook><title>The Salt Road</title><author>Mara Vell</author>
<narrator><name>Tom Asher</name><role>Narrator</role><order>1</order></narrator><year>2013</year>
<originalpublicationyear>2011</originalpublicationyear><series><name>Lantern Cycle</name><number>2</number></series>
<publisher>Harbour Audio</publisher><asin>B00TEST123</asin><language>en</language><edition>Unabridged</edition>
<duration>39840</duration><genre>Fantasy</genre></audiobook></media></root>"""
KODI = (
    "<album><title>The Salt Road</title><artist>Mara Vell</artist><year>2011</year>"
    "<review>A road of salt.</review></album>"
)
YAML = """---
title: The Salt Road
authors:
  - Mara Vell
narrators: [Tom Asher, "Ines Quill"]
releaseDate: 2013-05-14
publisher: Harbour Audio
language: English
series: Lantern Cycle
seriesPosition: 1-3
description: |
  A road of salt.

  Second paragraph: with a colon.
"""


def said(tmp_path: Path, name: str, content: str | bytes):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reading = read_sidecar(str(path), NOW)
    assert reading.problems == ()
    return {value.field.value: value.value for value in agree(reading.observations)}, {
        o.source for o in reading.observations
    }


@pytest.mark.parametrize(
    "data", [ABS, {"metadata": ABS}, {"metadata": {**ABS, "authors": None, "authorName": "Mara Vell"}}]
)
def test_metadata_json_in_both_forms(tmp_path, data):
    found, sources = said(tmp_path, "metadata.json", json.dumps(data))
    assert sources == {Source.ABS_JSON}
    assert (found["title"], found["authors"], found["narrators"]) == ("The Salt Road", ("Mara Vell",), ("Tom Asher",))
    assert (found["series"], found["year"], found["asin"]) == (CYCLE, 2011, "B00TEST123")
    assert "abridged" not in found


def test_what_a_hostile_sidecar_says_is_bounded(tmp_path):
    hostile = {**ABS, "title": "T" * 100_000, "subtitle": "\u202eA \u2066road", "cover": "../../../etc/shadow"}
    found, _ = said(tmp_path, "metadata.json", json.dumps(hostile))
    assert "title" not in found
    assert "cover" not in found
    assert found["subtitle"] == "A road"


def test_the_record_that_libation_saves(tmp_path):
    found, sources = said(tmp_path, "The Salt Road.metadata.json", json.dumps(PRODUCT))
    assert sources == {Source.LIBATION}
    assert (found["authors"], found["narrators"]) == (("Mara Vell",), ("Tom Asher", "Ines Quill"))
    assert (found["series"], found["published"], found["abridged"]) == (CYCLE, "2013-05-14", False)
    assert (found["duration"], found["genres"]) == (39840.0, ("Fantasy",))
    assert found["description"] == "A road of salt.\n\nSecond line."


@pytest.mark.parametrize("key", ["narrator", "narrators", "read_by", "reader", "performed_by"])
def test_other_json_names_its_reader_in_many_ways(tmp_path, key):
    found, _ = said(tmp_path, "info.json", json.dumps({"title": "T", "author": "Mara Vell", key: "Tom Asher"}))
    assert found["narrators"] == ("Tom Asher",)


def test_foreign_json_says_nothing(tmp_path):
    assert said(tmp_path, "package.json", '{"name": "left-pad", "version": "1.0"}')[0] == {}


def test_opf_with_any_prefix(tmp_path):
    found, sources = said(tmp_path, "metadata.opf", OPF)
    assert sources == {Source.OPF}
    assert (found["title"], found["authors"], found["narrators"]) == ("The Salt Road", ("Mara Vell",), ("Tom Asher",))
    assert (found["series"], found["year"], found["language"]) == (CYCLE, 2011, "English")
    assert (found["asin"], found["isbn"]) == ("B00TEST123", "9780306406157")
    assert found["description"] == "A road of salt."


def test_xml_in_an_nfo(tmp_path):
    found, _ = said(tmp_path, "book.nfo", STANDARD)
    assert (found["narrators"], found["series"], found["year"]) == (("Tom Asher",), CYCLE, 2011)
    assert (found["duration"], found["abridged"]) == (39840.0, False)
    found, _ = said(tmp_path, "album.nfo", KODI)
    assert (found["title"], found["authors"], found["description"]) == (
        "The Salt Road",
        ("Mara Vell",),
        "A road of salt.",
    )


def test_yaml_and_text_files(tmp_path):
    found, _ = said(tmp_path, "metadata.yml", YAML)
    assert (found["authors"], found["narrators"]) == (("Mara Vell",), ("Tom Asher", "Ines Quill"))
    assert (found["series"], found["published"]) == ((SeriesEntry("Lantern Cycle", "1-3"),), "2013-05-14")
    assert found["description"] == "A road of salt.\n\nSecond paragraph: with a colon."
    assert said(tmp_path, "desc.txt", "A road of salt.")[0] == {"description": "A road of salt."}
    assert said(tmp_path, "reader.txt", "Tom Asher, Ines Quill\n")[0] == {"narrators": ("Tom Asher", "Ines Quill")}


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the house")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    kinds = f'<!ENTITY l0 "lol"><!ENTITY f SYSTEM "{secret.as_uri()}">{bomb}'
    text = f"<!DOCTYPE x [{kinds}]><album><title>A &f; &l9;</title></album>"
    observations, _ = observe_nfo(text.encode(), "x.nfo", NOW)
    assert all("secret of" not in str(one.value) and len(str(one.value)) < 200 for one in observations)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.json", b"{"),
        ("metadata.json", b"[]"),
        ("metadata.json", b"[" * 100_000),
        ("a.opf", b""),
        ("a.opf", b"no xml"),
        ("metadata.json", b" " * (LARGEST_SIDECAR + 1)),
        ("a.nfo", bytes(range(256)) * 20),
        ("desc.txt", bytes(range(1, 256)) * 20),
    ],
)
def test_a_broken_file_is_a_problem(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    reading = read_sidecar(str(tmp_path / name), NOW)
    assert [problem.code for problem in reading.problems] == ["unreadable_sidecar"]


def test_the_problem_of_a_large_file_names_its_size_and_what_is_read(tmp_path):
    (tmp_path / "metadata.json").write_bytes(b" " * (3 * 1024**2))
    (tmp_path / "book.yml").write_bytes(b"a: b\n" * 40_000)
    (tmp_path / "metadata.opf").write_bytes(b"<package>" + b"<meta/>" * 100_000 + b"</package>")
    messages = [
        problem.message.partition(": ")[2]
        for name in ("metadata.json", "book.yml", "metadata.opf")
        for problem in read_sidecar(str(tmp_path / name), NOW).problems
    ]
    assert messages == [
        "it has 3.00 MiB; at most 2.00 MiB are read",
        "it has 195.31 KiB; at most 128.00 KiB are read",
        "it has some 100,002 values; at most 100,000 are read",
    ]


def test_what_is_beyond_a_long_description_does_not_count(tmp_path):
    (tmp_path / "desc.txt").write_bytes(b"The sea. " * 100_000)
    assert read_sidecar(str(tmp_path / "desc.txt"), NOW).problems == ()


def test_a_missing_file_is_a_problem(tmp_path):
    assert [problem.code for problem in read_sidecar(str(tmp_path / "a.nfo"), NOW).problems] == ["unreadable_file"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "title",
                    "authors",
                    "narrators",
                    "series",
                    "metadata",
                    "product",
                    "name",
                    "sequence",
                    "year",
                    "ladder",
                    "category_ladders",
                    "runtime_length_min",
                    "duration",
                    "genres",
                    "cover",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_json_stops_the_reading(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("j") / "metadata.json"
    path.write_text(json.dumps(data))
    read_sidecar(str(path), NOW)


@given(st.binary(max_size=200), st.sampled_from([b"", b"<", b"{", b"<album>", b"<package>"]))
def test_no_nfo_stops_the_reading(data, start):
    observe_nfo(start + data, "x.nfo", NOW)


@given(st.text(max_size=200))
def test_no_yaml_stops_the_reading(text):
    with contextlib.suppress(ValueError):
        parse_yaml(text.encode())


@pytest.mark.parametrize("value", [[], {}, [[]], [{}], None, 1e308, 10**400, True, "\ud800"])
@pytest.mark.parametrize("key", [*ABS, "authorName", "metadata", "product", "runtime_length_min"])
def test_any_kind_of_value_under_any_key_is_read_or_a_problem(tmp_path, key, value):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(ABS | {"authorName": "Mara Vell"} | {key: value}))
    reading = read_sidecar(str(path), NOW)
    assert reading.observations or reading.problems or key == "metadata"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("metadata.json", json.dumps(ABS | {"authors": [f"Anna{n} Berg{n * 7}" for n in range(20_000)]})),
        ("x.opf", f"<package>{''.join(f'<creator>Anna{n} Berg{n * 7}</creator>' for n in range(5_000))}</package>"),
        ("x.nfo", "\n".join(f"Author: Anna{n} Berg{n * 7}" for n in range(5_000))),
        ("x.nfo", "x" * (8 * 1024 * 1024 - 1)),
        ("metadata.yml", "a:\n" + " x\n" * 40_000),
        ("metadata.yml", "title: x" + " " * 100_000 + "y"),
        ("metadata.yml", "[" * 100_000),
        ("metadata.yml", "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [{', '.join(['*a'] * 9)}]" for n in range(400))),
    ],
)
def test_many_names_and_long_lines_are_bounded_work(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    reading = read_sidecar(str(path), NOW)
    assert all(len(one.value) <= 200 for one in reading.observations if isinstance(one.value, tuple))


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title: The Salt Road: A Novel\nauthor: Mara Vell", "The Salt Road"),
        ("title: 'Mara''s Road'\nauthor: Mara Vell", "Mara's Road"),
        ('title: "The Salt Road" # read twice\nauthor: Mara Vell', "The Salt Road"),
    ],
)
def test_yaml_as_people_write_it(tmp_path, text, title):
    found, _ = said(tmp_path, "metadata.yml", text)
    assert (found["title"], found["authors"]) == (title, ("Mara Vell",))


def test_what_is_not_yaml_is_named_with_its_line(tmp_path):
    (tmp_path / "metadata.yml").write_text("title: [Salt\nauthor: {")
    problems = read_sidecar(str(tmp_path / "metadata.yml"), NOW).problems
    assert [problem.code for problem in problems] == ["unreadable_sidecar"]
    assert "not valid YAML at line" in problems[0].message

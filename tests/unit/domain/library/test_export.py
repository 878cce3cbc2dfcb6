"""What is exported is read back as it was agreed, by the readers of these forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.library.sidecar_json import observe_json
from mamctl.adapters.library.sidecar_xml import observe_xml
from mamctl.domain.library.book import BookRecord
from mamctl.domain.library.export import ABS_NAME, OPF_NAME, Write, decide_write, export_book, write_abs_json, write_opf
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Source
from mamctl.domain.metadata.user_values import value_from_person
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 11, 25, tzinfo=UTC)
VALUES = {
    Field.TITLE: "The Salt Road", Field.SUBTITLE: "A Tale of Salt & Snow", Field.AUTHORS: ("Mara Vell", "Jo Penn"),
    Field.NARRATORS: ("Tom Asher",), Field.SERIES: (SeriesEntry("Lantern Cycle", "2"), SeriesEntry("Winter")),
    Field.YEAR: 2011, Field.PUBLISHER: "Harbour Audio", Field.LANGUAGE: "English", Field.ASIN: "B00TEST123",
    Field.ISBN: "9780306406157", Field.GENRES: ("Fantasy", "Epic"),
    Field.DESCRIPTION: "A road of salt & snow.\n\nAnd more.",
}  # fmt: skip


def values(observations):
    return {value.field: value.value for value in agree(observations)}


def test_abs_json_is_read_back():
    read = values(observe_json(write_abs_json(VALUES).encode(), "metadata.json", "x", NOW))
    assert read == VALUES


def test_opf_is_read_back():
    assert values(observe_xml(write_opf(VALUES).encode(), "x", NOW)) == VALUES


@given(
    st.dictionaries(st.sampled_from([Field.TITLE, Field.PUBLISHER, Field.DESCRIPTION, Field.ASIN]), st.text(min_size=1))
)
def test_any_text_makes_sound_documents(texts):
    observe_xml(write_opf(texts).encode("utf-8"), "x", NOW)
    observe_json(write_abs_json(texts).encode("utf-8", "replace"), "metadata.json", "x", NOW)


@pytest.mark.parametrize(
    ("on_disk", "own", "verdict"),
    [
        (None, (), Write.CREATE),
        (None, ("old",), Write.CREATE),
        ("new", (), Write.KEEP),
        ("old", ("old",), Write.REPLACE),
        ("begun", ("old", "begun"), Write.REPLACE),
        ("theirs", ("old",), Write.REFUSE),
        ("theirs", (), Write.REFUSE),
    ],
)
def test_only_own_files_are_replaced(on_disk, own, verdict):
    assert decide_write(on_disk, own, "new") is verdict


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field.TITLE, " The  Salt Road ", "The Salt Road"),
        (Field.AUTHORS, "Vell, Mara; Penn, Jo", ("Mara Vell", "Jo Penn")),
        (Field.NARRATORS, "Tom Asher; tom asher", ("Tom Asher",)),
        (Field.SERIES, "Lantern Cycle #2", (SeriesEntry("Lantern Cycle", "2"),)),
        (Field.SERIES, "Area 51", (SeriesEntry("Area 51"),)),
        (Field.YEAR, "2011", 2011),
        (Field.ABRIDGED, "no", False),
        (Field.LANGUAGE, "en", "English"),
        (Field.GENRES, "Fantasy, Epic", ("Fantasy", "Epic")),
        (Field.PUBLISHED, "14 May 2013", "2013-05-14"),
        (Field.PUBLISHED, "20130514", "2013-05-14"),
        (Field.PUBLISHED, "May 2013", "2013-05"),
        (Field.COVER, "art/cover.jpg", "art/cover.jpg"),
        (Field.COVER, "https://example.org/c.jpg", "https://example.org/c.jpg"),
        (Field.DURATION, "11:04:09", 39849.0),
        (Field.DURATION, "39849", 39849.0),  # seconds, as JSON and --duration have them
    ],
)
def test_a_persons_words_become_a_value(field, text, value):
    assert value_from_person(field, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.YEAR, "20"),
        (Field.YEAR, "soon"),
        (Field.ASIN, "x"),
        (Field.ISBN, "9780306406158"),
        (Field.TITLE, " "),
        (Field.ABRIDGED, "perhaps"),
        (Field.AUTHORS, ""),
        (Field.PUBLISHED, "one day"),
        (Field.PUBLISHED, "2011-13-01"),
        (Field.PUBLISHED, "2011-02-30"),
        (Field.PUBLISHED, "6/5/2013"),
        (Field.COVER, "/etc/passwd"),
        (Field.COVER, "art/../../x.jpg"),
        (Field.COVER, "file:///etc/passwd"),
    ],
)
def test_what_makes_no_sense_is_refused(field, text):
    with pytest.raises(ValueError, match=field.value):
        value_from_person(field, text)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        (Field.TITLE, "x" * 501, "title takes at most 500 characters, not 501"),
        (Field.SUBTITLE, "x" * 10_000, "subtitle takes at most 500 characters, not 10,000"),
        (Field.PUBLISHER, "x" * 201, "publisher takes at most 200 characters, not 201"),
        (Field.AUTHORS, f"Mara Vell; Jo {'x' * 200}", "authors takes names of at most 200 characters, not 203"),
        (Field.SERIES, f"{'x' * 201} #2", "series takes names of at most 200 characters, not 201"),
        (
            Field.GENRES,
            "; ".join(map(str, range(201))),
            "genres takes at most 200 values, not 201",
        ),
        (Field.DESCRIPTION, "word " * 5_000, "description takes at most 20,000 characters, not 24,999"),
        (Field.COVER, f"https://example.org/{'x' * 2_000}", "cover takes at most 2,000 characters, not 2,020"),
    ],
)
def test_what_is_longer_than_any_book_has_is_refused(field, text, expected):
    with pytest.raises(ValueError, match=f"^{expected}$"):
        value_from_person(field, text)


@given(st.sampled_from(list(Field)), st.text(max_size=60))
def test_no_words_of_a_person_break_it(field, text):
    try:
        value_from_person(field, text)
    except ValueError as error:
        assert field.value in str(error)  # noqa: PT017


def test_a_description_is_exported_as_plain_text_and_comes_back_so():
    written = "<p><b>A road</b> of salt &amp; snow.</p><p>And more.</p>"
    agreed = {
        field: AgreedValue(field, value, 0.9, Source.AUDIBLE, "")
        for field, value in (VALUES | {Field.DESCRIPTION: written}).items()
    }
    files = export_book(BookRecord(1, "/lib/A", "/lib", (), agreed, (), (), None, NOW))
    plain = "A road of salt & snow.\n\nAnd more."
    assert json.loads(files[ABS_NAME])["description"] == plain
    assert values(observe_json(files[ABS_NAME].encode(), "metadata.json", "x", NOW))[Field.DESCRIPTION] == plain
    assert values(observe_xml(files[OPF_NAME].encode(), "x", NOW))[Field.DESCRIPTION] == plain

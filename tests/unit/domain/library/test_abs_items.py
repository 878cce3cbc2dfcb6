"""Items of Audiobookshelf: found by their files, compared by meaning, and whose each value is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.abs_items import (
    Match,
    Sent,
    ShelfItem,
    Whose,
    as_sent,
    compare,
    find_item,
    same,
    to_server,
    translate,
)
from mamctl.domain.library.abs_words import ItemWords, judge_words
from mamctl.domain.metadata.observation import Field
from mamctl.domain.text.series import SeriesEntry
from mamctl.practice.audiobookshelf.edits import edit_item
from mamctl.practice.audiobookshelf.state import Item, as_metadata

pytestmark = pytest.mark.spec("OPS-5")


def shelf_item(number: str, *files: str, **metadata: object) -> ShelfItem:
    return ShelfItem(number, "lib", "/books/" + number, frozenset(files), as_metadata({}) | metadata)


def people(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


@pytest.mark.parametrize(
    ("items", "match"),
    [
        ([("1", "/a/1.mp3", "/a/2.mp3"), ("2", "/b/1.mp3")], Match.ONE),
        ([("1", "/a/1.mp3", "/a/2.mp3", "/a/3.mp3")], Match.PART),  # a PDF above swallowed a neighbour
        ([("1", "/a/1.mp3")], Match.PART),
        ([("1", "/a/1.mp3"), ("2", "/a/2.mp3")], Match.SEVERAL),  # "Disc 1 of 2" and "Disc 2 of 2"
        ([("2", "/b/1.mp3")], Match.NONE),
        ([], Match.NONE),
    ],
)
def test_an_item_holds_exactly_the_files_of_a_book(items: list[tuple[str, ...]], match: Match) -> None:
    found, item = find_item(["/a/1.mp3", "/a/2.mp3"], [shelf_item(*one) for one in items])
    assert (found, item is not None) == (match, match is Match.ONE)


def test_the_longest_path_of_ours_is_translated() -> None:
    pairs = [("/audiobooks", "/srv"), ("/more", "/srv/more/")]
    assert translate("/srv/more/x.mp3", pairs) == "/more/x.mp3"
    assert translate("/srv/x.mp3", pairs) == "/audiobooks/x.mp3"
    assert translate("/srvx/x.mp3", pairs) == "/srvx/x.mp3"


@pytest.mark.parametrize(
    ("field", "one", "other", "equal"),
    [
        (Field.AUTHORS, people("Kim Ota", "Mara Vell"), people("mara vell", "KIM OTA"), True),
        (Field.AUTHORS, people("Kim Ota"), people("Kim Ota", "Mara Vell"), False),
        (Field.SERIES, [{"name": "Reeds", "sequence": None}], [{"name": "reeds", "sequence": ""}], True),
        (Field.SERIES, [{"name": "Reeds", "sequence": "1"}], [{"name": "Reeds", "sequence": None}], False),
        (Field.DESCRIPTION, "A gate. & a key.", "<p>A gate. &amp; a key.</p>", True),
        (Field.LANGUAGE, "English", "eng", True),
        (Field.ISBN, "9781234567897", "978-1-234-56789-7", True),
        (Field.YEAR, "2011", None, False),
        (Field.ABRIDGED, True, False, False),
        (Field.GENRES, ["Fantasy", "Epic"], ["epic", "fantasy"], True),
        (Field.TITLE, "Loud", " Loud ", True),
        (Field.TITLE, "Loud", "Louder", False),
    ],
)
def test_values_are_compared_by_meaning(field: Field, one: object, other: object, equal: bool) -> None:
    assert same(field, one, other) is same(field, other, one) is equal


def test_the_places_and_people_of_a_patch_have_the_form_that_is_understood() -> None:
    assert to_server(Field.AUTHORS, (" Kim Ota", "kim ota", "Jo Penn")) == people("Kim Ota", "Jo Penn")
    assert to_server(Field.SERIES, (SeriesEntry("Reeds", "1.5"), SeriesEntry("Solo", None))) == [
        {"name": "Reeds", "sequence": "1.5"},
        {"name": "Solo", "sequence": None},
    ]
    assert to_server(Field.YEAR, 2011) == "2011"
    assert to_server(Field.ABRIDGED, False) is False


VALUES = {
    Field.TITLE: "Loud",
    Field.AUTHORS: ("Kim Ota", "Mara Vell"),
    Field.SERIES: (SeriesEntry("Reeds", "2"), SeriesEntry("Unit #9", "3")),
    Field.DESCRIPTION: "A gate of tin. & a key.\n\nThen 3 < 4.",
    Field.YEAR: 2011,
    Field.GENRES: ("Fantasy",),
    Field.ABRIDGED: True,
}


def test_everything_sent_is_taken_as_it_was_meant_and_put_back_as_it_was() -> None:
    item = Item(
        "1", "lib", "/b", None, [], as_metadata({"title": "Was", "authors": ("mara vell",), "series": ("Old #1",)})
    )
    before = {field: as_sent(field, item.metadata[field.value]) for field in (Field.TITLE, Field.AUTHORS, Field.SERIES)}
    keys = {Field.YEAR: "publishedYear"}
    edit_item(
        item, {"metadata": {keys.get(field, field.value): to_server(field, value) for field, value in VALUES.items()}}
    )
    assert compare(VALUES, ShelfItem("1", "lib", "/b", frozenset(), item.metadata), frozenset(), {}) == ()
    edit_item(item, {"metadata": {field.value: value for field, value in before.items()}})
    for field, value in before.items():
        assert same(field, as_sent(field, item.metadata[field.value]), value)


@pytest.mark.parametrize(
    ("theirs", "known", "sent", "whose"),
    [
        (None, (), None, Whose.NOBODY),
        ("From Tags", ({"title": "from tags"},), None, Whose.FILES),
        ("By Hand", ({"title": "from tags"},), None, Whose.SOMEBODY),
        ("Sent Before", (), Sent("Sent Before"), Whose.MAMCTL),
        (None, (), Sent("Sent Before"), Whose.SOMEBODY),  # cleared since
        ("From Tags", ({"title": "from tags"},), Sent("Loud", undone=True), Whose.SOMEBODY),  # you took it back
        ("From Tags", ({"title": "from tags"},), Sent("Louder", undone=True), Whose.FILES),  # agreed otherwise since
        ("Sent First", (), Sent("Louder", undone=True, earlier="Sent First"), Whose.MAMCTL),
    ],
)
def test_whose_a_value_is(theirs: str | None, known: tuple, sent: Sent | None, whose: Whose) -> None:
    item = shelf_item("1", title=theirs)
    last = {Field.TITLE: sent} if sent else {}
    words = judge_words(item, known, last, ItemWords(), datetime(2026, 5, 1, tzinfo=UTC))
    found = compare({Field.TITLE: "Loud"}, item, words.somebody, last)
    assert [one.whose for one in found] == [whose]


@given(st.lists(st.sampled_from(["Kim Ota", "kim ota", "Jo Penn", " A ", "B"]), max_size=5))
def test_a_list_of_people_converges(names: list[str]) -> None:
    item = Item("1", "lib", "/b", None, [], as_metadata({"authors": ("jo penn", "C")}))
    edit_item(item, {"metadata": {"authors": to_server(Field.AUTHORS, tuple(names))}})
    assert same(Field.AUTHORS, to_server(Field.AUTHORS, tuple(names)), as_sent(Field.AUTHORS, item.metadata["authors"]))

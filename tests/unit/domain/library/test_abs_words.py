"""Somebody's word at Audiobookshelf: what was set there, and neither sent nor read from the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mamctl.domain.library.abs_items import Sent, ShelfItem
from mamctl.domain.library.abs_words import ItemWords, item_of, judge_words
from mamctl.domain.library.audiobookshelf import Document
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.text.series import SeriesEntry
from mamctl.practice.audiobookshelf.state import as_metadata

pytestmark = pytest.mark.spec("OPS-5")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TAGS: Document = {"title": "From Tags", "authors": ("Kim Ota",)}


def judge(
    metadata: dict[str, Any],
    *known: Document,
    sent: Sent | None = None,
    before: ItemWords | None = None,
    now: datetime = NOW,
    number: str = "li-1",
) -> ItemWords:
    """The words of an item whose title mamctl may have sent."""
    item = ShelfItem(number, "lib", "/b", frozenset(), as_metadata({}) | metadata)
    return judge_words(item, known, {Field.TITLE: sent} if sent else {}, before or ItemWords(), now)


def said(words: ItemWords) -> dict[Field, object]:
    return {one.field: one.value for one in words.observations}


def test_what_nothing_explains_is_somebodys_word_with_its_place() -> None:
    metadata = {
        "title": "By Hand",
        "authors": [{"name": "kim ota"}],
        "publishedYear": "1999",
        "series": [{"name": "Reeds #9", "sequence": "2"}],
        "description": "<p>A gate &amp; a key.</p>",
        "language": None,
        "genres": [],
    }
    words = judge(metadata, TAGS)
    assert words.somebody == {Field.TITLE, Field.YEAR, Field.SERIES, Field.DESCRIPTION}
    assert said(words) == {
        Field.TITLE: "By Hand",
        Field.YEAR: 1999,
        Field.SERIES: (SeriesEntry("Reeds #9", "2"),),
        Field.DESCRIPTION: "A gate & a key.",
    }
    title = next(one for one in words.observations if one.field is Field.TITLE)
    assert (title.source, title.place, title.confidence) == (Source.ABS_SERVER, "audiobookshelf:li-1#title", 0.9)
    assert item_of(title) == "li-1"
    assert set(words.read) == {Field.AUTHORS}


@pytest.mark.parametrize(
    ("sent", "somebodys"),
    [
        (Sent("by hand"), False),
        (Sent("Another"), True),
        (Sent("Another", undone=True, earlier="By Hand"), False),  # it stands again
        (Sent("Another", undone=True, earlier="A third"), True),
    ],
)
def test_what_mamctl_sent_last_is_nobodys_word(sent: Sent, somebodys: bool) -> None:
    assert (Field.TITLE in judge({"title": "By Hand"}, TAGS, sent=sent).somebody) is somebodys


def test_what_the_server_read_once_stays_so_when_the_files_say_otherwise() -> None:
    first = judge({"title": "From Tags"}, TAGS)
    later = judge({"title": "From  Tags "}, {"title": "Retagged"}, before=first)
    assert (later.somebody, set(later.read)) == (frozenset(), {Field.TITLE})
    # Something else was set there meanwhile: then the old value is somebody's choice.
    changed = judge({"title": "By Hand"}, {"title": "Retagged"}, before=later)
    assert judge({"title": "From Tags"}, {"title": "Retagged"}, before=changed).somebody == {Field.TITLE}


def test_somebodys_word_stays_theirs_when_our_own_export_repeats_it() -> None:
    first = judge({"title": "By Hand", "authors": [{"name": "Jo Penn"}]}, TAGS)
    again = judge({"title": "By Hand", "authors": [{"name": "Jo Penn"}]}, {"title": "By Hand"}, before=first, now=LATER)
    assert again == first  # seen since the first time
    assert judge({"title": "", "authors": []}, TAGS, before=first).observations == ()
    other = judge({"title": "By Hand"}, before=first, now=LATER, number="li-2")
    assert {item_of(one) for one in other.observations} == {"li-2"}


def test_it_comes_after_the_record_for_the_asin_and_before_what_files_say() -> None:
    word = judge({"title": "By Hand"}, TAGS).observations

    def among(*others: tuple[Source, float]) -> object:
        stated = (Observation(Field.TITLE, f"By {source}", source, "x", sure, NOW) for source, sure in others)
        return agree((*word, *stated))[0].value

    assert among((Source.TAGS, 0.8), (Source.AUDIBLE, 0.95), (Source.ABS_JSON, 0.9)) == "By Hand"
    assert among((Source.CATALOGUE_ASIN, 0.95)) == "By catalogue_asin"
    assert among((Source.USER, 1.0)) == "By person"


@pytest.mark.parametrize("value", ["", "  ", None, [], [{"name": ""}], [{"nope": 1}], 7, {"a": 1}, ["x", None]])
def test_a_value_of_any_form_is_taken_without_complaint(value: object) -> None:
    for key in ("title", "authors", "narrators", "series", "publishedYear", "description", "abridged"):
        judge({key: value}, TAGS)

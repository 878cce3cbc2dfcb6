"""What every parser keeps to: it never raises, loses no word silently, and sees the same in another spelling."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.library.paths.observe import observe_loose_file, observe_path
from mamctl.domain.library.tags import Tag, observe_tags
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.credits import parse_credits, split_people
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import parse_series
from mamctl.domain.text.titles import parse_title

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TAGS = Origin(Source.TAGS, "x", NOW)
NFO = Origin(Source.NFO, "x", NOW)

people = st.sampled_from(["Mara Vell", "Zoë Brontë", "J. R. R. Ölander", "Ines Quill", "Tom Asher Jr."])
titles = st.sampled_from(["The Salt Road", "Échos d'Hiver", "Zwölf Türme", "Winter", "Мир и Ночь", "It"])
series = st.sampled_from(["Lantern Cycle", "Öde Türme", "Saga of Glass"])
places = st.sampled_from(["1 - ", "Book 2 - ", "Vol. 3 - ", "04. ", "#5 - ", ""])
ends = st.sampled_from(["", " (Unabridged)", " {Ines Quill}", " (2014)", " [B00TEST123]"])
folders = st.builds(
    lambda person, saga, place, title, end: f"{person}/{saga}/{place}{title}{end}", people, series, places, titles, ends
)


def values(said: tuple[Observation, ...]) -> list[tuple[Field, str]]:
    """What was said, as it is compared: without case and accents."""
    return [(one.field, fold(str(one.value))) for one in said]


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def spaced(text: str) -> str:
    return text.replace(" ", "  ").replace("/", " / ")


@pytest.mark.spec("META-1")
@given(folders, st.sampled_from([decomposed, spaced, str.upper, str.lower]))
def test_a_path_says_the_same_in_another_spelling(path: str, respell):
    assume(respell is not str.lower or "[B00" not in path)  # ASINs in brackets are upper case, as for Audiobookshelf
    assert values(observe_path(respell(path), NOW)) == values(observe_path(path, NOW))


@given(folders)
def test_a_loose_file_says_what_a_folder_of_its_name_says(path: str):
    assert values(observe_loose_file(f"{path}.m4b", NOW)) == values(observe_path(path, NOW))


@given(st.text(max_size=120))
def test_no_name_of_a_loose_file_stops_the_reading(path: str):
    observe_loose_file(path, NOW)


@given(
    st.lists(st.sampled_from(["salt", "road", "Hiver", "échos", "мир", "Lantern"]), min_size=1, max_size=5),
    st.sampled_from(["{} #2", "{}, Book 3", "{} (1-3)", "{}", "{} 4", "Book 5 of {}", "{}: Vol. 2", "{} #1; Other #4"]),
)
def test_no_word_of_a_series_is_lost(words: list[str], shape: str):
    name = " ".join(words)
    held = fold(" ".join(entry.name for entry in parse_series(shape.format(name)))).split()
    assert set(fold(name).split()) <= set(held)


@pytest.mark.spec("META-3")
@given(st.text(alphabet="zqwkjXYÉö .:-=*|\n", max_size=200))
def test_every_word_of_any_nfo_is_said_or_left_over(text: str):
    """The letters make up no label, so that every word is either a value or told as not understood."""
    reading = parse_nfo(text, NFO)
    held = fold(" ".join([*reading.remainder, *(str(one.value) for one in reading.observations)])).split()
    assert {word for word in fold(text).split() if word.isalpha()} <= set(held)


@pytest.mark.spec("META-3")
@given(people, titles, people, st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["", ".....", "  "]))
def test_an_nfo_says_the_same_whatever_its_labels_look_like(author: str, title: str, reader: str, respell, gap: str):
    def nfo(label) -> str:
        pairs = (("Title", title), ("Author", author), ("Read by", reader))
        return "\n".join(f"{label(name)}{gap}: {value}" for name, value in pairs)

    plain = {one.field: one.value for one in parse_nfo(nfo(str), NFO).observations}
    assert {one.field: one.value for one in parse_nfo(nfo(respell), NFO).observations} == plain
    assert plain[Field.NARRATORS] == split_people(reader, "narrator")


@given(
    st.dictionaries(st.sampled_from(list(Tag)), st.lists(st.text(max_size=60), max_size=3).map(tuple)), st.booleans()
)
def test_no_tags_stop_the_reading(tags, alone: bool):
    for one in observe_tags(tags, TAGS, alone=alone):
        assert one.value not in {"", ()}
        assert one.source is Source.TAGS


@pytest.mark.spec("META-6")
@given(st.lists(people, min_size=1, max_size=4, unique=True))
def test_people_are_the_same_in_any_normal_form_and_spacing(names: list[str]):
    text = "; ".join(names)
    assert split_people(decomposed(text)) == split_people(text)
    assert split_people(spaced(text).replace(";", " ; ")) == split_people(text)
    assert [fold(credit.name) for credit in parse_credits(text.upper())] == [fold(name) for name in names]


@given(titles, st.lists(ends, max_size=3))
def test_a_title_is_the_same_in_any_normal_form_and_spacing(title: str, more: list[str]):
    text = title + "".join(more)
    assert parse_title(decomposed(text)) == parse_title(text)
    assert parse_title(spaced(text)) == parse_title(text)

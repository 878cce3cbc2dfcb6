"""Tags whose author and reader changed places, and albums that are written like names of files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mamctl.domain.library.paths.observe import know, name_writers, observe_path
from mamctl.domain.library.tags import Tag, observe_tags
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Origin, Source

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ORIGIN = Origin(Source.TAGS, "a.m4b", NOW)
MARA, TOM = "Mara Vell", "Tom Asher"


def read(tags: dict[Tag, str], path: str = "Mara Vell/T") -> dict:
    said = observe_tags(
        {tag: (text,) for tag, text in tags.items()}, ORIGIN, alone=True, writers=lambda: name_writers(path)
    )
    values = {value.field: value.value for value in agree((*said, *observe_path(path, NOW, known=know(said))))}
    series = values.get(Field.SERIES)
    return {**values, Field.SERIES: (series[0].name, series[0].position) if series else None}


@pytest.mark.parametrize(
    "tags",
    [
        {Tag.ARTIST: MARA, Tag.ALBUM_ARTIST: TOM},
        {Tag.ARTIST: TOM, Tag.COMPOSER: MARA},
        {Tag.ARTIST: f"{MARA}/{TOM}"},
        {Tag.ARTIST: TOM, Tag.ALBUM_ARTIST: MARA},
        {Tag.ARTIST: f"{MARA}, {TOM}", Tag.ALBUM_ARTIST: MARA},
        {Tag.ARTIST: MARA, Tag.COMPOSER: TOM},
        {Tag.ARTIST: MARA, Tag.NARRATOR: TOM},
    ],
)
def test_the_folder_decides_who_wrote_and_who_read(tags):
    values = read({Tag.ALBUM: "T", **tags})
    assert (values[Field.AUTHORS], values[Field.NARRATORS]) == ((MARA,), (TOM,))


def test_album_and_artist_that_changed_places_are_put_right():
    values = read({Tag.ALBUM: MARA, Tag.ARTIST: "The Salt Road", Tag.ALBUM_ARTIST: "The Salt Road"})
    assert (values[Field.TITLE], values[Field.AUTHORS]) == ("The Salt Road", (MARA,))
    values = read({Tag.ALBUM: TOM, Tag.ARTIST: MARA})  # a life of Tom Asher by Mara Vell
    assert (values[Field.TITLE], values[Field.AUTHORS]) == (TOM, (MARA,))


def test_two_artists_wrote_it_where_the_composer_reads():
    values = read({Tag.ALBUM: "T", Tag.ARTIST: f"{MARA}, {TOM}", Tag.COMPOSER: "Ines Quill"})
    assert (values[Field.AUTHORS], values[Field.NARRATORS]) == ((MARA, TOM), ("Ines Quill",))


def test_several_album_artists_are_authors():
    values = read({Tag.ALBUM: "T", Tag.ALBUM_ARTIST: f"{MARA} & {TOM}", Tag.ARTIST: f"{MARA} & {TOM}"})
    assert values[Field.AUTHORS] == (MARA, TOM)
    assert Field.NARRATORS not in values


@pytest.mark.parametrize(
    ("album", "title", "series"),
    [
        ("The Salt Road - Lantern Cycle, Book 3 (Unabridged)", "The Salt Road", ("Lantern Cycle", "3")),
        ("The Salt Road - Lantern Cycle #2", "The Salt Road", ("Lantern Cycle", "2")),
        ("Lantern Cycle 02 - The Salt Road", "The Salt Road", ("Lantern Cycle", "2")),
        ("Lantern Cycle #2 - The Salt Road", "The Salt Road", ("Lantern Cycle", "2")),
        ("Lantern Cycle, Book 2 - The Salt Road", "The Salt Road", ("Lantern Cycle", "2")),
        ("The Salt Road: Lantern Cycle, Book 2", "The Salt Road", ("Lantern Cycle", "2")),
        ("Mara Vell - The Salt Road", "The Salt Road", None),
        ("The Salt Road by Mara Vell", "The Salt Road", None),
        ("The Salt Road - CD 1", "The Salt Road", None),
        ("The Salt Road, Disc 01 of 12", "The Salt Road", None),
        ("Salt - A History", "Salt", None),
        ("The Salt Road, Vol. 2", "The Salt Road", ("The Salt Road", "2")),
        ("The Hero (2 of 3) [Dramatized Adaptation]", "The Hero (2 of 3) [Dramatized Adaptation]", None),
    ],
)
def test_an_album_is_read_as_names_are(album, title, series):
    values = read({Tag.ALBUM: album, Tag.ARTIST: MARA}, path="x")
    assert values[Field.SERIES] == series
    assert values[Field.TITLE] == title

"""Tags are read from real files of every container, and broken files are told, not fatal."""

from __future__ import annotations

import io
import os
import shutil
import struct
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import mutagen
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.mp4._atom import Atoms

from mamctl.adapters.library.large_tags import MOST_PARTS, MOST_READS, BoundedFile, mp4_without_pictures
from mamctl.adapters.library.reader import LocalBookReader
from mamctl.adapters.library.tags import FileTags, _tags_alone, open_audio, read_tags
from mamctl.domain.library.files import BookFiles, FoundFile
from mamctl.domain.library.tags import Tag, observe_tags
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Origin, Source
from mamctl.domain.problem import Problem
from mamctl.domain.text.series import SeriesEntry
from tests.kit.audio import RECIPES

pytestmark = pytest.mark.spec("META-1")
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ORIGIN = Origin(Source.TAGS, "x", NOW)
UNTAGGED = {"headerless.mp3", "headerless_vbr.mp3", "aac.aac", "wav.wav", "aiff.aiff", "flac.mka"}
TAGGED = [name for name in RECIPES if name not in UNTAGGED]


def read(path):
    found = read_tags(str(path))
    assert isinstance(found, FileTags), found
    return found


def agreed(path, *, alone=True):
    return {value.field.value: value.value for value in agree(observe_tags(read(path).fields, ORIGIN, alone=alone))}


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("name", TAGGED)
def test_every_container_says_the_same(audio_kit: Path, name: str):
    said = agreed(audio_kit / name)
    assert (said["title"], said["authors"], said["narrators"]) == ("The Salt Road", ("Mara Vell",), ("Tom Asher",))


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("name", ["mp3.mp3", "m4b.m4b"])
def test_an_embedded_picture_is_seen(audio_kit: Path, name: str):
    assert read(audio_kit / name).has_cover


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("suffix", [".mp3", ".M4B", ".flac", ".opus", ".ogg"])
def test_a_file_under_whatever_name_is_read_as_mutagen_reads_it(audio_kit: Path, tmp_path: Path, suffix: str):
    for name in RECIPES:
        path = tmp_path / f"{name}{suffix}"
        shutil.copyfile(audio_kit / name, path)
        with path.open("rb") as file:
            assert _outcome(open_audio, str(path), file) == _outcome(mutagen.File, path), path.name


def _outcome(read: Callable[..., object], *given: object) -> type:
    """What kind of audio it is read as, or how it fails."""
    try:
        return type(read(*given))
    except mutagen.MutagenError as error:
        return type(error)


def atom(name: bytes, content: bytes, more: int) -> bytes:
    """An MP4 atom with `more` bytes than are written of it."""
    return struct.pack(">I4s", 8 + len(content) + more, name) + content


def ends_with_picture(size: int) -> bytes:
    found = struct.pack(">I4sII", 16 + size, b"data", 13, 0)
    for name in (b"covr", b"ilst", b"meta", b"udta", b"moov"):
        found = atom(name, bytes(4) + found if name == b"meta" else found, size)
    return atom(b"ftyp", b"M4A \0\0\0\0", 0) + found


# A picture whose length is a lie: FLAC's own three bytes of length are not what mutagen goes by.
FLAC_OF_PICTURES = (
    b"fLaC\0\0\0\x22"
    + bytes(10)
    + b"\x0a\xc4\x42"
    + bytes(21)
    + b"\x06\0\0\x20"
    + struct.pack(">III", 3, 0, 0)
    + struct.pack(">IIIII", 0, 0, 0, 0, 2**28)
)


@pytest.mark.parametrize(
    ("name", "head"),
    [("a.mp3", b"ID3\x04\0\0\x7c\0\0\0"), ("a.aac", b"ID3\x04\0\0\x7c\0\0\0"), ("a.flac", FLAC_OF_PICTURES)],
)
def test_tags_that_would_fill_the_memory_are_not_read(tmp_path: Path, name: str, head: bytes):
    path = tmp_path / name
    path.write_bytes(head)
    os.truncate(path, 2**29)  # without content on the disk
    tracemalloc.start()
    found = read_tags(str(path))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(found, Problem)
    assert "they take more than 16.00 MiB" in found.message
    assert most < 2**24


def test_a_large_picture_of_an_mp4_is_a_cover_that_is_not_read(tmp_path: Path):
    path = tmp_path / "a.m4b"
    path.write_bytes(ends_with_picture(2**28))
    os.truncate(path, 2**29)
    tracemalloc.start()
    with path.open("rb") as file:
        tags = mp4_without_pictures().MP4Tags(Atoms(file), file)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tags.has_picture
    assert most < 2**20


def ogg_page(body: bytes, flags: int = 0, number: int = 0) -> bytes:
    lacing = bytes([255] * (len(body) // 255) + [len(body) % 255])
    return b"OggS\0" + bytes([flags]) + bytes(12) + struct.pack("<II", number, 0) + bytes([len(lacing)]) + lacing + body


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.mp3", b"ID3\x03\0\0\0\x7f\x7f\x7f" + b"TIT2\0\0\0\x01\0\0\0" * (MOST_PARTS + 1), "10,000 parts"),
        ("b.mp3", b"ID3\x02\0\0\0\x7f\x7f\x7f" + b"TT2\0\0\x01\0" * (MOST_PARTS + 1), "10,000 parts"),
        ("a.m4b", b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x08free" * MOST_READS, "200,000 parts"),
        (
            "a.opus",
            ogg_page(b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0", 2)
            + ogg_page(b"OpusTags\0\0\0\0" + struct.pack("<I", MOST_PARTS + 1)),
            "10,000 comments",
        ),
        (
            "a.ape",
            b"MAC " + bytes(2**21) + b"APETAGEX" + struct.pack("<IIIIQ", 2000, 64, MOST_PARTS + 1, 0, 0),
            "10,000 items",
        ),
    ],
)
def test_tags_of_very_many_parts_are_not_read(tmp_path: Path, name: str, content: bytes, words: str):
    path = tmp_path / name
    path.write_bytes(content if len(content) > 2**21 else content + bytes(2**21))
    found = read_tags(str(path))
    assert isinstance(found, Problem)
    assert f"they have more than {words}" in found.message


@pytest.mark.real("ffmpeg")
def test_a_large_file_is_read_as_a_small_one_is(audio_kit: Path):
    for path in (audio_kit / name for name in RECIPES):
        with path.open("rb") as small, BoundedFile(io.FileIO(path)) as large:
            found, other = (getattr(open_audio(str(path), file), "tags", None) for file in (large, small))
            assert repr(found) == repr(other), path.name


@pytest.mark.real("ffmpeg")
def test_tags_without_the_sound_are_those_of_the_whole_reading(audio_kit: Path):
    alone = 0
    for path in (audio_kit / name for name in RECIPES):
        for open_it in (Path.open, lambda path, _: BoundedFile(io.FileIO(path))):
            with open_it(path, "rb") as file, path.open("rb") as again:
                if tags := _tags_alone(str(path), file):
                    assert repr(tags) == repr(open_audio(str(path), again).tags), path.name
                    alone += 1
    assert alone >= 8  # MP3, MP4, FLAC and Opus, as small and as large files


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("name", ["mp3.mp3", "opus.opus"])
def test_tags_before_sound_that_is_not_there_are_not_trusted(audio_kit: Path, tmp_path: Path, name: str):
    """As a client leaves a file that it has made room for: what mutagen says of it stays."""
    path = tmp_path / name
    content = (audio_kit / name).read_bytes()
    begins = content.index(b"\xff\xfb") if name == "mp3.mp3" else len(content)
    path.write_bytes(content[:begins] + bytes(2**17))
    found = read_tags(str(path))
    assert isinstance(found, Problem)
    assert "its tags are broken" in found.message


@pytest.mark.real("ffmpeg")
def test_tags_are_read_though_the_kind_of_sound_is_not_said(audio_kit: Path, tmp_path: Path):
    path = tmp_path / "a.m4b"
    path.write_bytes((audio_kit / "m4b.m4b").read_bytes().replace(b"hdlr", b"hdlx", 1))
    with pytest.raises(mutagen.MutagenError):
        mutagen.File(path)
    assert read(path).fields == read(audio_kit / "m4b.m4b").fields


@pytest.mark.real("ffmpeg")
def test_no_file_of_the_kit_however_damaged_stops_the_reader(audio_kit: Path):
    for path in sorted(audio_kit.iterdir()):
        if path.is_file():
            assert isinstance(read_tags(str(path)), (FileTags, Problem))


@pytest.mark.real("ffmpeg")
def test_an_mp3_of_the_tagging_script(audio_kit: Path, tmp_path: Path):
    from mutagen.id3 import (
        COMM,
        ID3,
        MVIN,
        MVNM,
        TALB,
        TCOM,
        TCON,
        TCOP,
        TDRC,
        TDRL,
        TIT1,
        TIT2,
        TIT3,
        TPE1,
        TPE2,
        TXXX,
        WOAF,
    )

    path = tmp_path / "a.mp3"
    shutil.copy(audio_kit / "headerless.mp3", path)
    tags = ID3()
    for frame in (
        TALB(text="The Salt Road (Unabridged)"), TIT2(text="Chapter 1"), TIT3(text="A Tale of Salt"),
        TPE1(text="Mara Vell, Tom Asher"), TPE2(text="Mara Vell"), TCOM(text="Tom Asher"),
        TIT1(text="Lantern Cycle, Book 2"), MVNM(text="Lantern Cycle"), MVIN(text="2"),
        TXXX(desc="SERIES", text="Lantern Cycle"), TXXX(desc="Series-Part", text="2"),
        TXXX(desc="asin", text="B00TEST123"), TCON(text="Fantasy/Epic"), TDRC(text="2011"), TDRL(text="2013-05-14"),
        TCOP(text="©2011 Mara Vell (P)2013 Harbour Audio"), WOAF(url="https://shop.test/pd/B00TEST123"),
        COMM(desc="iTunNORM", text="0000"), COMM(text="A road of salt that leads through winter."),
    ):  # fmt: skip
        tags.add(frame)
    tags.save(path)
    said = agreed(path)
    assert said["title"] == "The Salt Road"
    assert said["subtitle"] == "A Tale of Salt"
    assert said["authors"] == ("Mara Vell",)
    assert said["narrators"] == ("Tom Asher",)
    assert said["series"] == (SeriesEntry("Lantern Cycle", "2"),)
    assert (said["year"], said["published"], said["asin"]) == (2011, "2013-05-14", "B00TEST123")
    assert said["genres"] == ("Fantasy", "Epic")
    assert said["abridged"] is False


@pytest.mark.real("ffmpeg")
def test_an_m4b_of_libation(audio_kit: Path, tmp_path: Path):
    from mutagen.mp4 import MP4, MP4FreeForm

    path = tmp_path / "a.m4b"
    shutil.copy(audio_kit / "m4b.m4b", path)
    audio = MP4(path)
    audio.tags.clear()
    audio["©alb"], audio["©ART"], audio["aART"] = "The Salt Road", "Mara Vell; Jo Penn", "Mara Vell; Jo Penn"
    audio["©nrt"] = ["Tom Asher; Ines Quill"]
    audio["----:com.pilabor.tone:SERIES"] = MP4FreeForm(b"Lantern Cycle")
    audio["----:com.pilabor.tone:PART"] = MP4FreeForm(b"1.5")
    audio["----:com.pilabor.tone:AUDIBLE_ASIN"] = MP4FreeForm(b"B00TEST123")
    audio["©pub"], audio["rldt"], audio["ldes"] = "Harbour Audio", "14-May-2013", "A road of salt, and of winter."
    audio.save()
    said = agreed(path)
    assert said["authors"] == ("Mara Vell", "Jo Penn")
    assert said["narrators"] == ("Tom Asher", "Ines Quill")
    assert said["series"] == (SeriesEntry("Lantern Cycle", "1.5"),)
    assert (said["asin"], said["publisher"], said["published"]) == ("B00TEST123", "Harbour Audio", "2013-05-14")


def test_traps_of_tags():
    def say(*, alone=True, **texts):
        fields = {Tag[name]: (text,) if isinstance(text, str) else text for name, text in texts.items()}
        return {value.field.value: value for value in agree(observe_tags(fields, ORIGIN, alone=alone))}

    assert "title" not in say(TITLE="Track 01")
    assert "title" not in say(TITLE="Chapter 1", alone=False)
    assert "authors" not in say(ARTIST="Unknown Artist")
    assert say(ARTIST="BrontÃ«, Zoe")["authors"].value == ("Zoe Brontë",)
    assert say(ARTIST="Mara Vell", COMPOSER="Mara Vell")["narrators"].confidence < 0.4
    assert say(ALBUM="T [performed by Tom Asher]")["narrators"].value == ("Tom Asher",)
    assert say(GROUPING="Narrator: Tom Asher | Series: Lantern #2")["series"].value == (SeriesEntry("Lantern", "2"),)
    assert say(SERIES="A; B", PART="1; 4")["series"].value == (SeriesEntry("A", "1"), SeriesEntry("B", "4"))
    assert say(SERIES="Area 51", PART="3")["series"].value == (SeriesEntry("Area 51", "3"),)
    assert say(ALBUM="Lantern", TITLE="Salt", SERIES="Lantern")["title"].value == "Salt"
    assert say(COPYRIGHT="©2011 X (P)2013 Y")["year"].value == 2011


@given(
    st.dictionaries(st.sampled_from(list(Tag)), st.lists(st.text(max_size=60), max_size=3).map(tuple), max_size=8),
    st.booleans(),
)
def test_no_tags_stop_the_reading(fields, alone):
    observe_tags(fields, ORIGIN, alone=alone)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not audio at all",
        b"ID3\x04\x00\x00\x00\x00\x00\x7f",
        b"\x00" * 5000,
        b"fLaC" + b"\xff" * 50,
        b"OggS" + b"\x01" * 99,
    ],
)
@pytest.mark.parametrize("suffix", ["mp3", "m4b", "flac", "ogg", "opus", "wma", "aac", "wav"])
def test_what_is_no_audio_is_told(tmp_path: Path, content: bytes, suffix: str):
    path = tmp_path / f"x.{suffix}"
    path.write_bytes(content)
    assert isinstance(read_tags(str(path)), (FileTags, Problem))


def test_a_missing_file_is_a_problem(tmp_path: Path):
    found = read_tags(str(tmp_path / "none.mp3"))
    assert isinstance(found, Problem)
    assert found.code == "unreadable_file"


@pytest.mark.parametrize(
    ("tags", "series"),
    [
        ({Tag.MOVEMENT: ("Cycle",), Tag.MOVEMENT_NUMBER: ("75",), Tag.PART: ("7.5",)}, ("Cycle", "7.5")),
        ({Tag.MOVEMENT: ("Lantern Cycle",), Tag.MOVEMENT_NUMBER: ("2",)}, ("Lantern Cycle", "2")),
        ({Tag.MOVEMENT: ("Lantern Cycle",), Tag.MOVEMENT_NUMBER: ("2",), Tag.PART: ("?",)}, ("Lantern Cycle", "2")),
        ({Tag.SERIES: ("Unit #9",), Tag.PART: ("3",)}, ("Unit #9", "3")),
        ({Tag.SERIES: ("Lantern Cycle #2",), Tag.PART: ("2",)}, ("Lantern Cycle", "2")),
        ({Tag.SERIES: ("Lantern Cycle #Book 1",)}, ("Lantern Cycle", "1")),
    ],
)  # fmt: skip
def test_the_place_in_a_series(tags, series):
    (said,) = (one for one in observe_tags(tags, ORIGIN, alone=True) if one.field is Field.SERIES)
    assert said.value == (SeriesEntry(*series),)


@pytest.mark.real("ffmpeg")
def test_a_text_that_id3v1_cut_loses_to_a_name_that_has_it_in_full(audio_kit: Path, tmp_path: Path):
    folder = tmp_path / "Mara Vell" / "The Adventures of Shirley Holmwood and More"
    folder.mkdir(parents=True)
    path = folder / "all.mp3"
    cut = "The Adventures of Shirley Holmwood"[:30].encode()
    tag = b"TAG" + b"x".ljust(30, b"\0") + b"Mara Vell".ljust(30, b"\0") + cut + b"\0" * 35
    path.write_bytes((audio_kit / "headerless_vbr.mp3").read_bytes()[171:] + tag)
    tags = read_tags(str(path))
    assert tags.fields[Tag.ALBUM] == (cut.decode(),)
    found = FoundFile(str(path), path.stat().st_size, 0, 0, 0, 1)
    reading = LocalBookReader().read(BookFiles(str(tmp_path), str(folder), (found,), ()), NOW)
    titles = {said.value for said in reading.observations if said.field is Field.TITLE}
    assert folder.name in titles
    assert cut.decode() not in titles


@pytest.mark.parametrize(
    ("names", "cover"),
    [
        (["AlbumArtSmall.jpg", "Two-Cover.jpg"], "Two-Cover.jpg"),
        (["author.jpg", "all.jpg"], "all.jpg"),
        (["back.png", "front.png", "folder.jpg"], "folder.jpg"),
        (["x.jpg", "Winter.jpg"], "Winter.jpg"),
        (["author.jpg"], "author.jpg"),
        (["a.jpg", "b.jpg"], "a.jpg"),
    ],
)
def test_the_likeliest_picture_is_the_cover(tmp_path: Path, names: list[str], cover: str):
    folder = tmp_path / "Winter"
    folder.mkdir()
    for name in ("all.mp3", *names):
        (folder / name).write_bytes(b"x")
    (folder / "cover.jpg").write_bytes(b"")  # a broken download shows nothing
    files = [FoundFile(str(folder / name), (folder / name).stat().st_size, 0, 0, 0, 1)
             for name in ("all.mp3", *names, "cover.jpg")]  # fmt: skip
    reading = LocalBookReader().read(BookFiles(str(tmp_path), str(folder), tuple(files[:1]), tuple(files[1:])), NOW)
    assert [said.value for said in reading.observations if said.field is Field.COVER] == [cover]

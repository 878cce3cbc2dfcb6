"""NFO files are read in every layout and encoding, and no line of them is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.library.text_encoding import decode_nfo
from mamctl.domain.library.nfo import parse_nfo, take_nfo_apart
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Origin, Source
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import SeriesEntry

ORIGIN = Origin(Source.NFO, "book.nfo", datetime(2026, 11, 25, 12, tzinfo=UTC))
pytestmark = pytest.mark.spec("META-3")

INAUDIBLE = """\
General Information
===================
 Title:                  The Salt Road: Lantern Cycle, Book 2
 Author:                 Mara Vell
 Read By:                Tom Asher, Ines Quill
 Copyright:              2011
 Audiobook Copyright:    2013
 Genre:                  Fantasy
 Publisher:              Harbour Audio
 Duration:               11 hours, 4 minutes, 9 seconds
 Chapters:               31

Media Information
=================
 Source Format:          Audible AAX
 Source Bitrate:         63 kbits
 Encoded Codec:          AAC / M4B
 Ripper:                 SomeTool 1.0

Book Description
================
A road of salt.

Second paragraph: with a colon.
"""
CRLF = (
    "General Information\r\n===================\r\n Title:          The Salt Road\r\n Author:         Mara Vell\r\n"
    " Read By:        [unknown]\r\n Release Date:   06/05/2013\r\n Book Copyright: 2011\r\n"
)
OPENAUDIBLE = """\
Title: The Salt Road
Author: Mara Vell
Narrated by: Tom Asher
Duration: 11:04:09
Release date: 14/05/2013
Genre: Fantasy > Epic
Publisher: Harbour Audio
Copyright: ©2011 Mara Vell ℗2013 Harbour Audio
ASIN: B00TEST123
Product ID: BK_HARB_000001
Description:
A road of salt.
"""
BOXED = """\
╔══════════════════════════════════════╗
║         T H E   S A L T   R O A D    ║
╚══════════════════════════════════════╝
  Artist...............: Mara Vell
  Album................: The Salt Road
  Genre................: Audiobook
  Year.................: 2013
  Narrator.............: Tom Asher
  Codec................: LAME 3.99
  Playtime.............: 11:04:09
"""
AUDIOSILO = """\
Title: The Salt Road
Author(s): Mara Vell
Narrator(s): Tom Asher
Series name: Lantern Cycle
Series position: 2
Abridged?: No
Runtime (minutes): 664
First published (year): 2011
"""
COLUMNS = "Title    The Salt Road\nAuthor   Mara Vell\nNarrator   Tom Asher\nYear     2011\n"
BULLETS = "[+] Title : The Salt Road\n» Author » Mara Vell\n* Narrator - Tom Asher\n"
PLAIN = "▄▄▄ ░░▒▒▓▓ ▄▄▄\nMara Vell - The Salt Road\nRead by Tom Asher\nUnabridged, 11 hrs 4 min\n"
BOOK = {"title": "The Salt Road", "authors": ("Mara Vell",), "narrators": ("Tom Asher",)}
CYCLE = (SeriesEntry("Lantern Cycle", "2"),)


def read(text):
    return {value.field.value: value.value for value in agree(parse_nfo(text, ORIGIN).observations)}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (
            INAUDIBLE,
            BOOK
            | {
                "narrators": ("Tom Asher", "Ines Quill"),
                "series": CYCLE,
                "year": 2011,
                "published": "2013",
                "duration": 39849.0,
                "description": "A road of salt.\n\nSecond paragraph: with a colon.",
                "publisher": "Harbour Audio",
                "genres": ("Fantasy",),
            },
        ),
        (CRLF, BOOK | {"narrators": None, "year": 2011, "published": "2013"}),
        (
            OPENAUDIBLE,
            BOOK
            | {
                "year": 2011,
                "published": "2013-05-14",
                "asin": "B00TEST123",
                "genres": ("Fantasy", "Epic"),
                "duration": 39849.0,
                "description": "A road of salt.",
            },
        ),
        (BOXED, BOOK | {"year": 2013, "genres": None, "duration": 39849.0}),
        (AUDIOSILO, BOOK | {"series": CYCLE, "abridged": False, "duration": 39840.0, "year": 2011}),
        (COLUMNS, BOOK | {"year": 2011}),
        (BULLETS, BOOK),
        (PLAIN, BOOK | {"abridged": False, "duration": 39840.0}),
    ],
)
def test_nfo_parsing(text, known):
    said = read(decode_nfo(text.encode()))
    assert {key: said.get(key) for key in known} == known


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Brontë".encode(), "Brontë"),
        ("Brontë".encode("utf-8-sig"), "Brontë"),
        ("Brontë".encode("utf-16"), "Brontë"),
        ("Title: Brontë".encode("utf-16-le"), "Title: Brontë"),
        (b"M\x81ller", "Müller"),
        (b"Bront\xe9", "Bronté"),
        (b"Vell\x92s road", "Vell’s road"),
        ("║ Müller ═══".encode("cp437"), "║ Müller ═══"),
        (b"a\x81\x8d\x8f", "a\x81\x8d\x8f"),
        (b"", ""),
    ],
)
def test_encodings_are_told_apart(data, text):
    assert decode_nfo(data) == text


def test_boxed_dos_text_is_read_from_its_bytes():
    assert read(decode_nfo(BOXED.encode("cp437")))["title"] == "The Salt Road"


def test_what_is_about_the_files_is_kept_but_not_believed():
    reading = parse_nfo(INAUDIBLE, ORIGIN)
    assert any("63 kbits" in line for line in reading.remainder)
    assert any("SomeTool" in line for line in reading.remainder)


@given(st.binary(max_size=400))
def test_bytes_never_raise(data):
    parse_nfo(decode_nfo(data), ORIGIN)


LABELS = st.sampled_from(
    ["Title", "Author(s)", "READ BY", "Série", "Publisher", "Ripper", "Behaviour", "Description", "Genre"]
)
VALUES = st.sampled_from(["Salt Road", "Mara Vell", "Unknown", "", "Zwölf Türme", "winter quiet harbour lights"])
GAPS = st.sampled_from([": ", "......: ", "   ", " - ", "\t"])
LINES = st.one_of(st.builds("{}{}{}".format, LABELS, GAPS, VALUES), VALUES, st.just("====="))


@given(st.lists(LINES, max_size=10))
def test_no_line_is_lost(lines):
    text = "\n".join(lines)
    reading = parse_nfo(text, ORIGIN)
    held = set(fold(" ".join([*reading.remainder, *(str(said.value) for said in reading.observations)])).split())
    values = set(fold("Salt Road Mara Vell Zwölf Türme winter quiet harbour lights").split()) & set(fold(text).split())
    assert values <= held


@given(st.lists(LINES, max_size=10), st.sampled_from(["\n", "\r\n", "\r"]))
def test_line_ends_and_blanks_do_not_matter(lines, end):
    plain = take_nfo_apart(decode_nfo("\n".join(lines).encode()))
    assert take_nfo_apart(decode_nfo(end.join(f"{line}  " for line in lines).encode())) == plain


def test_stars_inside_a_word_are_no_emphasis():
    reading = parse_nfo("**Title:** The Salt Road\nh**l", ORIGIN)
    assert "h**l" in [*reading.remainder, *(one.value for one in reading.observations)]


@pytest.mark.parametrize("line", ["=-:-Xylo", "Mara****Vell:-.", "Mara_Vell-The_Salt_Road-AUDIOBOOK-2011-GRP"])
def test_no_word_of_a_first_line_is_lost(line: str):
    reading = parse_nfo(line, ORIGIN)
    held = fold(" ".join([*reading.remainder, *(str(said.value) for said in reading.observations)])).split()
    assert {word for word in fold(line).split() if word.isalpha()} <= set(held)

"""What is filed where: several books in one torrent, a single file, discs, a catalogue's word, a path of its own."""

from __future__ import annotations

import shutil

import pytest

from mamctl.cli.wiring.shelf import read_by_server
from mamctl.domain.account.pending import Wanted
from mamctl.domain.library.book import BookRecord
from mamctl.domain.metadata.observation import Field, Observation, Source
from mamctl.domain.queue.candidates import Edition
from mamctl.domain.text.series import SeriesEntry
from mamctl.jobs.queue.add import add_torrent
from mamctl.jobs.queue.search import find_candidates


def come(desk, source, **facts):
    torrent = desk.list_book(source, **facts)
    desk.do(lambda context: add_torrent(context, torrent.id))
    desk.run()
    desk.seedbox.download()
    desk.run()
    return desk.items()[-1]


def filed(desk):
    return sorted(str(path.relative_to(desk.library)) for path in desk.library.rglob("*") if path.is_file())


def test_a_single_file_lies_in_a_folder_of_its_own(desk, audio_kit, tmp_path):
    source = tmp_path / "source" / "The Salt Road.m4b"
    source.parent.mkdir()
    shutil.copyfile(audio_kit / "m4b.m4b", source)
    assert come(desk, source).state == "filed"
    assert filed(desk) == [
        "Mara Vell/The Salt Road {Tom Asher}/The Salt Road.m4b",
        "Mara Vell/The Salt Road {Tom Asher}/metadata.json",
    ]
    folder = str(desk.library / "Mara Vell/The Salt Road {Tom Asher}")
    with desk.member.store() as db:
        record = BookRecord(1, folder, str(desk.library), (), {}, (), (), None, desk.member.now())
        # What Audiobookshelf reads there is nobody's word, until something else is written there.
        assert "English" in [one.get("language") for one in read_by_server(db)(record)]
        (desk.library / "Mara Vell/The Salt Road {Tom Asher}/metadata.json").write_text('{"language": "English"}')
        assert "English" not in [one.get("language") for one in read_by_server(db)(record)]
    # Audiobookshelf would be told of the sound, and not of what was written beside it.
    assert desk.announced == [str(desk.library / "Mara Vell/The Salt Road {Tom Asher}/The Salt Road.m4b")]


def test_discs_stay_together_in_order(desk, audio_kit, tmp_path):
    source = tmp_path / "source" / "Mara Vell - The Salt Road"
    for disc in (1, 2):
        (source / f"Disc {disc}").mkdir(parents=True)
        shutil.copyfile(audio_kit / "mp3.mp3", source / f"Disc {disc}" / "Track 01.mp3")
    assert come(desk, source, filetype="mp3").state == "filed"
    assert filed(desk)[:2] == [
        "Mara Vell/The Salt Road {Tom Asher}/Disc 1/Track 01.mp3",
        "Mara Vell/The Salt Road {Tom Asher}/Disc 2/Track 01.mp3",
    ]


@pytest.mark.spec("QUE-5", "META-6")
def test_the_sites_series_and_the_catalogues_word_make_the_path(desk, book):
    def describe(wanted):
        said = Observation(
            Field.SERIES, (SeriesEntry("Lantern Cycle", "2"),), Source.AUDIBLE, "audible", 0.9, desk.member.now()
        )
        return Edition(), (said,)

    desk.describe = describe
    item = come(desk, book, series=[("Lantern Cycle", "2", 2.0)])
    assert item.folder == "Mara Vell/Lantern Cycle/2 - The Salt Road {Tom Asher}"


@pytest.mark.spec("QUAL-2")
def test_the_edition_that_the_catalogues_know_decides_the_recording(desk, book):
    desk.describe = lambda wanted: (Edition(narrators=("Tom Asher",), duration_s=36_000.0), ())
    right = desk.list_book(book, seeders=1)
    desk.member.list_torrent("The Salt Road", narrators=["Bob Voice"], filetype="m4b", free=True)
    desk.member.list_torrent(
        "The Salt Road", filetype="m4b", free=True, mediainfo={"Duration": "3:00:00", "Format": "AAC"}
    )
    choice = desk.do(lambda context: find_candidates(context, Wanted("The Salt Road", "Mara Vell"))).choice
    assert choice.chosen.row.id == right.id
    fallen = [{rule.name for rule in one.refusals} for one in choice.candidates if not one.accepted]
    assert {"narrator"} in fallen
    assert {"length"} in fallen


def test_two_books_in_one_torrent_are_parted(desk, audio_kit, tmp_path):
    from mutagen.mp4 import MP4

    source = tmp_path / "source" / "Mara Vell - Collection"
    for number, title in ((1, "The Salt Road"), (2, "The Salt King")):
        folder = source / f"{number} - {title}"
        folder.mkdir(parents=True)
        shutil.copyfile(audio_kit / "m4b.m4b", folder / f"{title}.m4b")
        tags = MP4(folder / f"{title}.m4b")
        tags["©nam"] = tags["©alb"] = title
        tags.save()
    item = come(desk, source, title="Mara Vell Collection")
    assert item.state == "filed", item.reason
    assert [path for path in filed(desk) if path.endswith(".m4b")] == [
        "Mara Vell/The Salt King {Tom Asher}/The Salt King.m4b",
        "Mara Vell/The Salt Road {Tom Asher}/The Salt Road.m4b",
    ]


def in_parts(audio_kit, tmp_path, count=3):
    source = tmp_path / "source" / "Mara Vell - The Salt Road"
    source.mkdir(parents=True)
    for number in range(1, count + 1):
        shutil.copyfile(audio_kit / "mp3.mp3", source / f"Part {number:02}.mp3")
    return source


def media(length):
    return {"Duration": length, "Format": "MPEG Audio", "BitRate": "64 kb/s", "Channels": "2"}


@pytest.mark.spec("META-4", "QUAL-3")
@pytest.mark.parametrize(
    ("length", "state"),
    [
        ("00:00:40", "filed"),  # MediaInfo of one of the three files
        ("00:02:00", "filed"),  # of all of them
        ("00:01:20", "refused"),  # of none: sound is missing, or it is another recording
    ],
)
def test_the_length_of_several_files_is_held_against_the_sites_mediainfo(desk, audio_kit, tmp_path, length, state):
    come(desk, in_parts(audio_kit, tmp_path), filetype="mp3", mediainfo=media(length))
    assert desk.first.state == state, desk.first.reason
    if state == "refused":
        assert "none of its 3 files plays" in desk.first.reason


@pytest.mark.spec("QUAL-2", "QUAL-3")
@pytest.mark.parametrize(("seconds", "state"), [(120.0, "filed"), (7_200.0, "refused")])
def test_the_decoded_length_is_held_against_the_wanted_edition(desk, audio_kit, tmp_path, seconds, state):
    desk.describe = lambda wanted: (Edition(duration_s=seconds), ())
    come(desk, in_parts(audio_kit, tmp_path), filetype="mp3")
    assert desk.first.state == state, desk.first.reason
    if state == "refused":
        assert "length measured" in desk.first.reason

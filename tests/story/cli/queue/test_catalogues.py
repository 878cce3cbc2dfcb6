"""What the catalogues know decides the recording and the rating, over the practice catalogues' real answers."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace

import pytest

from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.tracker.state import Torrent

HOURS = 3600
TITLE, AUTHOR = "The Time Machine", "H. G. Wells"


def world_with(**facts):
    """The practice catalogues' world, in which the book plays four hours."""
    world = shelf_world()
    works = []
    for work in world.works:
        if work.title == TITLE:
            recordings = tuple(replace(one, duration_s=4 * HOURS) for one in work.recordings)
            work = replace(work, recordings=recordings, **facts)  # noqa: PLW2901
        works.append(work)
    return replace(world, works=tuple(works))


@pytest.fixture
def find(mamctl, reader):
    """`queue find` of the book on a site with four torrents of it, by catalogues of the given facts."""
    world = reader.tracker.world
    world.torrents.clear()
    recordings = (("Tom Asher", "4:00:00", 1), ("Bob Voice", "4:00:00", 1), ("Tom Asher", "2:30:00", 1),
                  ("Tom Asher", "0:20:00", 12))  # fmt: skip
    for number, (narrator, length, files) in enumerate(recordings, 1):
        media = {"Duration": length, "Format": "AAC", "BitRate": "128 kb/s", "Channels": "2"}
        world.list_torrent(
            Torrent(910_000 + number, TITLE, [AUTHOR], 41, 230 * 10**6, reader.now(), narrators=[narrator],
                    mediainfo=media, numfiles=files)
        )  # fmt: skip

    def run(**facts):
        with PracticeCatalogue(world_with(**facts)) as server:
            sections = tomllib.loads(catalogue_sections(server))
            config = reader.config(catalogues=sections["catalogues"])
            done = mamctl("queue", "find", TITLE, "--author", AUTHOR, "--json", "--config", str(config))
        assert done.code == 0, done.out + done.err
        return {
            one["torrent_id"]: {rule["name"]: rule for rule in one["rules"]}
            for one in json.loads(done.out)["data"]["candidates"]
        }

    return run


@pytest.mark.spec("QUAL-1", "QUAL-2")
def test_the_right_recording_is_known_before_a_byte_is_spent(find):
    found = find(rating=4.2)
    right, narrator, length, parts = (found[910_000 + number] for number in (1, 2, 3, 4))
    assert {name: right[name]["holds"] for name in ("title", "length", "narrator", "rating")} == {
        "title": True, "length": True, "narrator": True, "rating": True,
    }  # fmt: skip
    assert [name for name, rule in narrator.items() if rule["holds"] is False] == ["narrator"]
    assert [name for name, rule in length.items() if rule["holds"] is False] == ["length"]
    assert "240 min against 150 min" in length["length"]["detail"]
    assert parts["length"]["holds"] is None  # MediaInfo of one of twelve files
    assert [name for name, rule in parts.items() if rule["holds"] is False] == []


@pytest.mark.spec("QUAL-1")
def test_a_rating_below_four_refuses(find):
    rule = find(rating=3.4)[910_001]["rating"]
    assert (rule["holds"], rule["claimed"], rule["wanted"]) == (False, "3.40 stars", "at least 4 stars")

"""Watching: complete is a conjunction, a stop is yours, standing still takes its time, paths map whole parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
from mamctl.domain.queue.slots import seed_left
from mamctl.domain.queue.watching import (
    ClientDownload,
    ClientFile,
    DownloadState,
    Progress,
    is_below,
    judge_progress,
    map_path,
    next_progress,
)
from mamctl.domain.ratio.client import TorrentState

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LISTING = TorrentListing("Book", (ListedFile("a.m4b", 60), ListedFile("b.m4b", 40)))
FILES = (ClientFile("Book/a.m4b", 60, 1.0, True), ClientFile("Book/b.m4b", 40, 1.0, True))
WHOLE = ClientDownload("ab" * 20, "Book", TorrentState.STALLED_UP, 1.0, 0, 100, "/data", "/data/Book")


def look(torrent=WHOLE, files=FILES, listing=LISTING, before=None):
    return judge_progress(torrent, files, listing, before, DAY, NOW)


@pytest.mark.spec("QUE-5")
@pytest.mark.parametrize(
    "state", [TorrentState.UPLOADING, TorrentState.STALLED_UP, TorrentState.QUEUED_UP, TorrentState.FORCED_UP]
)
def test_a_seeding_whole_torrent_is_complete(state):
    assert look(replace(WHOLE, state=state)).state is DownloadState.COMPLETE


@pytest.mark.spec("QUE-5")
def test_one_that_you_stopped_when_it_was_whole_can_be_read():
    assert look(replace(WHOLE, state=TorrentState.PAUSED_UP)).state is DownloadState.COMPLETE


@pytest.mark.spec("QUE-5")
@pytest.mark.parametrize(
    ("torrent", "files", "word"),
    [
        (replace(WHOLE, progress=0.999), FILES, "0 B left to download"),
        (replace(WHOLE, amount_left=1), FILES, "1 B left to download"),
        (WHOLE, (), "does not list"),
        (WHOLE, (FILES[0], replace(FILES[1], selected=False)), "not selected, such as Book/b.m4b"),
        (WHOLE, (FILES[0], replace(FILES[1], progress=0.5)), "incomplete, such as Book/b.m4b"),
        (WHOLE, (FILES[0], replace(FILES[1], size=41)), "101 bytes where the torrent lists 100"),
        (replace(WHOLE, content_path="/incomplete/Book"), FILES, "still being moved"),
        (replace(WHOLE, content_path="/database/Book"), FILES, "still being moved"),
    ],
)
def test_anything_less_is_not(torrent, files, word):
    found = look(torrent, files)
    assert found.state is DownloadState.UNDER_WAY
    assert word in found.reason


@pytest.mark.spec("QUE-5")
@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (TorrentState.DOWNLOADING, DownloadState.UNDER_WAY),
        (TorrentState.QUEUED_DL, DownloadState.UNDER_WAY),
        (TorrentState.METADATA_DL, DownloadState.UNDER_WAY),
        (TorrentState.CHECKING_DL, DownloadState.UNDER_WAY),
        (TorrentState.CHECKING_UP, DownloadState.UNDER_WAY),
        (TorrentState.CHECKING_RESUME, DownloadState.UNDER_WAY),
        (TorrentState.ALLOCATING, DownloadState.UNDER_WAY),
        (TorrentState.MOVING, DownloadState.UNDER_WAY),
        (TorrentState.UNKNOWN, DownloadState.UNDER_WAY),
        (TorrentState.PAUSED_DL, DownloadState.YOURS),
        (TorrentState.MISSING_FILES, DownloadState.BROKEN),
        (TorrentState.ERROR, DownloadState.BROKEN),
    ],
)
def test_every_other_state_is_decided(state, verdict):
    assert look(replace(WHOLE, state=state)).state is verdict


def test_no_state_is_forgotten():
    for state in TorrentState:
        assert look(replace(WHOLE, state=state)).reason


def test_missing_files_are_rechecked_only_when_stopped():
    assert "stop it, then recheck" in look(replace(WHOLE, state=TorrentState.MISSING_FILES)).reason


@pytest.mark.spec("QUE-7")
def test_standing_still_for_a_day_is_stalled():
    still = replace(WHOLE, state=TorrentState.STALLED_DL, amount_left=50, progress=0.5)
    assert look(still, before=Progress(50, NOW - DAY)).state is DownloadState.STALLED
    assert look(still, before=Progress(50, NOW - DAY + timedelta(minutes=1))).state is DownloadState.UNDER_WAY
    assert look(still, before=Progress(51, NOW - DAY)).state is DownloadState.UNDER_WAY
    assert look(still).state is DownloadState.UNDER_WAY


@pytest.mark.spec("QUE-7")
@pytest.mark.parametrize("state", [TorrentState.PAUSED_DL, TorrentState.QUEUED_DL, TorrentState.CHECKING_DL])
def test_a_stop_a_check_and_a_queue_are_no_standstill(state):
    paused = replace(WHOLE, state=state, amount_left=50)
    assert look(paused, before=Progress(50, NOW - 9 * DAY)).state is not DownloadState.STALLED
    assert next_progress(paused, Progress(50, NOW - 9 * DAY), NOW) == Progress(50, NOW)


def test_progress_is_remembered_since_it_last_moved():
    moving = replace(WHOLE, state=TorrentState.DOWNLOADING, amount_left=50)
    before = Progress(60, NOW - DAY)
    assert next_progress(moving, before, NOW) == Progress(50, NOW)
    assert next_progress(moving, Progress(50, NOW - DAY), NOW) == Progress(50, NOW - DAY)


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        ("/data/a/Book", "/data/a", True),
        ("/data/ab", "/data/a", False),
        ("/data/a", "/data/a", False),
        ("/data/a/", "/data", True),
        ("C:\\Downloads\\Book", "C:/Downloads", True),
    ],
)
def test_a_path_lies_below_a_folder_by_whole_parts(path, folder, inside):
    assert is_below(path, folder) is inside


@pytest.mark.parametrize(
    ("table", "path", "ours"),
    [
        ({}, "/data/Book", "/data/Book"),
        ({"/data": "/srv/t"}, "/data/Book", "/srv/t/Book"),
        ({"/data": "/srv/t", "/data/x": "/mnt"}, "/data/x/Book", "/mnt/Book"),
        ({"/data/": "/srv/t/"}, "/data/Book", "/srv/t/Book"),
        ({"/data": "/srv/t"}, "/database/Book", None),
        ({"D:\\t": "/srv/t"}, "D:\\t\\Book\\a.m4b", "/srv/t/Book/a.m4b"),
    ],
)
def test_the_clients_paths_are_mapped(table, path, ours):
    assert map_path(path, table) == ours


@given(st.floats(0, 10**7))
def test_the_seed_time_left_is_never_negative(seconds):
    assert timedelta(0) <= seed_left(seconds) <= timedelta(hours=72)

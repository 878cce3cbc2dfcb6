"""The documented search: the body sent, and rows in every form that the site's JSON takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.tracker.answers import Answer
from mamctl.adapters.tracker.api import TrackerApi
from mamctl.adapters.tracker.media_info import read_media_info
from mamctl.adapters.tracker.rows import read_row
from mamctl.adapters.tracker.search import read_search_page, search_body
from mamctl.domain.site.search import MediaInfo, SearchField, SearchPage, SearchQuery, SearchType, SeriesEntry
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError
from tests.kit.tracker_loopback import as_json, client_for, serving

ROW = {
    "id": 900001,
    "language": 1,
    "lang_code": "ENG",
    "main_cat": 13,
    "category": 41,
    "catname": "Audiobooks - Fantasy",
    "cat": '<div class="cat41"></div>',
    "mediatype": 1,
    "maincat": 1,
    "categories": "[13]",
    "size": "1.3 GiB",
    "numfiles": 2,
    "vip": 1,
    "vip_expire": 0,
    "free": 0,
    "fl_vip": 1,
    "personal_freeleech": 0,
    "title": "Example Saga",
    "w": 1234,
    "tags": "fantasy unabridged",
    "author_info": '{"12": "Jane Doe", "13": "Ann O&#039;Nym"}',
    "narrator_info": '{"34": "John Roe"}',
    "series_info": '{"67": ["Saga", "1", 1.0], "68": ["Other", "01-16, 13.5", -1]}',
    "filetype": "m4b mp3",
    "seeders": 42,
    "leechers": 1,
    "added": "2026-10-01 10:00:00",
    "browseflags": 0,
    "times_completed": 310,
    "comments": 2,
    "owner": 0,
    "owner_name": "",
    "bookmarked": None,
    "my_snatched": 0,
    "dl": "FAKEHASH",
}


def page_of(body, query=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_search_page(Answer("/tor/js/loadSearchJSONbasic.php", 200, raw), query or SearchQuery())


def test_a_search_over_the_wire(tmp_path):
    with serving() as site:
        site.script = [as_json({"perpage": 25, "start": 0, "data": [ROW], "total": 1, "found": 1}, cookie="second")]
        query = SearchQuery("example saga", categories=(41, 63), search_type=SearchType.FREELEECH_OR_VIP, start=25)
        page = TrackerApi(client_for(site.url, tmp_path)).search(query)
    seen = site.journal[0]
    assert (seen.method, seen.path) == ("POST", "/tor/js/loadSearchJSONbasic.php")
    sent = json.loads(seen.body)
    assert sent["tor"] == {
        "text": "example saga",
        "srchIn": ["title", "author"],
        "searchType": "fl-VIP",
        "searchIn": "torrents",
        "cat": ["41", "63"],
        "sortType": "default",
        "startNumber": "25",
    }
    assert sent["perpage"] == 100
    assert len(page.rows) == 1


def test_unused_members_and_the_download_link_are_left_out():
    sent = json.loads(search_body(SearchQuery()))
    assert "browse_lang" not in sent["tor"]
    assert "main_cat" not in sent["tor"]
    assert set(sent) == {"tor", "perpage"}
    everything = SearchQuery(
        languages=(1,), main_categories=(13,), torrent_id=5, info_hash="ab", media_info=True, isbn=True, per_page=9999
    )
    full = json.loads(search_body(everything))
    assert full["tor"]["browse_lang"] == ["1"]
    assert full["tor"]["id"] == "5"
    assert full["mediaInfo"] == full["isbn"] == "true"
    assert full["perpage"] == 1000
    assert "dlLink" not in full


@pytest.mark.parametrize("text", ['"quoted" \\', "🐭 mouse", "שלום", "x" * 10_000, "tor[text]=a&b\r\n"])
def test_any_title_can_be_asked_for(text):
    assert json.loads(search_body(SearchQuery(text, fields=(SearchField.TITLE,))))["tor"]["text"] == text


def test_a_row():
    row = read_row(ROW)
    assert row.id == 900001
    assert row.title == "Example Saga"
    assert (row.category_id, row.main_category_id, row.category_name) == (41, 13, "Audiobooks - Fantasy")
    assert row.authors == ("Jane Doe", "Ann O'Nym")
    assert row.narrators == ("John Roe",)
    assert row.series == (SeriesEntry("Saga", "1", 1.0), SeriesEntry("Other", "01-16, 13.5", None))
    assert row.size_bytes == round(1.3 * 1024**3)
    assert row.file_types == ("m4b", "mp3")
    assert row.added_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert (row.vip, row.free, row.personal_freeleech, row.my_snatched) == (True, False, False, False)
    assert row.vip_expires_at is None
    assert "FAKEHASH" not in repr(row)


def test_the_documentations_spelling_of_a_row():
    documented = ROW | {
        "id": "900001",
        "size": "1395864371",
        "vip": "1",
        "free": "0",
        "name": "Example Saga",
        "filetypes": "m4b mp3",
        "numfiles": "2",
    }
    del documented["title"], documented["filetype"], documented["personal_freeleech"], documented["my_snatched"]
    assert read_row(documented) == read_row(ROW | {"size": 1395864371})


def test_odd_rows():
    assert read_row(ROW | {"title": 1984}).title == "1984"
    assert read_row(ROW | {"author_info": "", "series_info": "{broken"}).authors == ()
    assert read_row(ROW | {"author_info": {"12": "Jane Doe"}}).authors == ("Jane Doe",)
    assert read_row(ROW | {"vip_expire": 1766016000}).vip_expires_at == datetime(2025, 12, 18, tzinfo=UTC)
    assert read_row(ROW | {"isbn": 9780000000000}).isbn == "9780000000000"


def test_no_hit_is_an_empty_page():
    assert page_of({"error": "Nothing returned, out of 0"}) == SearchPage((), 0, 0)
    assert page_of({"error": "Nothing returned, out of 12"}, SearchQuery(start=20)).next_start is None


@pytest.mark.parametrize(
    "body",
    [{"error": "The mice are on strike"}, {"error": 5}, {}, {"data": {}}, {"data": [1, 2]}, {"data": [{"id": 1}]}],
)
def test_what_is_not_a_page(body):
    with pytest.raises(ShapeChangedError):
        page_of(body)


def test_an_empty_answer_is_a_dead_session():
    with pytest.raises(SessionRefusedError) as dead:
        page_of(b"")
    assert dead.value.slug == "session_dead"


def test_one_bad_row_is_left_out_and_counted():
    page = page_of({"data": [ROW, {"id": "x"}, ROW | {"free": "maybe"}], "found": "9"})
    assert (len(page.rows), page.unreadable, page.found, page.next_start) == (1, 2, 9, 3)


def test_total_found_is_the_documentations_spelling():
    assert page_of({"data": [ROW], "total_found": 7, "total": 1}).found == 7


@pytest.mark.parametrize(
    ("value", "info"),
    [
        (
            '{"General":{"Duration":"10:15:30","Format":"MPEG-4"},'
            '"Audio1":{"Format":"AAC LC","BitRate":"128000","Channels":"2"}}',
            MediaInfo("AAC LC", 128_000, 2, 36_930.0),
        ),
        (
            {
                "General": {"Duration": "1 h 2 min"},
                "Audio1": {"Format": "FLAC", "BitRate": "1 411 kb/s", "Channels": 1},
            },
            MediaInfo("FLAC", 1_411_000, 1, 3720.0),
        ),
        ({"General": {"Duration": 3723.5}, "Audio1": {"BitRate": 64}}, MediaInfo(None, 64_000, None, 3723.5)),
        ({"General": {"Format": "MPEG Audio"}, "Audio1": {"Channels": "2 channels"}}, MediaInfo("MPEG Audio", None, 2)),
        # A container is no codec: what MPEG-4 holds is not known from it.
        ({"General": {"Format": "MPEG-4"}, "Audio1": {"BitRate": "64000"}}, MediaInfo(None, 64_000)),
        ("", None),
        ("[]", None),
        (None, None),
    ],
)
def test_media_info(value, info):
    assert read_media_info(value) == info


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@given(st.dictionaries(st.sampled_from([*sorted(ROW), "mediainfo", "isbn"]), values | st.lists(values)))
def test_any_types_give_a_page_or_a_known_error(changes):
    try:
        page = page_of({"data": [ROW | changes, ROW], "found": 2})
    except MamctlError:
        return
    assert len(page.rows) + page.unreadable == 2


@given(
    st.recursive(values, lambda x: st.dictionaries(st.sampled_from(["General", "Audio1", "Duration", "BitRate"]), x))
)
def test_any_media_info_is_read_or_absent(value):
    read_media_info(value)

"""The tracker adapter against the practice tracker, over HTTP: every form of answer, trouble and refusal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.tracker.address import AddressApi
from mamctl.adapters.tracker.api import TrackerApi
from mamctl.domain.account.account import Unsatisfied
from mamctl.domain.site.search import MediaInfo, SearchQuery, SearchType
from mamctl.errors import PurchaseUnknownError
from mamctl.practice.tracker import DeadForm, FaultKind, Rotation, Shape, small
from tests.kit.permits import may_buy
from tests.kit.practice_fixtures import NOW, tracker
from tests.kit.tracker_api import api, api_for, slug_of
from tests.kit.tracker_loopback import PassingTime, client_for

__all__ = ["api", "tracker"]


@pytest.mark.spec("VIP-2")
def test_the_standing(api):
    standing = api.fetch_account()
    assert standing.username == "examplemouse"
    assert standing.uid == str(small.MEMBER)
    assert standing.user_class == "VIP"
    assert standing.expires_at == NOW + timedelta(days=20)
    assert standing.points == 61250
    assert standing.ratio == pytest.approx(3.4, abs=1e-3)
    assert (standing.uploaded_bytes, standing.downloaded_bytes) == (439_912_025_293, 129_385_889_792)
    assert standing.wedges == 7
    assert standing.unsatisfied == Unsatisfied(3, 150)


@pytest.mark.spec("VIP-2")
@pytest.mark.parametrize(
    "knobs",
    [
        {"summary": Shape.FLAT},
        {"summary": Shape.NESTED},
        {"ratio": Shape.STRING},
        {"ratio": Shape.COMMAS},
        {"seedbonus": Shape.COMMAS},
        {"seedbonus": Shape.STRING},
        {"numbers_as_strings": True},
        {"json_as_html": True},
        {"rotation": Rotation.NEVER},
        {"rotation": Rotation.SAME_VALUE},
    ],
    ids=str,
)
def test_every_shape_gives_the_same_standing(tracker, api, knobs):
    before = api.fetch_account()
    for name, value in knobs.items():
        setattr(tracker.behaviour, name, value)
    after = api.fetch_account()
    assert after.ratio == pytest.approx(before.ratio, abs=0.01)
    assert after.points == pytest.approx(before.points, abs=1)
    assert (after.expires_at, after.unsatisfied, after.wedges) == (before.expires_at, before.unsatisfied, before.wedges)


@pytest.mark.parametrize("shape", [Shape.INFINITY_SIGN, Shape.INF])
def test_a_member_who_never_downloaded(tracker, tmp_path, shape):
    tracker.behaviour.ratio = shape
    standing = api_for(tracker, tmp_path, "new").fetch_account()
    assert standing.ratio == float("inf")
    assert standing.expires_at is None
    assert standing.expiry_known


def test_the_cookie_lives_through_many_requests_and_clients(tracker, tmp_path):
    seed = tracker.mam_id
    for _ in range(5):
        TrackerApi(client_for(tracker.url, tmp_path, seed=seed)).fetch_account()
    assert len(tracker.journal.entries) == 5
    assert all(entry.status == 200 for entry in tracker.journal.entries)
    assert tracker.mam_id != seed


@pytest.mark.parametrize("form", DeadForm)
@pytest.mark.parametrize("deletes", [True, False])
def test_each_shape_of_a_dead_session(tracker, api, form, deletes):
    tracker.behaviour.dead_form, tracker.behaviour.deletes_cookie = form, deletes
    tracker.world.sessions["api"].alive = False
    assert slug_of(api.fetch_account) == "session_dead"
    assert slug_of(lambda: api.search(SearchQuery())) == "session_dead"
    if form is DeadForm.EMPTY:
        with pytest.raises(PurchaseUnknownError):
            api.buy_vip(may_buy())
    else:
        assert slug_of(lambda: api.buy_vip(may_buy())) == "session_dead"
    assert not api.client.session.path.exists()


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        (FaultKind.IP_MISMATCH, "session_ip_mismatch"),
        (FaultKind.ASN_MISMATCH, "session_asn_mismatch"),
        (FaultKind.WRONG_SESSION_TYPE, "session_wrong_type"),
        (FaultKind.DEAD_SESSION, "session_dead"),
        (FaultKind.RESET, "tracker_down"),
        (FaultKind.CUT_SHORT, "tracker_down"),
        (FaultKind.STATUS, "tracker_down"),
        (FaultKind.THROTTLED, "rate_limited"),
        (FaultKind.HTML, "site_maintenance"),
        (FaultKind.EMPTY, "session_dead"),
        (FaultKind.TRUNCATED, "shape_changed"),
        (FaultKind.WRONG_TYPES, "shape_changed"),
        (FaultKind.CHANGED_PAGE, "shape_changed"),
        (FaultKind.HUGE, "shape_changed"),
    ],
)
def test_each_trouble_of_a_read_has_its_slug(tracker, api, kind, slug):
    tracker.behaviour.plan(kind, "/jsonLoad.php", times=None)
    assert slug_of(api.fetch_account) == slug


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        (FaultKind.HTML, "site_maintenance"),
        (FaultKind.TRUNCATED, "shape_changed"),
        (FaultKind.CHANGED_PAGE, "shape_changed"),
        (FaultKind.HUGE, "shape_changed"),
    ],
)
def test_a_search_that_changed(tracker, api, kind, slug):
    tracker.behaviour.plan(kind, "/tor/js/", times=None)
    assert slug_of(lambda: api.search(SearchQuery())) == slug


def test_the_wrong_network(tracker, tmp_path):
    tracker.world.caller.ip, tracker.world.caller.asn = "198.51.100.9", 64501
    assert slug_of(api_for(tracker, tmp_path, "api").fetch_account) == "session_ip_mismatch"
    assert slug_of(api_for(tracker, tmp_path, "asn").fetch_account) == "session_asn_mismatch"


def test_a_front_server_that_refuses(tracker, api):
    tracker.behaviour.plan(FaultKind.STATUS, "/jsonLoad.php", times=None, status=403)
    assert slug_of(api.fetch_account) == "front_server_refused"


def test_a_passing_outage_is_outwaited(tracker, api):
    tracker.behaviour.plan(FaultKind.STATUS, "/jsonLoad.php", times=2)
    assert api.fetch_account().username == "examplemouse"
    assert len(tracker.journal.entries) == 3


def test_retry_after(tracker, tmp_path):
    clock = PassingTime()
    tracker.behaviour.plan(FaultKind.THROTTLED, "/jsonLoad.php", retry_after="33")
    api = TrackerApi(client_for(tracker.url, tmp_path, seed=tracker.mam_id, clock=clock))
    assert slug_of(api.fetch_account) == "rate_limited"
    assert clock.slept == []  # the run goes on without the site; the next request, of whatever run, waits
    api.fetch_account()
    assert sum(clock.slept) >= 33


def test_nobody_listens(tracker, api):
    with tracker.unreachable():
        assert slug_of(api.fetch_account) == "tracker_down"
    assert api.fetch_account().username == "examplemouse"


def test_too_slow(tracker, tmp_path):
    tracker.behaviour.plan(FaultKind.HOLD_BEFORE, "/jsonLoad.php", times=None)
    limits = Bounds(silence=0.2, total=0.2)
    api = TrackerApi(client_for(tracker.url, tmp_path, seed=tracker.mam_id, bounds=limits))
    assert slug_of(api.fetch_account) == "tracker_slow"
    tracker.release()


def test_a_search(tracker, api):
    tracker.world.torrents[small.PLAIN].mediainfo = {
        "Duration": "10:15:30",
        "Format": "AAC",
        "BitRate": "128 kb/s",
        "Channels": "2",
    }
    page = api.search(SearchQuery("example saga", media_info=True, isbn=True))
    (row,) = page.rows
    assert (row.id, row.title, row.category_id) == (small.PLAIN, "Example Saga", 41)
    assert (row.authors, row.narrators) == (("Jane Doe",), ("John Roe",))
    assert row.isbn == "9780000000002"
    assert row.media == MediaInfo("AAC", 128_000, 2, 36_930.0)
    assert page.found == 1


@pytest.mark.parametrize("sizes", [Shape.PRETTY, Shape.STRING, Shape.NUMBER])
@pytest.mark.parametrize("flags", [Shape.NUMBER, Shape.STRING, Shape.BOOLEAN])
def test_rows_in_every_shape(tracker, api, sizes, flags):
    tracker.behaviour.sizes, tracker.behaviour.flags, tracker.behaviour.escaped_names = sizes, flags, True
    rows = {row.id: row for row in api.search(SearchQuery()).rows}
    assert set(rows) == set(range(small.PLAIN, small.UNSEEDED + 1))
    assert rows[small.PLAIN].size_bytes == pytest.approx(1_395_864_371, rel=0.05)
    assert {number for number, row in rows.items() if row.free} == {small.FREE, small.FREE_EBOOK}
    assert {number for number, row in rows.items() if row.vip} == {small.VIP, small.VIP_FOR_A_WEEK}
    assert rows[small.VIP_FOR_A_WEEK].vip_expires_at == NOW + timedelta(days=7)
    assert rows[small.NUMBERED].title == "1984"
    assert "🐭" in rows[small.ODD].title


def test_paging_and_narrowing(api):
    first = api.search(SearchQuery(per_page=5))
    rest = api.search(SearchQuery(per_page=5, start=first.next_start))
    assert (len(first.rows), len(rest.rows), rest.next_start) == (5, 3, None)
    free = api.search(SearchQuery(search_type=SearchType.FREELEECH, categories=(68,)))
    assert [row.id for row in free.rows] == [small.FREE_EBOOK]
    assert api.search(SearchQuery(main_categories=(14,))).found == 1
    assert api.search(SearchQuery(torrent_id=small.VIP)).rows[0].title == "Dracula"
    assert api.search(SearchQuery("nowhere to be found")).rows == ()


def test_our_address(tracker, api):
    seen = AddressApi(api.client).fetch_ip()
    assert (seen.ip, seen.asn) == (tracker.world.caller.ip, tracker.world.caller.asn)
    assert tracker.journal.entries[-1].session is None


@pytest.mark.spec("SITE-1")
def test_only_documented_endpoints_and_an_honest_name(tracker, api):
    api.fetch_account()
    api.search(SearchQuery())
    api.buy_vip(may_buy())
    AddressApi(api.client).fetch_ip()
    assert not [entry for entry in tracker.journal.entries if entry.forbidden]
    assert all(entry.user_agent.startswith("mamctl/") for entry in tracker.journal.entries)

"""The documented endpoints: what is asked, and what every form of answer becomes."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mamctl
from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.tracker.account import read_account
from mamctl.adapters.tracker.address import AddressApi
from mamctl.adapters.tracker.answers import Answer
from mamctl.adapters.tracker.api import TrackerApi
from mamctl.adapters.tracker.store_answers import read_purchase
from mamctl.domain.account.account import Unsatisfied
from mamctl.errors import MamctlError, PurchaseUnknownError, SessionRefusedError, ShapeChangedError, UnreachableError
from tests.kit.permits import may_buy
from tests.kit.tracker_loopback import PassingTime, Scripted, as_json, client_for, serving

ACCOUNT = {
    "classname": "VIP",
    "country_code": "xx",
    "country_name": "Exampleland",
    "downloaded": "120.50 GiB",
    "downloaded_bytes": 129385889792,
    "ratio": 3.4,
    "seedbonus": 61250,
    "uid": 123456,
    "uploaded": "409.70 GiB",
    "uploaded_bytes": 439912025293,
    "username": "examplemouse",
    "vip_until": "2026-12-20 09:30:00",
    "wedges": 7,
}
UNSAT = {"name": "Unsatisfied", "count": 3, "limit": 150, "size": 734003200}
LOGIN_PAGE = b"<html><head><title>Login | My Anonamouse</title></head></html>"


def account_of(**changes):
    return read_account(Answer("/jsonLoad.php", 200, json.dumps(ACCOUNT | changes).encode()))


def purchase_of(body, status=200):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_purchase(Answer("/json/bonusBuy.php", status, raw))


@pytest.fixture
def site():
    with serving() as loopback:
        yield loopback


@pytest.mark.spec("VIP-2")
def test_read_vip_status(site, tmp_path):
    site.script = [as_json(ACCOUNT | {"unsat": UNSAT, "connectable": "yes"}, cookie="second")]
    standing = TrackerApi(client_for(site.url, tmp_path)).fetch_account()
    assert site.journal[0].path == "/jsonLoad.php?snatch_summary=true"
    assert standing.uid == "123456"
    assert standing.username == "examplemouse"
    assert standing.user_class == "VIP"
    assert standing.expires_at == datetime(2026, 12, 20, 9, 30, tzinfo=UTC)
    assert standing.points == 61250
    assert standing.ratio == pytest.approx(3.4, abs=1e-3)
    assert standing.uploaded_bytes == 439912025293
    assert standing.downloaded_bytes == 129385889792
    assert standing.wedges == 7
    assert standing.unsatisfied == Unsatisfied(3, 150)
    assert standing.connectable == "yes"


@pytest.mark.spec("VIP-2")
def test_both_shapes_of_the_snatch_summary():
    flat = account_of(unsat=UNSAT, connectable="no")
    nested = account_of(snatch_summary={"unsat": UNSAT, "connectable": "no"})
    assert flat == nested
    assert account_of().unsatisfied is None


def test_numbers_as_strings():
    assert account_of(uid="123456", seedbonus="61,250", ratio="3.4", wedges="7") == account_of()
    assert account_of(uploaded_bytes="439912025293").uploaded_bytes == 439912025293


@pytest.mark.parametrize("vip_until", [None, ""])
def test_no_vip(vip_until):
    standing = account_of(classname="User", vip_until=vip_until)
    assert standing.expires_at is None
    assert standing.expiry_known


def test_an_unknown_end_is_not_the_absence_of_vip():
    assert not account_of(vip_until="soon").expiry_known
    assert not account_of(vip_until=None).expiry_known  # the class says VIP
    assert account_of(vip_until=None).has_vip(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("ratio", ["∞", "Inf."])
def test_nothing_downloaded(ratio):
    assert account_of(ratio=ratio, downloaded_bytes=0, downloaded="0.00 KiB").ratio == math.inf


@pytest.mark.spec("RAT-11")
def test_unreadable_figures_are_unknown():
    standing = account_of(ratio="---", seedbonus="many", wedges=[], uploaded_bytes=None, uploaded="?")
    assert standing.ratio is None
    assert standing.points is None
    assert standing.wedges is None
    assert standing.uploaded_bytes is None


def test_sizes_fall_back_to_the_pretty_form():
    assert account_of(uploaded_bytes=None).uploaded_bytes == round(409.7 * 1024**3)


def test_an_account_without_a_name_is_a_dead_session():
    with pytest.raises(SessionRefusedError):
        read_account(Answer("/jsonLoad.php", 200, b'{"error": "who are you"}'))
    with pytest.raises(ShapeChangedError):
        account_of(username=None)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
keys = st.sampled_from([*ACCOUNT, "unsat", "snatch_summary", "count", "limit", "error", "msg"])


@given(st.dictionaries(keys, scalars | st.lists(scalars, max_size=2) | st.dictionaries(keys, scalars, max_size=3)))
def test_any_types_give_a_standing_or_a_known_error(changes):
    try:
        standing = account_of(**changes)
    except MamctlError:
        return
    assert standing.points is None or isinstance(standing.points, float)


def test_the_one_purchase(site, tmp_path):
    site.script = [as_json({"success": True, "type": "VIP", "amount": 4.281, "seedbonus": 55898.75}, cookie="second")]
    answer = TrackerApi(client_for(site.url, tmp_path)).buy_vip(may_buy())
    assert (answer.accepted, answer.weeks, answer.points_after) == (True, 4.281, 55898.75)
    assert [seen.path for seen in site.journal] == ["/json/bonusBuy.php?spendtype=VIP&duration=max"]


@pytest.mark.parametrize("success", [False, "0", "no", 0])
def test_a_refusal_carries_the_sites_words(success):
    words = "Min VIP is 1 week purchased for Automated methods"
    answer = purchase_of({"success": success, "error": words})
    assert not answer.accepted
    assert answer.refusal == words


def test_spellings_of_success():
    assert purchase_of({"Success": "true", "amount": "4.281", "seedbonus": "55,898.75"}).points_after == 55898.75
    assert purchase_of({"success": False}).refusal == "refused without a reason"


@pytest.mark.spec("VIP-8")
@pytest.mark.parametrize(
    "lost",
    [
        Scripted(drop=True),
        Scripted(200, b'{"success":true}', cut=True),
        Scripted(200, b""),
        Scripted(200, b'{"success":tr'),
        Scripted(200, b"<html><h1>Maintenance</h1></html>"),
        Scripted(200, b'{"seedbonus": 1}'),
        Scripted(200, b"[]"),
        Scripted(200, b"x" * 300_000),
        Scripted(204),
        Scripted(302, b"", (("Location", "/store.php"),)),
        Scripted(500),
        Scripted(502, b"bad gateway"),
        Scripted(503),
        Scripted(504),
    ],
)
def test_a_lost_answer_is_unknown_and_never_asked_again(site, tmp_path, lost):
    site.script = [lost]
    with pytest.raises(PurchaseUnknownError) as unknown:
        TrackerApi(client_for(site.url, tmp_path, bounds=Bounds(silence=5, largest_body=200_000))).buy_vip(may_buy())
    assert unknown.value.slug == "purchase_unknown"
    assert not isinstance(unknown.value, UnreachableError)
    assert len(site.journal) == 1


@pytest.mark.spec("VIP-8")
def test_a_purchase_that_times_out_is_unknown(site, tmp_path):
    site.script = [Scripted(200, b'{"success":true}', drip=0.5)]
    with pytest.raises(PurchaseUnknownError):
        TrackerApi(client_for(site.url, tmp_path, bounds=Bounds(silence=0.2, total=0.2))).buy_vip(may_buy())
    assert len(site.journal) == 1


@pytest.mark.spec("VIP-8")
def test_a_purchase_whose_cookie_cannot_be_kept_is_unknown(site, tmp_path):
    paid = as_json({"success": True}, cookie="second")
    in_the_way = (tmp_path / "session.json").mkdir
    site.script = [Scripted(200, paid.body, paid.headers, before_headers=in_the_way)]
    with pytest.raises(PurchaseUnknownError):
        TrackerApi(client_for(site.url, tmp_path)).buy_vip(may_buy())
    assert len(site.journal) == 1


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Scripted(403, b"Invalid session"), "session_dead"),
        (Scripted(403, b"Invalid session - ASN mismatch"), "session_asn_mismatch"),
        (Scripted(401), "session_dead"),
        (Scripted(302, b"", (("Location", "/login.php"),)), "session_dead"),
        (Scripted(200, b'{"success":false,"error":"Invalid session - IP mismatch"}'), "session_ip_mismatch"),
        (Scripted(404), "shape_changed"),
        (Scripted(429), "rate_limited"),
    ],
)
def test_what_proves_that_nothing_was_bought(site, tmp_path, answer, slug):
    site.script = [answer]
    with pytest.raises(MamctlError) as trouble:
        TrackerApi(client_for(site.url, tmp_path)).buy_vip(may_buy())
    assert trouble.value.slug == slug
    assert not isinstance(trouble.value, PurchaseUnknownError)
    assert len(site.journal) == 1


def test_a_purchase_nobody_heard_was_not_made(tmp_path):
    with serving() as gone:
        url = gone.url
    with pytest.raises(UnreachableError):
        TrackerApi(client_for(url, tmp_path)).buy_vip(may_buy())


@given(st.integers(200, 599), st.binary(max_size=100))
def test_every_purchase_answer_is_an_answer_or_a_known_error(status, body):
    try:
        answer = purchase_of(body, status)
    except MamctlError:
        return
    assert status == 200
    assert answer.accepted or answer.refusal


def test_how_far_off_our_clock_is(site, tmp_path):
    clock = PassingTime(1_790_000_000.0)
    site.script = [Scripted(200, json.dumps(ACCOUNT).encode(), date="Mon, 21 Sep 2026 14:12:20 GMT")]
    api = TrackerApi(client_for(site.url, tmp_path, clock=clock))
    assert api.clock_skew is None
    api.fetch_account()
    assert api.clock_skew == timedelta(seconds=60)
    site.script = [Scripted(200, json.dumps(ACCOUNT).encode(), date="yesterday")]
    api.fetch_account()
    assert api.clock_skew == timedelta(seconds=60)  # an unreadable date tells nothing new


def test_our_address(site, tmp_path):
    site.script = [as_json({"ip": "203.0.113.7", "ASN": 64500, "AS": "Example ISP", "time": 1776193859})]
    seen = AddressApi(client_for(site.url, tmp_path)).fetch_ip()
    assert (seen.ip, seen.asn, seen.network) == ("203.0.113.7", 64500, "Example ISP")
    assert site.journal[0].cookie is None


@pytest.mark.parametrize("body", [{}, {"ip": 5}, {"ip": ""}])
def test_no_address(site, tmp_path, body):
    site.script = [as_json(body)]
    with pytest.raises(ShapeChangedError):
        AddressApi(client_for(site.url, tmp_path)).fetch_ip()


def test_an_address_without_its_network(site, tmp_path):
    site.script = [as_json({"ip": "203.0.113.7", "asn": "unknown"})]
    assert AddressApi(client_for(site.url, tmp_path)).fetch_ip().asn is None


def test_what_must_not_exist():
    source = "\n".join(path.read_text() for path in (Path(mamctl.__file__).parent / "adapters").rglob("*.py"))
    assert "sendWedge" not in source
    assert "giftTo" not in source

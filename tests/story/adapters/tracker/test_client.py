"""How the client behaves on the wire: the cookie, the pace, the retries, and hostile answers."""

from __future__ import annotations

import gzip
import json
import threading
from email.utils import formatdate

import pytest

from mamctl.adapters.http.policy import Bounds
from mamctl.adapters.http.proxies import by_environment
from mamctl.adapters.tracker.answers import object_of
from mamctl.adapters.tracker.client import RequestPolicy, checked
from mamctl.adapters.tracker.exchange import Ask
from mamctl.adapters.tracker.hosts import Host, Hosts
from mamctl.errors import ConfigInvalidError, MamctlError, UsageError
from tests.kit.full_disk import full_disk
from tests.kit.tracker_loopback import (
    SEED,
    PassingTime,
    Scripted,
    as_json,
    client_for,
    serving,
)

READ = Ask(path="/jsonLoad.php")


@pytest.fixture
def site():
    with serving() as loopback:
        yield loopback


def kept_cookie(tmp_path):
    return json.loads((tmp_path / "session.json").read_text())["cookies"]["mam_id"]


def test_each_request_carries_the_value_of_the_answer_before(site, tmp_path):
    site.script = [as_json({}, cookie="second"), as_json({}), as_json({}, cookie="third%3D"), as_json({})]
    for _ in range(4):
        client_for(site.url, tmp_path).ask(READ, checked)
    assert [seen.cookie for seen in site.journal] == [
        f"mam_id={value}" for value in (SEED, "second", "second", "third%3D")
    ]


def test_the_new_cookie_is_on_disk_before_the_body_has_come(site, tmp_path):
    headers_out, may_go_on = threading.Event(), threading.Event()

    def hold():
        headers_out.set()
        may_go_on.wait(60)

    slow = as_json({"uid": 1}, cookie="second")
    site.script = [Scripted(slow.status, slow.body, slow.headers, before_body=hold)]
    answers = []
    asking = threading.Thread(target=lambda: answers.append(client_for(site.url, tmp_path).ask(READ, checked)))
    asking.start()
    assert headers_out.wait(60)
    for _ in range(1000):
        if (tmp_path / "session.json").exists():
            break
        threading.Event().wait(0.005)
    assert kept_cookie(tmp_path) == "second"
    assert not answers
    may_go_on.set()
    asking.join()
    assert object_of(answers[0]) == {"uid": 1}


def test_a_cut_body_does_not_lose_the_cookie(site, tmp_path):
    cut = as_json({"uid": 1}, cookie="second")
    site.script = [Scripted(200, cut.body, cut.headers, cut=True)]
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path).ask(READ, checked)
    assert trouble.value.slug == "tracker_down"
    assert kept_cookie(tmp_path) == "second"


@pytest.mark.parametrize("status", [200, 403, 503])
def test_deleted_is_never_adopted(site, tmp_path, status):
    site.script = [
        Scripted(status, b"Invalid session", (("Set-Cookie", "mam_id=deleted; Max-Age=0; path=/"),)),
        as_json({}),
    ]
    client = client_for(site.url, tmp_path)
    client.ask_once(READ)
    client.ask_once(READ)
    assert site.journal[1].cookie == f"mam_id={SEED}"


def test_redirects_are_never_followed_and_the_cookie_stays(site, tmp_path):
    with serving() as elsewhere:
        elsewhere.script = [as_json({})]
        site.script = [Scripted(302, b"", (("Location", f"{elsewhere.url}/login.php"),))]
        with pytest.raises(MamctlError) as trouble:
            client_for(site.url, tmp_path).ask(READ, checked)
        assert trouble.value.slug == "session_dead"
        assert not elsewhere.journal
    assert len(site.journal) == 1


def test_a_request_without_cookie_sends_and_adopts_none(site, tmp_path):
    site.script = [as_json({}, cookie="second")]
    client_for(site.url, tmp_path).ask(Ask(path="/json/jsonIp.php", with_cookie=False), checked)
    assert site.journal[0].cookie is None
    assert not (tmp_path / "session.json").exists()


@pytest.mark.parametrize("path", ["//evil.example/x", "evil", "https://evil.example/", "/\\evil.example"])
def test_a_path_never_leads_to_another_host(path):
    hosts = Hosts("https://www.myanonamouse.net", "https://t.myanonamouse.net")
    with pytest.raises(ValueError):
        hosts.url(Host.SITE, path)
    assert hosts.url(Host.TRACKER, "/json/jsonIp.php") == "https://t.myanonamouse.net/json/jsonIp.php"


@pytest.mark.parametrize(
    "base",
    [
        "http://www.myanonamouse.net",
        "ftp://x",
        "https://",
        "https://a:b@c.example",
        "http://[::1",
        "x",
        "http://1.2.3.4",
    ],
)
def test_an_address_that_would_show_the_cookie_is_refused(base):
    with pytest.raises(ConfigInvalidError):
        Hosts(base, "https://t.myanonamouse.net")


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"])
def test_loopback_may_be_plain(base):
    url = Hosts(base, base).url(Host.SITE, "/x")
    assert by_environment(url, {"HTTPS_PROXY": "http://gate:1", "ALL_PROXY": "http://gate:1"}) is None


@pytest.mark.spec("SITE-1")
def test_the_user_agent_is_honest(site, tmp_path):
    site.script = [as_json({})]
    client_for(site.url, tmp_path).ask(READ, checked)
    assert site.journal[0].agent == RequestPolicy(contact="examplemouse@example.org").user_agent
    assert site.journal[0].agent.startswith("mamctl/")


@pytest.mark.spec("SITE-1")
def test_requests_are_spaced_over_processes(site, tmp_path):
    site.script = [as_json({})]
    clock = PassingTime()
    for pause in (0.0, 0.5, 5.0):
        clock.at += pause
        client_for(site.url, tmp_path, clock=clock, min_interval=2.0).ask(READ, checked)
    assert clock.slept == pytest.approx([2.0 - 0.5])


def test_a_clock_set_back_never_makes_a_long_wait(site, tmp_path):
    site.script = [as_json({})]
    client_for(site.url, tmp_path, clock=PassingTime(2e9), min_interval=2.0).ask(READ, checked)
    back = PassingTime(1e9)
    client_for(site.url, tmp_path, clock=back, min_interval=2.0).ask(READ, checked)
    assert back.slept == [2.0]


@pytest.mark.spec("SITE-1")
def test_the_budget_is_asked_before_each_request_and_may_forbid_it(site, tmp_path):
    site.script = [Scripted(503), as_json({})]
    counted = []

    def count(path):
        counted.append((path, len(site.journal)))
        if len(counted) > 2:
            raise UsageError("the budget of the day is spent")

    client = client_for(site.url, tmp_path, count=count)
    client.ask(READ, checked)
    with pytest.raises(UsageError):
        client.ask(READ, checked)
    assert counted == [("/jsonLoad.php", 0), ("/jsonLoad.php", 1), ("/jsonLoad.php", 2)]
    assert len(site.journal) == 2


def test_a_word_for_fewer_requests_is_not_answered_with_another(site, tmp_path):
    site.script = [Scripted(429), as_json({"uid": 1})]
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path).ask(READ, checked)
    assert trouble.value.slug == "rate_limited"
    assert len(site.journal) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_reads_back_off_and_try_again(site, tmp_path, status):
    site.script = [Scripted(status), Scripted(status), as_json({"uid": 1})]
    clock = PassingTime()
    assert object_of(client_for(site.url, tmp_path, clock=clock).ask(READ, checked)) == {"uid": 1}
    assert clock.slept == [4.0, 8.0]


def test_a_lasting_outage_ends_after_three_attempts(site, tmp_path):
    site.script = [Scripted(503)]
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path).ask(READ, checked)
    assert trouble.value.slug == "tracker_down"
    assert len(site.journal) == 3


@pytest.mark.parametrize(
    "answer",
    [
        Scripted(403, b"Invalid session"),
        Scripted(403, b"You are searching too fast"),
        Scripted(200, b"<html>"),
        Scripted(404),
    ],
)
def test_what_will_not_pass_is_not_tried_again(site, tmp_path, answer):
    site.script = [answer]
    with pytest.raises(MamctlError):
        object_of(client_for(site.url, tmp_path).ask(READ, checked))
    assert len(site.journal) == 1


def test_retry_after_is_honoured(site, tmp_path):
    site.script = [Scripted(429, b"", (("Retry-After", "45"),)), as_json({})]
    clock = PassingTime()
    with pytest.raises(MamctlError):
        client_for(site.url, tmp_path, clock=clock).ask(READ, checked)
    client_for(site.url, tmp_path, clock=clock).ask(READ, checked)
    assert sum(clock.slept) >= 45


def test_a_long_retry_after_is_remembered_by_the_next_process_without_asking(site, tmp_path):
    site.script = [Scripted(429, b"", (("Retry-After", "3600"),)), as_json({})]
    clock = PassingTime()
    for _ in range(2):
        with pytest.raises(MamctlError) as trouble:
            client_for(site.url, tmp_path, clock=clock).ask(READ, checked)
        assert trouble.value.slug == "rate_limited"
    assert len(site.journal) == 1
    assert not clock.slept
    clock.at += 3601
    client_for(site.url, tmp_path, clock=clock).ask(READ, checked)
    assert len(site.journal) == 2


def test_an_endless_body_is_cut_off(site, tmp_path):
    site.script = [Scripted(200, b"x" * 200_000)]
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path, bounds=Bounds(largest_body=100_000)).ask(READ, checked)
    assert trouble.value.slug == "shape_changed"
    assert len(site.journal) == 1


def test_a_bomb_is_measured_unpacked(site, tmp_path):
    packed = gzip.compress(b"x" * 2_000_000)
    site.script = [Scripted(200, packed, (("Content-Encoding", "gzip"),))]
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path, bounds=Bounds(largest_body=1_000_000)).ask(READ, checked)
    assert trouble.value.slug == "shape_changed"


@pytest.mark.parametrize("drip", [0.05, 1.0])
def test_a_slow_body_is_given_up(site, tmp_path, drip):
    site.script = [Scripted(200, b"x" * 40, drip=drip)]
    client = client_for(site.url, tmp_path, bounds=Bounds(silence=0.3, total=0.5))
    with pytest.raises(MamctlError) as trouble:
        client.ask_once(READ)
    assert trouble.value.slug == "tracker_slow"


def test_nobody_listening(tmp_path):
    with serving() as gone:
        url = gone.url
    with pytest.raises(MamctlError) as trouble:
        client_for(url, tmp_path).ask(READ, checked)
    assert trouble.value.slug == "tracker_down"
    assert not trouble.value.maybe_sent


def test_a_directory_that_cannot_keep_the_cookie_stops_the_request(site, tmp_path):
    site.script = [as_json({}, cookie="second")]
    (tmp_path / "tracker-pace.db").mkdir()
    with pytest.raises(MamctlError) as trouble:
        client_for(site.url, tmp_path).ask(READ, checked)
    assert trouble.value.slug == "session_dir_unwritable"
    assert not site.journal


def test_on_a_full_disk_nothing_is_asked(site, tmp_path):
    site.script = [as_json({}, cookie="second")]
    client = client_for(site.url, tmp_path)
    with full_disk(), pytest.raises(MamctlError) as trouble:
        client.ask(READ, checked)
    assert trouble.value.slug == "session_dir_unwritable"
    assert not site.journal


@pytest.mark.parametrize(
    "answer",
    [
        Scripted(403, f"Invalid session mam_id={SEED}".encode()),
        Scripted(200, f"<html>{SEED}mam_id={SEED}".encode()),
        Scripted(200, b"", drop=True),
        Scripted(302, b"", (("Location", f"/elsewhere?mam_id={SEED}"),)),
    ],
)
def test_no_secret_in_any_error(site, tmp_path, answer):
    seed = "s3cr3t0s3cr3t0s3cr3t0"
    site.script = [Scripted(answer.status, answer.body.replace(SEED.encode(), seed.encode()), drop=answer.drop)]
    with pytest.raises(MamctlError) as trouble:
        object_of(client_for(site.url, tmp_path, seed=seed).ask(READ, checked))
    error = trouble.value
    assert seed not in f"{error!r} {error} {error.remedy} {error.subject} {error.__cause__!r}"
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize("ahead", [3600.0, 400 * 86400.0, -400 * 86400.0])
def test_a_rotated_cookie_is_kept_and_a_wait_is_right_however_wrong_this_clock_is(site, tmp_path, ahead):
    """What the site dates is judged by the site's own clock."""
    here = PassingTime(1_800_000_000.0)
    theirs = here.at - ahead
    date = formatdate(theirs, usegmt=True)
    rotated = ("Set-Cookie", f"mam_id=second; expires={formatdate(theirs + 86400, usegmt=True)}")
    wait = ("Retry-After", formatdate(theirs + 30, usegmt=True))
    site.script = [Scripted(200, b"{}", (rotated,), date=date), Scripted(429, b"", (wait,), date=date), as_json({})]
    client = client_for(site.url, tmp_path, clock=here)
    client.ask(READ, checked)
    assert kept_cookie(tmp_path) == "second"
    with pytest.raises(MamctlError):
        client.ask(READ, checked)
    client.ask(READ, checked)
    assert sum(here.slept) == pytest.approx(30, abs=2)

"""Addresses of dead man's switches: a failure is never said in the words of a success."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.heartbeat import address_fault, ping_for

RUN = "0b2c6f1e-6f4e-4a56-9c39-0d2f6a0d9f11"
KUMA = "http://127.0.0.1:3001/api/push/KEY?status=up&msg=OK&ping="


def path_and_query(url: str, job: str, signal: str) -> tuple[str, dict[str, list[str]]]:
    ping = ping_for(url, job, signal, RUN, "exit 12")
    assert ping is not None
    parts = urlsplit(ping.url)
    return parts.path, parse_qs(parts.query, keep_blank_values=True)


@pytest.mark.parametrize(("signal", "suffix"), [("start", "/start"), ("success", ""), ("fail", "/fail")])
@pytest.mark.parametrize("slash", ["", "/"])
def test_the_signal_goes_into_the_path_and_the_query_is_kept(signal: str, suffix: str, slash: str) -> None:
    path, query = path_and_query(f"https://hc.example.org/key/slug{slash}?create=1&a=b%2Fc", "vip", signal)
    assert path == f"/key/slug{suffix}"
    assert query == {"create": ["1"], "a": ["b/c"], "job": ["vip"], "rid": [RUN]}


def test_each_job_has_a_check_of_its_own_by_its_name() -> None:
    path, query = path_and_query("https://hc.example.org/key/mamctl-{job}?create=1", "meta.scan", "fail")
    assert (path, query) == ("/key/mamctl-meta-scan/fail", {"create": ["1"], "rid": [RUN]})


@pytest.mark.parametrize("url", [KUMA, "https://host.example/kuma/api/push/KEY", KUMA.replace("up", "down") + "&x=1"])
def test_uptime_kuma_is_pushed_what_happened(url: str) -> None:
    assert ping_for(url, "vip", "start", RUN) is None
    for signal, status in (("success", "up"), ("fail", "down")):
        path, query = path_and_query(url, "vip", signal)
        assert path.endswith("/api/push/KEY")
        assert (query["status"], query["msg"]) == ([status], ["exit 12"])


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example?id=5",
        "https://host.example/?id=5",
        "https://hc-ping.com/0b2c6f1e-6f4e-4a56-9c39-0d2f6a0d9f11/fail",
        "https://hc-ping.com/0b2c6f1e-6f4e-4a56-9c39-0d2f6a0d9f11/0",
        "https://hc-ping.com/key/slug/start/",
        "https://host.example/push?status=up",
        "https://host.example/p/key?state=complete",
        "https://host.example/key#part",
        "https://host.example/key/{name}",
        "https://host.example/key/{job}/{",
    ],
)
def test_an_address_that_cannot_say_a_failure_is_refused(url: str) -> None:
    assert address_fault(url)


@pytest.mark.parametrize(
    "url", [KUMA, "https://hc-ping.com/key/mamctl-{job}?create=1", "https://h.example/a/123", "https://h.example"]
)
def test_an_address_that_can_is_accepted(url: str) -> None:
    assert address_fault(url) is None


@given(st.text(st.characters(codec="ascii", min_codepoint=33), max_size=40))
def test_a_failure_and_a_success_are_never_the_same_request(tail: str) -> None:
    url = f"https://host.example/{tail}"
    try:
        if address_fault(url):
            return
    except ValueError:  # no address at all: the configuration refuses it before
        return
    failed, good = ping_for(url, "vip", "fail", RUN), ping_for(url, "vip", "success", RUN)
    assert failed is not None
    assert good is not None
    assert urlsplit(failed.url).path != urlsplit(good.url).path or "status=down" in failed.url

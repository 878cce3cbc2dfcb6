"""The site by `tracker.proxy`, and an environment whose proxies or certificates cannot be used, as commands tell it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.kit.proxy import proxying
from tests.kit.terminal import on_terminal

HUSH = "hunter2 hüsh%"
# httpcore leaves the connection to a SOCKS proxy that refuses to the garbage collector, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield
    gc.collect()


@pytest.mark.parametrize("scheme", ["http", "socks5", "SOCKS5H"])
def test_every_request_to_the_site_goes_by_its_proxy(mamctl, reader, tmp_path, monkeypatch, scheme):
    monkeypatch.setenv("ALL_PROXY", "ftp://nothing")  # of no account where tracker.proxy is set
    secret = tmp_path / "proxy-password"
    secret.write_text(HUSH)
    secret.chmod(0o600)
    with proxying(("mouse", HUSH)) as gate:
        keys = {"proxy": gate.address(scheme), "proxy_username": "mouse", "proxy_password_file": str(secret)}
        path = str(reader.config(tracker=keys))
        assert mamctl("vip", "check", "--config", path).code in (0, 3)
        seen = len(reader.tracker.journal.paths())
        assert seen == len(gate.went) > 0
        told = mamctl("doctor", "--config", path)
        assert f"by the proxy {gate.address(scheme.lower())} (tracker.proxy)" in told.out
        assert HUSH not in told.out + told.err
        secret.write_text("wrong")
        refused = mamctl("vip", "check", "--config", path, "--json")
        assert refused.code == 13
        assert "proxy" in refused.json["problems"][0]["message"]
        assert "wrong" not in refused.out


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
def test_a_proxy_that_is_gone_is_never_gone_around(mamctl, reader, scheme):
    with proxying() as gate:
        address = gate.address(scheme)
    told = mamctl("vip", "check", "--config", str(reader.config(tracker={"proxy": address})), "--json")
    assert told.code == 13
    problem = told.json["problems"][0]
    assert (problem["code"], address in problem["message"]) == ("proxy_failed", True)
    assert reader.tracker.journal.paths() == []


@pytest.mark.parametrize(
    ("environ", "code", "word"),
    [
        ({"ALL_PROXY": "ftp://mouse:hunter2@x"}, 10, "ALL_PROXY"),
        ({"HTTPS_PROXY": "http://mouse:hunter2@x:99999"}, 10, "HTTPS_PROXY"),
        ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, 10, "SSL_CERT_FILE"),
        ({"SSL_CERT_DIR": "/nowhere"}, 10, "SSL_CERT_DIR"),
        ({"NO_PROXY": "localhost,10.0.0.0/8,fe80::/10", "ALL_PROXY": "socks5://127.0.0.1:1"}, 13, "ALL_PROXY"),
        ({"NO_PROXY": "localhost,10.0.0.0/8,fe80::/10"}, 13, "its name is not known"),
    ],
)
@pytest.mark.parametrize("command", [("vip", "check"), ("rules", "sync"), ("doctor",)])
def test_a_broken_environment_is_told_and_is_no_bug(mamctl, reader, monkeypatch, environ, code, word, command):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    path = str(reader.config(tracker={"base_url": "https://nobody.invalid", "tracker_url": "https://nobody.invalid"}))
    told = mamctl(*command, "--config", path, "--json")
    assert told.code == (3 if command == ("doctor",) else code)
    assert word in told.out
    assert "hunter2" not in told.out + told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "environ",
    [
        {"ALL_PROXY": "socks5://127.0.0.1:1"},
        {"HTTPS_PROXY": "ftp://x"},
        {"NO_PROXY": "localhost,10.0.0.0/8,fe80::/10"},
        {"SSL_CERT_FILE": "/nowhere/ca.pem"},
    ],
)
def test_a_heartbeat_that_cannot_leave_never_ends_a_job(mamctl, reader, monkeypatch, environ):
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    path = str(reader.config(notify={"heartbeat_url": "https://nobody.invalid/x"}))
    told = mamctl("vip", "check", "--config", path, "--json")
    assert told.code in (0, 3, 4)
    assert told.data["standing"] is not None
    assert "heartbeat_lost" in [problem["code"] for problem in told.json["problems"]]


def test_doctor_goes_on_where_nothing_can_be_written(mamctl, reader):
    blocked = reader.home / "blocked"
    blocked.write_text("a file where the database's folder should be")
    config = str(reader.config(store={"path": str(blocked / "mamctl.db")}))
    found = mamctl("doctor", "--config", config, "--json")
    assert found.code == 3
    checks = {one["name"]: one for one in found.data["checks"]}
    assert checks["store"]["grade"] == checks["tracker"]["grade"] == "fail"
    assert all(one["remedy"] for one in checks.values() if one["grade"] == "fail")
    assert checks["cron"]["grade"] in ("warn", "skipped"), "the last check was made"


def test_what_is_wrong_with_a_word_fits_a_narrow_terminal() -> None:
    seen = on_terminal("ratio", "history", "--since", "foo", columns=40)
    assert (seen.code, seen.lines) == (
        2,
        [
            "mamctl: --since: “foo” is not a span of",
            "time such as 90s, 5m, 24h or 30d",
            "  Usage: mamctl ratio history [OPTIONS]",
            "  → mamctl ratio history --help",
        ],
    )

"""The site by a proxy that is never gone around; broken ways and certificates, each in words of our own."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from mamctl.adapters.http.client import build_client
from mamctl.adapters.http.failures import Cause, explain_failure
from mamctl.adapters.http.proxies import Proxy, always, by_environment, direct
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError
from tests.kit.certificate import make_certificate, server_context
from tests.kit.loopback import QuietHandler, QuietServer
from tests.kit.proxy import proxying
from tests.kit.tracker_loopback import as_json, serving

VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


# httpcore leaves the connection to a SOCKS proxy that refuses to the garbage collector, which says so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    yield
    gc.collect()


class _Hello(QuietHandler):
    def answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[int]:
    server = QuietServer(_Hello)
    server.socket = server_context(certificate).wrap_socket(server.socket, server_side=True)
    server.begin()
    yield server.port
    server.end()


@pytest.fixture
def deaf_port() -> Iterator[int]:
    with socket.socket() as held:  # bound but never listening: nobody else can begin to
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def failure(error: Exception, proxy: Proxy | None = None):
    found = explain_failure(error, proxy)
    return found.cause, f"{found.words} → {found.remedy}"


def test_a_certificate_that_is_not_trusted_names_store_clock_and_tls_proxy(tls_port, certificate, monkeypatch):
    with build_client(direct, timeout=30) as client, pytest.raises(httpx.ConnectError) as broken:
        client.get(f"https://localhost:{tls_port}/")
    cause, words = failure(broken.value)
    assert cause is Cause.CERTIFICATE
    for word in ("self-signed", "clock", "SSL_CERT_FILE", "opens TLS"):
        assert word in words
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with build_client(direct, timeout=30) as client:
        assert client.get(f"https://localhost:{tls_port}/").text == "hi"
        with pytest.raises(httpx.ConnectError) as other:
            client.get(f"https://127.0.0.1:{tls_port}/")
    assert "not valid for '127.0.0.1'" in failure(other.value)[1]


def test_plain_http_at_a_tls_port_is_told_as_such():
    with serving() as site, build_client(direct, timeout=30) as client:
        site.script = [as_json({})]
        with pytest.raises(httpx.ConnectError) as broken:
            client.get(site.url.replace("http:", "https:"))
    assert failure(broken.value)[0] is Cause.TLS


@pytest.mark.parametrize("content", [None, "no certificates"])
def test_a_certificate_file_that_is_gone_or_empty_is_a_fault_of_its_variable(tmp_path, monkeypatch, content):
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with (
        build_client(by_environment, timeout=30) as client,
        pytest.raises(ConfigInvalidError, match="SSL_CERT_FILE") as told,
    ):
        client.get("https://localhost:9/")
    assert told.value.exit_code == 10


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_a_proxy_with_a_login(tls_port, certificate, monkeypatch, scheme):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    login = ("mouse", "p@ss wörd" if scheme != "http" else "p@ss: word")
    with proxying(login) as gate:
        proxy = Proxy(gate.address(scheme), "tracker.proxy", login[0], Secret(login[1]))
        with build_client(always(proxy), timeout=30) as client:
            assert client.get(f"https://localhost:{tls_port}/").text == "hi"
        assert gate.went == [("localhost", tls_port)]  # the proxy looks the name up
        wrong = Proxy(gate.address(scheme), "tracker.proxy", "mouse", Secret("hunter2"))
        with build_client(always(wrong), timeout=30) as client, pytest.raises(httpx.ProxyError) as refused:
            client.get(f"https://localhost:{tls_port}/")
        assert len(gate.went) == 1
    cause, words = failure(refused.value, wrong)
    assert cause is Cause.PROXY
    assert gate.address(scheme) in words
    assert "tracker.proxy" in words
    assert "hunter2" not in words


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
def test_a_proxy_that_is_gone_is_never_gone_around(scheme, deaf_port):
    with serving() as site:
        site.script = [as_json({})]
        proxy = Proxy(f"{scheme}://127.0.0.1:{deaf_port}", "tracker.proxy")
        with build_client(always(proxy), timeout=30) as client, pytest.raises(httpx.ConnectError) as broken:
            client.get(site.url)
        assert site.journal == []
    cause, words = failure(broken.value, proxy)
    assert cause is Cause.PROXY
    assert proxy.address in words
    assert "mamctl never bypasses it" in words


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_what_is_no_proxy_at_all_is_told_as_one(scheme):
    """A web server where a SOCKS proxy should be, and a site where an HTTP proxy should be."""
    with serving() as site:
        site.script = [as_json({}, status=405)]
        proxy = Proxy(site.url.replace("http", scheme, 1), "ALL_PROXY")
        with build_client(always(proxy), timeout=0.5) as client, pytest.raises(httpx.TransportError) as broken:
            client.get("https://localhost:9/")
    assert failure(broken.value, proxy)[1]


def test_an_unknown_name_and_a_header_that_cannot_be_are_told_in_our_words():
    with build_client(direct, timeout=30) as client, pytest.raises(httpx.ConnectError) as unknown:
        client.get("http://nobody.invalid/")
    with serving() as site, build_client(direct, timeout=30) as client:
        site.script = [as_json({})]
        with pytest.raises(httpx.LocalProtocolError) as bad:
            client.get(site.url, headers={"Authorization": "Bearer HUNTER2\nsecond"})
    assert failure(unknown.value) == (Cause.NAME, "its name is not known → None")
    cause, words = failure(bad.value)
    assert cause is Cause.SETTING
    assert "HUNTER2" not in words

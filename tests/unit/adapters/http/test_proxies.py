"""Which way a request leaves, and proxies that cannot be used."""

from __future__ import annotations

import pytest

from mamctl.adapters.http.proxies import always, by_environment, direct, is_exempt, parse_proxy
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError

SITE = "https://www.example.org/x"


def way(environ: dict[str, str], url: str = SITE) -> str | None:
    proxy = by_environment(url, environ)
    return proxy and proxy.named


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://gate:3128"}, "HTTPS_PROXY"),
        ({"https_proxy": "gate:3128", "HTTPS_PROXY": "http://other"}, "https_proxy"),
        ({"ALL_PROXY": "socks5://gate:1080"}, "ALL_PROXY"),
        ({"HTTP_PROXY": "http://gate"}, None),
        ({"HTTPS_PROXY": "  "}, None),
        ({"ALL_PROXY": "socks5h://gate", "NO_PROXY": "example.org"}, None),
        ({"ALL_PROXY": "socks5h://gate", "no_proxy": "*"}, None),
    ],
)
def test_the_environments_way(environ: dict[str, str], named: str | None) -> None:
    assert way(environ) == named


def test_a_visitors_header_is_no_proxy() -> None:
    assert way({"HTTP_PROXY": "http://evil", "REQUEST_METHOD": "GET"}, "http://example.org/") is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
def test_this_machine_is_asked_directly_unless_the_proxy_is_never_gone_around(host: str) -> None:
    url = f"http://{host}:8080/x"
    assert way({"ALL_PROXY": "http://gate"}, url) is None
    assert direct(url) is None
    proxy = parse_proxy("http://gate", "tracker.proxy")
    assert always(proxy)(url) == proxy


@pytest.mark.parametrize(
    ("host", "exempt", "held"),
    [
        ("example.org", "example.org", True),
        ("www.example.org", "example.org", True),
        ("www.example.org", ".example.org", True),
        ("www.example.org", "*.example.org", True),
        ("www.EXAMPLE.org", "Example.ORG", True),
        ("notexample.org", "example.org", False),
        ("example.org", "example.org:443", True),
        ("example.org", "example.org:80", False),
        ("10.1.2.3", "localhost,10.0.0.0/8,fe80::/10", True),
        ("fe80::1", "localhost,10.0.0.0/8,fe80::/10", True),
        ("fe80::1", "[fe80::]/10", True),
        ("11.1.2.3", "localhost,10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("::2", "[::2]:443", True),
        ("example.org", "10.0.0.0/99, , http://x, [::1, example.org", True),
        ("example.org", "garbage/8", False),
    ],
)
def test_what_no_proxy_exempts(host: str, exempt: str, held: bool) -> None:
    assert is_exempt(host, 443, exempt) is held


def test_a_login_in_the_address_is_kept_and_never_shown() -> None:
    proxy = parse_proxy("socks5://mouse:p%40ss@[::1]:1080", "ALL_PROXY")
    assert (proxy.username, proxy.password) == ("mouse", Secret("p@ss"))
    assert str(proxy) == "the proxy socks5://[::1]:1080 (ALL_PROXY)"
    assert "p@ss" not in repr(proxy)
    assert "p%40ss" not in repr(proxy)


@pytest.mark.parametrize(
    "value",
    ["ftp://x", "socks4://x:1", "http://", "http://u:hunter2@:99999999", "hunter2://u:hunter2@x", "http://a b", "://"],
)
def test_a_proxy_that_cannot_be_used_is_a_fault_of_its_variable(value: str) -> None:
    with pytest.raises(ConfigInvalidError, match="HTTPS_PROXY") as refused:
        by_environment(SITE, {"HTTPS_PROXY": value})
    assert refused.value.exit_code == 10
    assert "u:hunter2" not in f"{refused.value}{refused.value.remedy}"

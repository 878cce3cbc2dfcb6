"""Which way a request leaves: directly, by the environment's proxy, or by one that is never gone around."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from mamctl.dataclass import dataclass
from mamctl.domain.bounds import without_login
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError

SCHEMES = ("http", "https", "socks5", "socks5h")
_NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: its address without a login, and `named`, the key or variable that it comes from."""

    address: str
    named: str
    username: str = ""
    password: Secret = _NOTHING

    def __str__(self) -> str:
        return f"the proxy {self.address} ({self.named})"


Route = Callable[[str], Proxy | None]
"""The proxy for an address, None for the direct way. Raises ConfigInvalidError."""


def direct(url: str) -> None:
    """The route of what is never asked through a proxy."""


def always(proxy: Proxy) -> Route:
    """The route of a proxy that is never gone around, this machine's own addresses included."""
    return lambda _: proxy


def by_environment(url: str, environ: Mapping[str, str] = os.environ) -> Proxy | None:
    """The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY name for this address, unless NO_PROXY exempts it.

    This machine's own addresses never go through one. Raises ConfigInvalidError for a proxy that cannot be used.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    exempt = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if is_loopback(host) or is_exempt(host, port, exempt):
        return None
    for name in (f"{parts.scheme}_proxy", "all_proxy"):
        for variable in (name, name.upper()):
            # A web server hands a visitor's "Proxy:" header to its scripts under this name.
            forged = variable == "HTTP_PROXY" and "REQUEST_METHOD" in environ
            if (value := environ.get(variable, "").strip()) and not forged:
                return parse_proxy(value, variable)
    return _by_system(parts.scheme, host) if sys.platform == "darwin" else None


def parse_proxy(value: str, named: str) -> Proxy:
    """A proxy from an address that may hold a login. Raises ConfigInvalidError, which never shows the address."""
    address = value if "://" in value else f"http://{value}"
    scheme = address.partition("://")[0].lower()
    if scheme not in SCHEMES:
        kind = scheme if re.fullmatch(r"[a-z0-9+]{1,10}", scheme) else "what stands there"
        raise _unusable(named, f"{kind} is not a kind of proxy that mamctl can use; expected {', '.join(SCHEMES)}")
    shown = without_login(scheme + address[len(scheme) :])
    if not shown:
        raise _unusable(named, "it is not an address; expected such as http://proxy.example:3128")
    parts = urlsplit(address)
    return Proxy(shown, named, unquote(parts.username or ""), Secret(unquote(parts.password or "")))


def is_exempt(host: str, port: int, exempt: str) -> bool:
    """Whether a NO_PROXY list holds the host: as `*`, a name with those below it, an address, or a network (CIDR)."""
    return any(_covers(entry.strip().lower(), host.lower(), port) for entry in re.split(r"[,\s]+", exempt))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def _covers(entry: str, host: str, port: int) -> bool:
    if entry in ("", "*"):
        return entry == "*"
    entry = entry.partition("://")[2] or entry
    if "/" in entry:
        try:
            network = ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
        except ValueError:
            return False
        address = _address(host)
        return address is not None and address.version == network.version and address in network
    if match := re.fullmatch(r"(\[[^\]]*\]|[^:]*):(\d{1,5})", entry):
        if int(match[2]) != port:
            return False
        entry = match[1]
    if (address := _address(entry.strip("[]"))) is not None:
        return address == _address(host)
    name = entry.removeprefix("*").removeprefix(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _by_system(scheme: str, host: str) -> Proxy | None:
    """The proxy of macOS's own settings."""
    from urllib.request import getproxies, proxy_bypass

    value = getproxies().get(scheme)
    return parse_proxy(value, "the system's settings") if value and not proxy_bypass(host) else None


def _unusable(named: str, found: str) -> ConfigInvalidError:
    return ConfigInvalidError(
        f"the proxy in {named} cannot be used: {found}",
        subject=named,
        remedy=f"correct {named}, or remove it to go without a proxy",
        code="proxy_unusable",
    )

"""Which hosts the session may be shown to: the configured ones, over TLS, or plain http on loopback."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from mamctl.adapters.http.proxies import is_loopback
from mamctl.dataclass import dataclass
from mamctl.errors import ConfigInvalidError


class Host(StrEnum):
    """The tracker's two faces: the site, and the host that sees the torrent client's address."""

    SITE = "site"
    TRACKER = "tracker"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The two base URLs; ConfigInvalidError when one of them would send the cookie in the clear."""

    site: str
    tracker: str

    def __post_init__(self) -> None:
        for key, base in (("tracker.base_url", self.site), ("tracker.tracker_url", self.tracker)):
            _check(key, base)

    def url(self, host: Host, path: str) -> str:
        """The address of an endpoint; a path can never lead to another host."""
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            raise ValueError("a path on the tracker begins with one slash")
        return self._base(host).rstrip("/") + path

    def _base(self, host: Host) -> str:
        return self.site if host is Host.SITE else self.tracker


def _check(key: str, base: str) -> None:
    parts = _split(base)
    host = parts.hostname if parts else None
    if not parts or not host or parts.username or parts.query or parts.fragment:
        raise _invalid(key, "is not the address of a site")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise _invalid(key, f"is not https, and {host} is not this machine")


def _split(base: str) -> SplitResult | None:
    try:
        parts = urlsplit(base)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _invalid(key: str, found: str) -> ConfigInvalidError:
    return ConfigInvalidError(
        f"{key} {found}", subject=key, remedy="use the https address of the site", code="tracker_url_unsafe"
    )

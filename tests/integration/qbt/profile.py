"""A qBittorrent profile on disk: its configuration file, its password, its all-time totals."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

USER = "admin"
PASSWORD = "loopback only"

_CONFIG = {
    "LegalNotice": {"Accepted": "true"},
    "Application": {"FileLogger\\Enabled": "true", "FileLogger\\Path": "{home}/logs"},
    "BitTorrent": {
        "Session\\Port": "{bt_port}",
        "Session\\InterfaceAddress": "127.0.0.1",
        "Session\\InterfaceName": "",
        "Session\\DHTEnabled": "false",
        "Session\\PeXEnabled": "false",
        "Session\\LSDEnabled": "false",
        "Session\\BTProtocol": "TCP",
        "Session\\MultiConnectionsPerIp": "true",
        "Session\\QueueingSystemEnabled": "false",
        "Session\\SSRFMitigation": "false",
        "Session\\BlockPeersOnPrivilegedPorts": "false",
        "Session\\Preallocation": "false",
        "Session\\DefaultSavePath": "{home}/downloads",
        "Session\\TempPathEnabled": "false",
        "Session\\AddTorrentPaused": "false",
        "Session\\AddTorrentStopped": "false",
        "Session\\MaxConnections": "-1",
        "Session\\MaxConnectionsPerTorrent": "-1",
        "Session\\MaxUploads": "-1",
        "Session\\MaxUploadsPerTorrent": "-1",
        "Session\\GlobalMaxRatio": "-1",
        "Session\\RefreshInterval": "200",
        "Session\\SaveResumeDataInterval": "1",
        "Session\\IgnoreLimitsOnLAN": "false",
    },
    "Network": {"PortForwardingEnabled": "false"},
    "Core": {"AutoDeleteAddedTorrentFile": "Never"},
    "Preferences": {
        "General\\Locale": "en",
        "Connection\\ResolvePeerCountries": "false",
        "WebUI\\Enabled": "true",
        "WebUI\\Address": "127.0.0.1",
        "WebUI\\Port": "{web_port}",
        "WebUI\\UseUPnP": "false",
        "WebUI\\Username": USER,
        "WebUI\\Password_PBKDF2": "{password}",
        "WebUI\\LocalHostAuth": "true",
        "WebUI\\CSRFProtection": "true",
        "WebUI\\HostHeaderValidation": "true",
        "WebUI\\SessionTimeout": "3600",
        "WebUI\\MaxAuthenticationFailCount": "0",
        "DynDNS\\Enabled": "false",
    },
}


def write_profile(home: Path, *, web_port: int, bt_port: int, settings: Mapping[str, str]) -> None:
    """Writes the configuration of a quiet, loopback-only client; `settings` go over it, by their key."""
    values = {"home": str(home), "web_port": web_port, "bt_port": bt_port, "password": _pbkdf2(PASSWORD)}
    lines: list[str] = []
    left = dict(settings)
    for section, defaults in _CONFIG.items():
        lines.append(f"[{section}]")
        lines += [f"{key}={left.pop(key, value).format(**values)}" for key, value in defaults.items()]
        prefix = {"BitTorrent": "Session\\", "Preferences": "WebUI\\"}.get(section)
        extra = [key for key in left if prefix and key.startswith(prefix)]
        lines += [f"{key}={left.pop(key)}" for key in extra]
    assert not left, f"settings of no known section: {sorted(left)}"
    config = config_folder(home)
    config.mkdir(parents=True, exist_ok=True)
    (config / "qBittorrent.conf").write_text("\n".join(lines) + "\n")


def write_totals(home: Path, uploaded: int, downloaded: int) -> None:
    """The all-time totals that the client will start with, as Qt stores them; write while it is stopped."""

    def text(value: str) -> bytes:
        raw = value.encode("utf-16-be")
        return struct.pack(">I", len(raw)) + raw

    raw = struct.pack(">II", 28, 2)  # a QVariantHash of two entries
    for key, value in (("AlltimeDL", downloaded), ("AlltimeUL", uploaded)):
        raw += text(key) + struct.pack(">Iq", 4, value)
    quoted = "".join(f"\\x{byte:x}" if byte else "\\0" for byte in raw)
    config = config_folder(home)
    config.mkdir(parents=True, exist_ok=True)
    (config / "qBittorrent-data.conf").write_text(f"[Stats]\nAllStats=@Variant({quoted})\n")


def config_folder(home: Path) -> Path:
    return home / "qBittorrent" / "config"


def _pbkdf2(password: str) -> str:
    salt = secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 100_000, 64)
    return f'"@ByteArray({base64.b64encode(salt).decode()}:{base64.b64encode(digest).decode()})"'

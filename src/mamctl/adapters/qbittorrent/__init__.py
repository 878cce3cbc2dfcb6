"""qBittorrent, through its Web API."""

from mamctl.adapters.qbittorrent.client import QbittorrentClient
from mamctl.adapters.qbittorrent.login import Login, read_login

__all__ = ["Login", "QbittorrentClient", "read_login"]

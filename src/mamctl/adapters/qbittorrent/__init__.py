"""qBittorrent, through its Web API."""

from mamctl.adapters.qbittorrent.client import QbittorrentClient
from mamctl.adapters.qbittorrent.login import Login, read_login
from mamctl.adapters.qbittorrent.patience import Patience

__all__ = ["Login", "Patience", "QbittorrentClient", "read_login"]

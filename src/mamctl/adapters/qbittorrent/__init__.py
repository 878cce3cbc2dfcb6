"""qBittorrent, through its Web API."""

from mamctl.adapters.qbittorrent.access import Endpoint, Login, LoginBackoff, LoginSources, read_login
from mamctl.adapters.qbittorrent.client import QbittorrentClient
from mamctl.adapters.qbittorrent.saved_session import SessionCache

__all__ = ["Endpoint", "Login", "LoginBackoff", "LoginSources", "QbittorrentClient", "SessionCache", "read_login"]

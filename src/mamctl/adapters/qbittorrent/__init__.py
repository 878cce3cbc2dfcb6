"""qBittorrent, through its Web API."""

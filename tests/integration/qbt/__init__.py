"""Real qBittorrents, a real BitTorrent tracker and real torrents, all on loopback."""

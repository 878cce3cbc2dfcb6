"""The ratio guard as the program itself, on real qBittorrents."""

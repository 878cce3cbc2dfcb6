"""mamctl keeps a MyAnonamouse member's account, torrents and audiobook library in order."""

__version__ = "0.1.0"

"""The practice client: a small qBittorrent on loopback that answers, like the real one, from state."""

from mamctl.practice.client.mood import Mood, Trouble, TroubleKind
from mamctl.practice.client.server import PracticeClient
from mamctl.practice.client.state import ANNOUNCE, ClientWorld, Torrent

__all__ = ["ANNOUNCE", "ClientWorld", "Mood", "PracticeClient", "Torrent", "Trouble", "TroubleKind"]

"""The practice client: a small qBittorrent on loopback that answers, like the real one, from state."""

from mamctl.practice.client.behaviour import Behaviour, ClientFault, FaultKind
from mamctl.practice.client.server import PracticeClient
from mamctl.practice.client.state import ANNOUNCE, ClientWorld, Torrent

__all__ = ["ANNOUNCE", "Behaviour", "ClientFault", "ClientWorld", "FaultKind", "PracticeClient", "Torrent"]

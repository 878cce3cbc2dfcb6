"""A small BitTorrent tracker: passkeys, compact peers, and what each passkey has uploaded and downloaded."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from bencode2 import bencode

from tests.kit.loopback import QuietHandler, QuietServer

if TYPE_CHECKING:
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Announce:
    """One announce as it was served; `hash` is hexadecimal."""

    passkey: str
    hash: str
    peer: bytes
    port: int
    uploaded: int
    downloaded: int
    left: int
    event: str


@dataclass(slots=True)
class Account:
    """What the tracker has summed for one passkey, in bytes."""

    uploaded: int = 0
    downloaded: int = 0


@dataclass
class Tracker:
    """`with Tracker(passkeys={"k1"}) as tracker:`; `tracker.announce_url("k1")` goes into torrents.

    A person's totals grow by the differences between the announces of one peer, as real trackers do it.
    """

    passkeys: set[str]
    host: str = "127.0.0.1"
    interval: int = 5
    accounts: dict[str, Account] = field(default_factory=dict)
    journal: list[Announce] = field(default_factory=list)
    _swarms: dict[str, dict[bytes, Announce]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Tracker:
        tracker = self

        class Handler(QuietHandler):
            def answer(self) -> None:
                body = bencode(tracker.answer(self.path))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

        self._server = QuietServer(Handler, self.host).begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()

    def announce_url(self, passkey: str, host: str | None = None) -> str:
        """Begins with /announce, which a client accepts on loopback whatever its settings."""
        return f"http://{host or self.host}:{self._server.port}/announce/{passkey}"

    def answer(self, path: str) -> dict[str, Any]:
        parts = urlsplit(path)
        passkey = parts.path.rsplit("/", 1)[-1]
        if passkey not in self.passkeys:
            return {"failure reason": "unregistered passkey"}
        announce = _read(passkey, parts.query)
        with self._lock:
            peers = self._record(announce)
        seeds = sum(1 for other in peers if other.left == 0)
        addresses = b"".join(socket.inet_aton(self.host) + struct.pack(">H", other.port) for other in peers)
        return {
            "interval": self.interval,
            "complete": seeds,
            "incomplete": len(peers) - seeds,
            "peers": addresses,
        }

    def _record(self, announce: Announce) -> list[Announce]:
        """Sums the announce up and gives the other peers of its swarm."""
        self.journal.append(announce)
        swarm = self._swarms.setdefault(announce.hash, {})
        account = self.accounts.setdefault(announce.passkey, Account())
        before = None if announce.event == "started" else swarm.get(announce.peer)
        account.uploaded += announce.uploaded - (before.uploaded if before else 0)
        account.downloaded += announce.downloaded - (before.downloaded if before else 0)
        swarm[announce.peer] = announce
        if announce.event == "stopped":
            del swarm[announce.peer]
        return [other for peer, other in swarm.items() if peer != announce.peer]


def _read(passkey: str, query: str) -> Announce:
    given = parse_qs(query, encoding="latin-1")

    def text(name: str, default: str = "0") -> str:
        return given.get(name, [default])[0]

    return Announce(
        passkey=passkey,
        hash=text("info_hash").encode("latin-1").hex(),
        peer=text("peer_id").encode("latin-1"),
        port=int(text("port")),
        uploaded=int(text("uploaded")),
        downloaded=int(text("downloaded")),
        left=int(text("left")),
        event=text("event", ""),
    )

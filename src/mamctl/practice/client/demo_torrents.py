"""What the member of the demo has in the torrent client: a few big downloads, seeds, and two torrents left paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.practice.client.state import Torrent

if TYPE_CHECKING:
    from mamctl.practice.client.state import ClientWorld

GIB = 1024**3
_KB = 1000


def fill_demo_torrents(world: ClientWorld) -> None:
    """Put the shelf into a client that has just gone through a hungry month: its ratio is a little above 1."""
    with world.lock:
        world.uploaded, world.downloaded = 205 * GIB, 200 * GIB
        world.add(*_downloads(), *_seeds())


def _downloads() -> tuple[Torrent, ...]:
    return (
        Torrent("Jules Verne – Voyages extraordinaires", 40 * GIB, 37 * GIB, down_rate=2_500 * _KB),
        Torrent("Charles Dickens – The Complete Novels", 30 * GIB, 29 * GIB, down_rate=1_500 * _KB, forced=True),
        Torrent("John Buchan – Richard Hannay", 4 * GIB, 3 * GIB, down_rate=1_000 * _KB, stopped=True, tags={"later"}),
    )


def _seeds() -> tuple[Torrent, ...]:
    busy = {"A Study in Scarlet": 450, "The Time Machine": 400, "A Princess of Mars": 350, "Greenmantle": 0}
    return (
        *(Torrent(name, GIB, up_rate=rate * _KB) for name, rate in busy.items()),
        Torrent("The Moonstone", GIB, up_rate=900 * _KB, stopped=True),
    )

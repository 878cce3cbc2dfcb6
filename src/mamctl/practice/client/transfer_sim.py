"""Time that goes by in the practice client: downloads come in and then seed, and the totals grow.

Lived in whole seconds, so that the outcome is the same however often somebody looks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mamctl.practice.client.adding import land

if TYPE_CHECKING:
    from mamctl.practice.client.state import ClientWorld, Torrent


def simulate_transfers(world: ClientWorld) -> None:
    """Live until the clock's time. Before something is changed by hand, what flowed so far must be lived."""
    with world.lock:
        now = world.clock()
        since = world.flowed_until or now
        seconds = max(0, (now - since) // timedelta(seconds=1))
        world.flowed_until = since + timedelta(seconds=seconds)
        for torrent in world.torrents.values() if not world.session_paused else ():
            down, up = _live(world, torrent, seconds)
            world.downloaded += down
            world.uploaded += up


def _live(world: ClientWorld, torrent: Torrent, seconds: int) -> tuple[int, int]:
    """Bytes that this torrent brought in and gave away; it has them on its own account."""
    if not torrent.flows or not seconds:
        return 0, 0
    down = 0
    if not torrent.complete:
        needed = -(-torrent.left // torrent.down_rate) if torrent.down_rate else seconds
        down = min(torrent.left, torrent.down_rate * seconds)
        torrent.left -= down
        seconds = max(0, seconds - needed)
        if torrent.complete:
            land(world, torrent)
    up = torrent.up_rate * seconds if torrent.complete else 0
    torrent.seeding_s += seconds if torrent.complete else 0
    torrent.downloaded += down
    torrent.uploaded += up
    return down, up

"""Run the practice torrent client by itself: `python -m mamctl.practice.client --port 8080`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from mamctl.practice.client.demo_torrents import fill_demo_torrents
from mamctl.practice.client.server import PracticeClient
from mamctl.practice.client.state import ClientWorld
from mamctl.practice.clock import PracticeClock
from mamctl.practice.serve import serve_until_stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.client", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on loopback; 0 takes a free one")
    parser.add_argument("--version", default="v5.1.0", help="the qBittorrent that it speaks as, such as v4.5.2")
    parser.add_argument("--empty", action="store_true", help="without torrents")
    chosen = parser.parse_args(arguments)
    world = ClientWorld(PracticeClock(), version=chosen.version)
    if not chosen.empty:
        fill_demo_torrents(world)
    client = PracticeClient(world, port=chosen.port)
    what = f"a practice qBittorrent {chosen.version} with {len(world.torrents)} torrents"
    return serve_until_stopped(client, what, lambda: _config(client), secret=world.password, file="practice-password")


def _config(server: PracticeClient) -> str:
    return (
        f'[[qbittorrent]]\nname = "practice"\nurl = "{server.url}"\nusername = "{server.world.username}"\n'
        'password_file = "practice-password"\n'
    )


if __name__ == "__main__":
    sys.exit(main())

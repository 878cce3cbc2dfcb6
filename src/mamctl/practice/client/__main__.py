"""Run the practice torrent client by itself: `python -m mamctl.practice.client --port 8080`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence

from mamctl.practice.client.demo_torrents import fill_demo_torrents
from mamctl.practice.client.server import PracticeClient
from mamctl.practice.client.state import ClientWorld
from mamctl.practice.clock import PracticeClock


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.client", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="on loopback; 0 takes a free one")
    parser.add_argument("--version", default="v5.1.0", help="the qBittorrent that it speaks as, such as v4.5.2")
    parser.add_argument("--empty", action="store_true", help="without torrents")
    chosen = parser.parse_args(arguments)
    world = ClientWorld(PracticeClock(), version=chosen.version)
    if not chosen.empty:
        fill_demo_torrents(world)
    client = PracticeClient(world, port=chosen.port)
    try:
        client.start()
    except OSError as error:
        sys.stderr.write(
            f"cannot listen on port {chosen.port}: {error.strerror}; choose another, or 0 for a free one\n"
        )
        return 1
    sys.stdout.write(
        f"# a practice qBittorrent {chosen.version} with {len(world.torrents)} torrents; put these lines into\n"
        f"# mamctl.toml, and {world.password} alone into the file; Ctrl-C ends the server\n"
        f'[[qbittorrent]]\nname = "practice"\nurl = "{client.url}"\nusername = "{world.username}"\n'
        'password_file = "practice-password"\n'
    )
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        sys.stderr.write("closed\n")
    finally:
        client.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

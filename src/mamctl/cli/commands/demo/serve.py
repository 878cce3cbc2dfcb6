"""`mamctl demo --serve DIR`: the practice world kept running, with a configuration that reaches it."""

from __future__ import annotations

import contextlib
import signal
import threading
from datetime import UTC, datetime
from pathlib import Path

from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.client import ClientWorld
from mamctl.practice.client.demo_torrents import fill_demo_torrents
from mamctl.practice.clock import PracticeClock
from mamctl.practice.larger import add_books, add_torrents, with_books
from mamctl.practice.library import BOOKS, make_library
from mamctl.practice.tracker import demo_world
from mamctl.practice.world import practice_world

_TRIES = (
    "doctor", "vip check --dry-run", "ratio watch", "meta scan", "meta enrich", "meta list", "abs check",
    "abs push --all", "status",
)  # fmt: skip


def serve_practice_world(folder: Path, screen: Screen, *, torrents: int = 0, books: int = 0) -> None:
    """Fill the folder, say what to type, and serve until TERM or Ctrl-C. Raises UsageError when it is not empty.

    The client has at least so many torrents, the library at least so many books.
    """
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty", subject=str(folder), remedy="name a folder that does not exist yet")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    world = demo_world(datetime.now(UTC))
    world.clock = PracticeClock()
    client_world = ClientWorld(PracticeClock())
    fill_demo_torrents(client_world)
    with practice_world(world, client_world) as servers:
        library = make_library(folder / "library")
        shelf = with_books(shelf_world(), max(0, books - len(BOOKS)))
        add_books(library, shelf)
        servers.catalogue.show(shelf)
        add_torrents(client_world, max(0, torrents - len(client_world.torrents)), [work.title for work in shelf.works])
        servers.settle(folder, library)
        servers.shelf.world.of("A Study in Scarlet").metadata["title"] = "A Study in Scarlet (by hand)"
        screen.line(
            "The practice site, torrent client, catalogues and Audiobookshelf are running. In another terminal:"
        )
        screen.raw(f"  export MAMCTL_CONFIG={folder / 'mamctl.toml'}")
        for name, value in servers.environment.items():
            screen.raw(f"  export {name}={value}")
        for words in _TRIES:
            screen.raw(f"  mamctl {words}")
        screen.line(
            f"The site's controls: {servers.tracker.url}/practice/state. Ctrl-C ends it; the folder stays.", Tone.DIM
        )
        screen.line(
            f"Audiobookshelf is {servers.shelf.url}, its key in {folder / 'abs_key'}; someone has set a title there.",
            Tone.DIM,
        )
        screen.stream.flush()
        _wait()


def _wait() -> None:
    done = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: done.set())
    try:
        with contextlib.suppress(KeyboardInterrupt):
            done.wait()
    finally:
        signal.signal(signal.SIGTERM, before)

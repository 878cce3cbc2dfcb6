"""Run the practice Audiobookshelf by itself: `python -m mamctl.practice.audiobookshelf FOLDER`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.serve import serve_until_stopped


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m mamctl.practice.audiobookshelf", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="a library that it shows")
    parser.add_argument("--port", type=int, default=0, help="on loopback; 0 takes a free one")
    chosen = parser.parse_args(arguments)
    server = PracticeShelf(port=chosen.port)
    if chosen.folder is not None:
        if not chosen.folder.is_dir():
            parser.error(f"{chosen.folder}: not a folder")
        server.world.shelve(chosen.folder.absolute())
    what = f"a practice Audiobookshelf with {len(server.world.items)} books"
    return serve_until_stopped(server, what, lambda: _config(server), secret=server.world.key, file="practice-abs-key")


def _config(server: PracticeShelf) -> str:
    return f'[audiobookshelf]\nurl = "{server.url}"\napi_key_file = "practice-abs-key"\n'


if __name__ == "__main__":
    sys.exit(main())

"""A scanned library that a practice Audiobookshelf shows, and the program configured for both."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.audiobookshelf.state import Item, ShelfWorld
from mamctl.practice.library import make_library
from tests.conftest import Done

SHOWN = "/audiobooks"


@dataclass
class Reader:
    """Somebody with a library, its server, and mamctl; `mamctl("push", "--all")` runs `mamctl abs push --all`."""

    home: Path
    shelf: PracticeShelf
    program: Callable[..., Done]

    def mamctl(self, *words: str) -> Done:
        return self.program("abs", *words, "--json", "--config", str(self.home / "mamctl.toml"))

    def mamctl_process(self, *words: str) -> int:
        """The same in a process of its own; its exit code."""
        words = ("abs", *words, "--config", str(self.home / "mamctl.toml"))
        return subprocess.run([sys.executable, "-m", "mamctl", *words], check=False, capture_output=True).returncode

    def item(self, ending: str) -> Item:
        return self.shelf.world.of(ending)

    def fields(self, done: Done, item: Item) -> dict[str, dict[str, Any]]:
        """What a command said of the fields of this item."""
        books = [one for one in done.data["books"] if one["item"] == item.id]
        return {one["field"]: one for book in books for one in book["fields"]}

    def changes(self) -> int:
        return len(self.shelf.changes())


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice library and a store that knows it; made once."""
    base = tmp_path_factory.mktemp("abs")
    make_library(base / "library")
    config = base / "mamctl.toml"
    config.write_text(f'[library]\nfolders = ["{base}/library"]\n[store]\npath = "{base}/mamctl.db"\n')
    words = [sys.executable, "-m", "mamctl", "meta", "scan", "--config", str(config)]
    assert subprocess.run(words, check=False, capture_output=True).returncode in (0, 3, 4)
    return base


@pytest.fixture
def reader(scanned: Path, tmp_path: Path, mamctl: Callable[..., Done]) -> Iterator[Reader]:
    world = ShelfWorld()
    world.shelve(scanned / "library", SHOWN)
    shutil.copy(scanned / "mamctl.db", tmp_path / "mamctl.db")
    key = tmp_path / "key"
    key.write_text(world.key)
    key.chmod(0o600)
    with PracticeShelf(world) as shelf:
        (tmp_path / "mamctl.toml").write_text(
            f'[library]\nfolders = ["{scanned}/library"]\n[store]\npath = "{tmp_path}/mamctl.db"\n'
            "[alerts]\ndisk_free = 0\n[audiobookshelf]\n"
            f'url = "{shelf.url}"\napi_key_file = "{key}"\npath_map = ["{SHOWN} = {scanned}/library"]\n'
        )
        yield Reader(tmp_path, shelf, mamctl)
    assert not world.ended
    assert world.embedded == []

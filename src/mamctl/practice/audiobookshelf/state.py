"""What the practice Audiobookshelf knows: its key, its libraries, and items read from real folders by its rules."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.library.audiobookshelf import read_folder, split_place
from mamctl.regex import regex

AUDIO = (".m4b", ".mp3", ".m4a", ".flac", ".opus", ".ogg", ".wav")
TEXTS = ("title", "subtitle", "publishedYear", "publishedDate", "publisher", "description", "isbn", "asin", "language")
_DISC = regex(r"(cd|disc|disk) ?\d{1,3}", re.IGNORECASE)  # "Disc 1 of 2" is a book of its own
LISTS = ("authors", "narrators", "series", "genres")


@dataclass(slots=True)
class Item:
    """One item: `path` and `files` as the server has them; `folder` is where they really lie, None for a loose file."""

    id: str
    library_id: str
    path: str
    folder: Path | None
    files: list[str]
    metadata: dict[str, Any]
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ShelfWorld:
    """Hold `lock` to change several things as one. `user_type` and `may_update` are the rights of the key."""

    key: str = "practice-abs-key"
    key_active: bool = True
    user_type: str = "root"
    may_update: bool = True
    version: str = "2.36.0"
    stores_with_item: bool = False
    watches: bool = True
    libraries: dict[str, str] = field(default_factory=lambda: {"lib-1": "Audiobooks"})
    roots: dict[str, tuple[str, Path]] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    added: int = 0  # items so far, those that are gone included: an id is not given twice
    tasks: list[dict[str, Any]] = field(default_factory=list)
    announced: set[str] = field(default_factory=set)  # libraries that are looked at again before they are listed
    ended: bool = False  # a blind match can end the real server
    embedded: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def shelve(self, root: Path, shown_as: str | None = None, library_id: str = "lib-1") -> None:
        """Scan a real folder as a library; `shown_as` is its path in the server's container."""
        self.libraries.setdefault(library_id, root.name)
        self.roots[library_id] = (shown_as or str(root), root)
        self.look_again(library_id)

    def look_again(self, library_id: str) -> None:
        """Take in what is new in a library, as a scan does; what is known stays as it is."""
        shown, root = self.roots[library_id]
        self.tasks = [task for task in self.tasks if task["data"]["libraryId"] != library_id]
        self.announced.discard(library_id)
        books: dict[Path, list[Path]] = {}
        for folder, _, names in sorted(os.walk(root)):
            for name in sorted(name for name in names if name.lower().endswith(AUDIO)):
                here = Path(folder)
                book = here.parent if _DISC.fullmatch(here.name) else here
                books.setdefault(book, []).append((here / name).relative_to(root))
        self._shelve_loose(library_id, shown, root, [path.name for path in books.pop(root, [])])
        for book, files in books.items():
            inner = book.relative_to(root)
            read = as_metadata(read_folder(inner.parts))
            self._add(library_id, f"{shown}/{inner}", book, [f"{shown}/{file}" for file in files], read)

    def _shelve_loose(self, library_id: str, shown: str, root: Path, names: Iterable[str]) -> None:
        for name in names:
            title = as_metadata({"title": Path(name).stem})
            self._add(library_id, f"{shown}/{name}", None, [f"{shown}/{name}"], title)

    def _add(self, library_id: str, path: str, folder: Path | None, files: list[str], metadata: dict[str, Any]) -> None:
        if any(item.path == path for item in self.items.values()):
            return
        self.added += 1
        number = f"li-{self.added}"
        self.items[number] = Item(number, library_id, path, folder, files, metadata)
        if folder is not None:
            self.read_sidecar(self.items[number])

    def of(self, ending: str) -> Item:
        """The item whose path ends so. Raises StopIteration."""
        return next(item for item in self.items.values() if item.path.endswith(ending))

    def read_sidecar(self, item: Item) -> bool:
        """Take in metadata.json beside the audio, as a scan does; whether anything changed.

        Empty lists and nulls are passed over; what somebody set in the server is overwritten.
        """
        file = item.folder / "metadata.json" if item.folder else None
        if file is None or not file.exists():
            return False
        before = json.dumps(item.metadata)
        sidecar = json.loads(file.read_text())
        read = as_metadata(sidecar)
        for key in (*TEXTS, *LISTS, "explicit", "abridged"):
            if sidecar.get(key) not in (None, [], ""):
                item.metadata[key] = read[key]
        return json.dumps(item.metadata) != before

    def store_sidecar(self, item: Item) -> None:
        """Write metadata.json into the folder, where the setting says so."""
        if self.stores_with_item and item.folder is not None:
            found = item.metadata
            series = [
                f"{one['name']} #{one['sequence']}" if one["sequence"] else one["name"] for one in found["series"]
            ]
            flat = {**found, "authors": [one["name"] for one in found["authors"]], "series": series}
            (item.folder / "metadata.json").write_text(json.dumps({"tags": item.tags, "chapters": [], **flat}))


def as_metadata(found: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata of an item, every key there, from the flat form."""
    series = [split_place(text) for text in found.get("series", ())]
    return {
        **{key: found.get(key) for key in TEXTS},
        "authors": [{"id": f"au-{name}", "name": name} for name in found.get("authors", ())],
        "narrators": list(found.get("narrators", ())),
        "series": [{"id": f"se-{name}", "name": name, "sequence": place} for name, place in series],
        "genres": list(found.get("genres", ())),
        "explicit": bool(found.get("explicit")),
        "abridged": bool(found.get("abridged")),
    }

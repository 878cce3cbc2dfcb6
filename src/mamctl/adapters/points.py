"""Rollback points on the disk: a folder for each, 0700, its files 0600, and a manifest with their digests.

A point appears whole or not at all: it is made under another name and renamed when everything is on the disk.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from mamctl.adapters.private_files import read_regular_file, write_private
from mamctl.domain.change.points import Part, Point, StoredFile
from mamctl.domain.timestamps import timestamp
from mamctl.errors import StoreError

_MANIFEST, _VERIFIED, _UNFINISHED = "point.json", "verified", ".unfinished-"
_LARGEST_MANIFEST = 64 * 1024**2


class PointFolder:
    """The points beside the database. The caller holds the lock of changes while it makes or removes one."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list_points(self) -> tuple[Point, ...]:
        """Every point whose manifest can be read, the newest first."""
        if not self.root.is_dir():
            return ()
        found = [self._read(folder) for folder in self.root.iterdir() if not folder.name.startswith(".")]
        return tuple(sorted((p for p in found if p), key=lambda point: (point.made_at, point.id), reverse=True))

    def unreadable(self) -> tuple[str, ...]:
        """Folders that are not points: their manifest is missing or damaged."""
        if not self.root.is_dir():
            return ()
        names = (folder.name for folder in self.root.iterdir() if not folder.name.startswith("."))
        return tuple(sorted(name for name in names if self._read(self.root / name) is None))

    def begin(self, name: str) -> UnfinishedPoint:
        """A new point; what earlier attempts left is removed."""
        with _disk(self.root):
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
            for left in self.root.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
            folder = self.root / f"{_UNFINISHED}{name}"
            folder.mkdir(mode=0o700)
        return UnfinishedPoint(folder, self.root / name)

    def path_of(self, point: Point, name: str) -> Path:
        """Where a file of the point lies."""
        return self.root / point.id / name

    def read(self, point: Point, name: str) -> bytes:
        """The content of a file of the point. Raises StoreError."""
        with _disk(self.path_of(point, name)):
            return self.path_of(point, name).read_bytes()

    def examine(self, point: Point, part: Part) -> list[str]:
        """What is wrong with the files of one part, by their sizes and digests."""
        found = []
        for file in point.of(part):
            path = self.path_of(point, file.name)
            try:
                size, sha256 = _digest(path)
            except OSError as error:
                found.append(f"{file.name}: {error.strerror}")
                continue
            if (size, sha256) != (file.size, file.sha256):
                found.append(f"{file.name}: its content has changed since the point was made")
        return found

    def note_verified(self, point: Point, at: datetime) -> None:
        """The point was restored aside and equalled what it was made of."""
        with _disk(self.root / point.id):
            write_private(self.root / point.id / _VERIFIED, timestamp(at))

    def note_damaged(self, point: Point) -> None:
        """The point no longer counts as a good one."""
        with contextlib.suppress(OSError):
            (self.root / point.id / _VERIFIED).unlink(missing_ok=True)

    def remove(self, point: Point) -> None:
        """Take a point away: first from the list, then from the disk. Raises StoreError."""
        with _disk(self.root / point.id):
            doomed = self.root / f"{_UNFINISHED}{point.id}"
            (self.root / point.id).rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)

    def scratch(self) -> Path:
        """An empty private folder to restore a point into. Raises StoreError."""
        folder = self.root / f"{_UNFINISHED}aside"
        with _disk(folder):
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        return folder

    @staticmethod
    def discard(folder: Path) -> None:
        """Remove what `scratch` made."""
        shutil.rmtree(folder, ignore_errors=True)

    def _read(self, folder: Path) -> Point | None:
        try:
            raw = json.loads(read_regular_file(folder / _MANIFEST, _LARGEST_MANIFEST))
            point = _parse(raw, self._verified_at(folder))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return point if point.id == folder.name else None

    @staticmethod
    def _verified_at(folder: Path) -> datetime | None:
        try:
            return datetime.fromisoformat((folder / _VERIFIED).read_text())
        except (OSError, ValueError):
            return None


class UnfinishedPoint:
    """A point that is being made."""

    def __init__(self, folder: Path, final: Path) -> None:
        self.folder = folder
        self._final = final
        self._files: list[StoredFile] = []

    def add(self, part: Part, name: str, content: bytes) -> None:
        """A file with this content. Raises StoreError."""
        path = self._place(name)
        from hashlib import sha256

        with _disk(path):
            write_private(path, content)
        self._files.append(StoredFile(name, part, len(content), sha256(content).hexdigest()))

    def add_link(self, part: Part, file: StoredFile, source: Path, name: str) -> bool:
        """The same content as a file of another point, which costs no room; False when that cannot be had."""
        path = self._place(name)
        try:
            if _digest(source) != (file.size, file.sha256):
                return False
            os.link(source, path)
        except OSError:
            return False
        self._files.append(StoredFile(name, part, file.size, file.sha256))
        return True

    def add_made(self, part: Part, name: str) -> None:
        """A file that was written into `folder` already. Raises StoreError."""
        path = self.folder / name
        with _disk(path):
            path.chmod(0o600)
            self._files.append(StoredFile(name, part, *_digest(path)))

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """What was added so far."""
        return tuple(self._files)

    def finish(self, point: Point) -> None:
        """Write the manifest, and let the point appear. Raises StoreError."""
        with _disk(self.folder):
            write_private(self.folder / _MANIFEST, json.dumps(_shape(point), ensure_ascii=True, indent=1))
            self.folder.rename(self._final)
            descriptor = os.open(self._final.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def give_up(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, name: str) -> Path:
        path = self.folder / name
        with _disk(path):
            path.parent.mkdir(mode=0o700, exist_ok=True)
        return path


def _digest(path: Path) -> tuple[int, str]:
    from hashlib import file_digest  # here: a list of points needs none

    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _disk(path: Path) -> Any:
    """Turns an error of the disk into a StoreError with its remedy."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"rollback point, {path}: {error.strerror}",
            subject=str(path),
            remedy="check the disk: it may be full or read-only; nothing else was changed",
        ) from error


def _shape(point: Point) -> dict[str, Any]:
    return {
        "id": point.id,
        "made_at": timestamp(point.made_at),
        "label": point.label,
        "reason": point.reason,
        "version": point.version,
        "schema": point.schema,
        "config_path": point.config_path,
        "files": [[file.name, file.part.value, file.size, file.sha256] for file in point.files],
        "tables": dict(point.tables),
        "missing": list(point.missing),
    }


def _parse(raw: dict[str, Any], verified_at: datetime | None) -> Point:
    return Point(
        id=raw["id"],
        made_at=datetime.fromisoformat(raw["made_at"]),
        label=raw["label"],
        reason=raw["reason"],
        version=raw["version"],
        schema=int(raw["schema"]),
        config_path=raw["config_path"],
        files=tuple(StoredFile(name, Part(part), int(size), sha) for name, part, size, sha in raw["files"]),
        tables=dict(raw["tables"]),
        missing=tuple(raw["missing"]),
        verified_at=verified_at,
    )

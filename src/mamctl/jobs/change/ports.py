"""What the changes need of the outside: points on the disk, the configuration file, sidecars, torrent clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mamctl.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from mamctl.domain.change.points import Part, Point, StoredFile
    from mamctl.domain.library.export import FileState, PlannedWrite
    from mamctl.domain.permits import Categorise, Pause, Permit, Resume, Tag, Untag, WriteSidecar
    from mamctl.domain.problem import Problem
    from mamctl.domain.ratio.client import ClientSnapshot
    from mamctl.domain.ratio.torrent_journal import Scope


class NewPoint(Protocol):
    """A point that is being made; every call may raise StoreError."""

    folder: Path

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """What was added so far."""
        ...

    def add(self, part: Part, name: str, content: bytes) -> None:
        """A file with this content."""
        ...

    def add_link(self, part: Part, file: StoredFile, source: Path, name: str) -> bool:
        """The same content as a file of another point, without its room; False when it cannot be linked."""
        ...

    def add_made(self, part: Part, name: str) -> None:
        """A file that was written into `folder` already."""
        ...

    def finish(self, point: Point) -> None:
        """Let the point appear."""
        ...

    def give_up(self) -> None:
        """Leave nothing behind."""
        ...


class Points(Protocol):
    """The points on the disk; what reads or writes may raise StoreError."""

    def list_points(self) -> tuple[Point, ...]:
        """Every point, the newest first."""
        ...

    def begin(self, name: str) -> NewPoint:
        """A new point."""
        ...

    def path_of(self, point: Point, name: str) -> Path:
        """Where a file of the point lies."""
        ...

    def read(self, point: Point, name: str) -> bytes:
        """The content of a file of the point."""
        ...

    def examine(self, point: Point, part: Part) -> list[str]:
        """What is wrong with the files of one part."""
        ...

    def note_verified(self, point: Point, at: datetime) -> None:
        """The point was proved."""
        ...

    def note_damaged(self, point: Point) -> None:
        """The point no longer counts as a good one."""
        ...

    def remove(self, point: Point) -> None:
        """Take a point away."""
        ...

    def scratch(self) -> Path:
        """An empty private folder."""
        ...

    def discard(self, folder: Path) -> None:
        """Remove it again."""
        ...


class ConfigFile(Protocol):
    """The configuration file; every call may raise StoreError."""

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        ...

    def read(self) -> bytes | None:
        """Its bytes, None when there is none."""
        ...

    def replace(self, content: bytes | None) -> None:
        """Replace it wholly, or remove it."""
        ...


class Sidecars(Protocol):
    """Sidecars beside the books."""

    def read(self, path: str) -> bytes | None:
        """The content of a regular file, None when there is none. Raises OSError."""
        ...

    def plan(self, root: str, path: str, text: str, own: Collection[str]) -> PlannedWrite | Problem:
        """What would be done with `path`, or why nothing may be."""
        ...

    def write(self, planned: PlannedWrite, own: Collection[str], permit: Permit[WriteSidecar]) -> FileState | Problem:
        """Write what was planned, wholly or not at all."""
        ...

    def remove(self, path: str, own: Collection[str], permit: Permit[WriteSidecar]) -> Problem | None:
        """Remove a file that is mamctl's own; the reason when it could not be done."""
        ...


class StatefulClient(Protocol):
    """A torrent client as a point sees it; every call may raise MamctlError."""

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        ...

    def fetch_snapshot(self, saved: bytes | None) -> tuple[ClientSnapshot, bytes]:
        """The client as it is."""
        ...

    def fetch_categories(self) -> dict[str, str]:
        """Its categories, each with its folder."""
        ...

    def export_torrent(self, torrent: str) -> bytes:
        """The .torrent file of one torrent."""
        ...

    def create_category(self, name: str, folder: str, permit: Permit[Categorise]) -> None:
        """Make a category."""
        ...

    def set_category(self, permit: Permit[Categorise]) -> None:
        """Put torrents into a category, or into none."""
        ...

    def add_tag(self, permit: Permit[Tag]) -> None:
        """Put a tag on torrents."""
        ...

    def remove_tag(self, permit: Permit[Untag]) -> None:
        """Take a tag off torrents."""
        ...

    def pause(self, permit: Permit[Pause]) -> None:
        """Stop torrents."""
        ...

    def resume(self, permit: Permit[Resume]) -> None:
        """Start torrents, in their queue."""
        ...


@dataclass(frozen=True, slots=True)
class PointClient:
    """A client, and which of its torrents may be touched."""

    client: StatefulClient
    scope: Scope

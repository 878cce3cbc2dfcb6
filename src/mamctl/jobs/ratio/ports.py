"""What the jobs need of torrent clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mamctl.domain.permits import Pause, Permit, Resume, Tag, Untag
    from mamctl.domain.ratio.client import ClientSnapshot


class SessionMemory(Protocol):
    """What the clients leave for the next pass. It is a cache: losing it costs one full answer."""

    def recall(self, client: str) -> bytes | None:
        """What was kept last; None when there is nothing to be read."""
        ...

    def keep(self, client: str, saved: bytes, /) -> None:
        """Replace what was kept."""
        ...


class TorrentClient(Protocol):
    """One torrent client.

    Every call may raise SessionRefusedError, UnreachableError, ShapeChangedError or MamctlError. A change may then have
    taken effect or not; asking for it again does no harm. A hash that the client does not have is not an error. The
    callers bound the number of torrents in a permit.
    """

    @property
    def name(self) -> str:
        """The client's name in the configuration."""
        ...

    def fetch_snapshot(self, saved: bytes | None) -> tuple[ClientSnapshot, bytes]:
        """The client as it is, and what to hand in the next time to make that cheap.

        What is saved opens the client as its password does: it is kept in a private file, never in the database.
        A `saved` that cannot be used is as good as None.
        """
        ...

    def pause(self, permit: Permit[Pause]) -> None:
        """Stop torrents."""
        ...

    def resume(self, permit: Permit[Resume]) -> None:
        """Start torrents, in their queue; this takes a force-start away."""
        ...

    def force_resume(self, permit: Permit[Resume]) -> None:
        """Start torrents with a force-start, past the queue."""
        ...

    def add_tag(self, permit: Permit[Tag]) -> None:
        """Put a tag on torrents; it is made when the client does not know it."""
        ...

    def remove_tag(self, permit: Permit[Untag]) -> None:
        """Take a tag off torrents."""
        ...

    def close(self) -> None:
        """Let the connection go."""
        ...

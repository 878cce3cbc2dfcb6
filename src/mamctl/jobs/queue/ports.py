"""What the queue needs of the outside: the site's torrent files, the clients' downloads, their content, the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mamctl.domain.account.account import AccountSnapshot
    from mamctl.domain.account.pending import Wanted
    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.library.torrent_contents import ListedFile, TorrentListing
    from mamctl.domain.metadata.observation import Observation
    from mamctl.domain.permits import FileBook, HandOver, Permit, SpendWedge, UnfileBook
    from mamctl.domain.problem import Problem
    from mamctl.domain.queue.candidates import Edition
    from mamctl.domain.queue.filing import FiledFile, FilingPlan
    from mamctl.domain.queue.pieces import PieceHashes, PieceReport
    from mamctl.domain.queue.share_limits import ShareLimit
    from mamctl.domain.queue.torrent import TorrentFile, TorrentRefusal
    from mamctl.domain.queue.watching import AddRequest, ClientDownload, ClientFile
    from mamctl.domain.site.search import SearchPage, SearchQuery


class QueueSite(Protocol):
    """The site, by its documented endpoints; each call may raise what the calls of `Tracker` may."""

    def fetch_account(self) -> AccountSnapshot:
        """The account as it is now."""
        ...

    def search(self, query: SearchQuery) -> SearchPage:
        """One page of a search."""
        ...

    def fetch_torrent(self, torrent_id: int) -> TorrentFile | TorrentRefusal:
        """A torrent file, or why there is none."""
        ...

    def fetch_torrent_with_wedge(self, torrent_id: int, permit: Permit[SpendWedge]) -> TorrentFile | TorrentRefusal:
        """The same, spending a wedge. Raises PurchaseUnknownError when that may have taken effect unseen."""
        ...


class Downloads(Protocol):
    """The torrents of one client; each call may raise what the calls of `TorrentClient` may."""

    def find_downloads(self, hashes: Sequence[str]) -> dict[str, ClientDownload]:
        """Those of the torrents that the client has, by info-hash."""
        ...

    def youngest_seeds(self, most: int) -> Sequence[ClientDownload]:
        """The torrents with the least seeding time."""
        ...

    def list_files(self, info_hash: str) -> tuple[ClientFile, ...]:
        """A torrent's files."""
        ...

    def piece_hashes(self, info_hash: str) -> PieceHashes | None:
        """The hashes of a torrent's pieces; None where the client gives none."""
        ...

    def tracker_messages(self, info_hash: str) -> tuple[str, ...]:
        """What trackers that refuse its announces say."""
        ...

    def save_path(self, category: str) -> str:
        """Where a torrent of that category goes, as the client names it."""
        ...

    def share_limits(self) -> tuple[ShareLimit, ...]:
        """The client's share limits, its own and those of its categories, that end a torrent's seeding."""
        ...

    def add_torrent(self, content: bytes, request: AddRequest, permit: Permit[HandOver]) -> None:
        """Hand a torrent over. What became of it is seen by `find_downloads` alone."""
        ...


class Content(Protocol):
    """Downloaded files as this machine sees them. Paths are this machine's own."""

    def is_there(self, path: str) -> bool:
        """Whether the path exists."""
        ...

    def free_space(self, path: str) -> int | None:
        """Free bytes of the file system that the path is on, or will be; None when it cannot be seen from here."""
        ...

    def list_files(self, path: str) -> tuple[ListedFile, ...]:
        """Every file at or below a path."""
        ...

    def hash_pieces(self, path: str, listing: TorrentListing, pieces: PieceHashes) -> PieceReport:
        """Every piece of a download hashed as it lies there. Raises MamctlError when it cannot be read."""
        ...

    def decode(self, path: str) -> tuple[tuple[AudioFile, ...], tuple[Problem, ...]]:
        """The audio files at or below a path, decoded at both ends and judged, and what could not be read."""
        ...

    def books(self, path: str, now: datetime) -> Iterator[ContentBook]:
        """The books that a download holds; each with what its own files say."""
        ...


class ContentBook(Protocol):
    """One book of a download: its files (absolute paths), and the evidence in them."""

    @property
    def path(self) -> str:
        """Its folder, or its one file."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that belongs to it, audio and beside it."""
        ...

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What tags, sidecars and names say."""
        ...


class Library(Protocol):
    """Where finished books are filed."""

    def file_book(self, plan: FilingPlan, sidecar: str | None, permit: Permit[FileBook]) -> tuple[FiledFile, ...]:
        """Link or copy a book's files to their folder, as one step. Raises FilingError; then nothing of it is there."""
        ...

    def take_out(self, files: Sequence[FiledFile], permit: Permit[UnfileBook]) -> tuple[str, ...]:
        """Remove what was filed, as long as it is what was filed; the paths that were removed."""
        ...


class Describe(Protocol):
    """What the catalogues say of a wanted book."""

    def __call__(self, wanted: Wanted) -> tuple[Edition, tuple[Observation, ...]]:
        """The edition, as far as one is known for certain, and the record's statements. Never raises."""
        ...

"""What the jobs on the library need of the outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mamctl.domain.library.audio_facts import AudioFacts, DecodeRequest
    from mamctl.domain.library.book import BookReading
    from mamctl.domain.library.files import BookFiles, Listing
    from mamctl.domain.library.multi_book import FileSigns
    from mamctl.domain.problem import Problem


class LibraryFolders(Protocol):
    """The file tree."""

    def walk(self, root: str, start: str) -> Iterator[Listing | Problem]:
        """Folders of `start` and below, depth first; what cannot be read is a problem."""
        ...

    def is_there(self, path: str) -> bool:
        """Whether the path exists."""
        ...


class AudioDecoder(Protocol):
    """Opens and decodes audio files."""

    def measure_each(self, requests: Iterable[DecodeRequest]) -> Iterator[tuple[DecodeRequest, AudioFacts]]:
        """Answers in any order; `requests` is read only as far ahead as files are decoded at once."""
        ...


class BookReader(Protocol):
    """Reads tags, sidecars and names."""

    def read(self, book: BookFiles, seen_at: datetime) -> BookReading:
        """Everything the book's own files say."""
        ...

    def signs(self, path: str) -> FileSigns:
        """What one audio file says of the book it holds."""
        ...


class ScanProgress(Protocol):
    """Shows how far the scan is; nothing where the output is not a terminal."""

    def advance(self, files: int, size: int) -> None:
        """So many files, of so many bytes together, are done."""
        ...

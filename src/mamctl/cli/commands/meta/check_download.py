"""What `mamctl meta check --torrent` adds: whether a download is what its torrent lists and plays its length."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.library_files import DiskLibrary, LocalBookReader, list_files, read_torrent
from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_integrity import clock
from mamctl.domain.library.book import AudioFile
from mamctl.domain.library.torrent_contents import (
    FileComparison,
    ListedFile,
    TorrentListing,
    compare_files,
    judge_files,
)
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.jobs.library.check_download import DownloadParts, measure_books
from mamctl.output.screen import Screen


@dataclass(frozen=True, slots=True)
class PlayedData:
    """How long a book plays, and should play by the source that says so; in seconds."""

    path: str
    duration: float | None
    expected_duration: float | None
    said_by: str | None


@dataclass(frozen=True, slots=True)
class DownloadData:
    """The torrent's list against what is there, and each book's length in seconds against what it should be."""

    name: str
    path: str
    files: int
    size: int
    compared: FileComparison
    books: tuple[PlayedData, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """A torrent, and where its files lie: a folder, or the one file."""

    torrent: TorrentListing
    content: str

    @classmethod
    def find(cls, file: Path, paths: Sequence[Path]) -> Download:
        """The download of the torrent `file` at the one path given, or in the folder given. Raises UsageError."""
        if len(paths) != 1:
            raise UsageError(
                "name the one folder or file of the download", remedy="mamctl meta check --torrent FILE PATH"
            )
        try:
            torrent = read_torrent(file)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise UsageError(f"{file}: {why}", subject=str(file)) from error
        there = os.path.realpath(paths[0])
        inside = os.path.join(there, torrent.name)  # noqa: PTH118
        is_inside = os.path.isdir(there) and (torrent.single or os.path.isdir(inside))  # noqa: PTH112
        return cls(torrent, inside if is_inside else there)

    @property
    def starts(self) -> tuple[str, ...]:
        """What there is to decode."""
        return (self.content,) if os.path.exists(self.content) else ()  # noqa: PTH110

    def compare(self) -> FileComparison:
        """The torrent's list against the disk."""
        if os.path.isfile(self.content):  # noqa: PTH113
            name, size = os.path.basename(self.content), os.stat(self.content).st_size  # noqa: PTH116, PTH119
            return compare_files(self.torrent.files, [ListedFile(name, size)])
        return compare_files(self.torrent.files, (ListedFile(path, size) for path, size in list_files(self.content)))


def judge_download(
    runtime: Runtime, download: Download, judged: Sequence[AudioFile]
) -> tuple[DownloadData, tuple[Problem, ...]]:
    """The download's facts and problems, once its audio is judged."""
    torrent, compared = download.torrent, download.compare()
    parts = DownloadParts(DiskLibrary(), LocalBookReader(), runtime.store)
    root = os.path.dirname(download.content)  # noqa: PTH120
    books = [book for start in download.starts for book in measure_books(parts, root, start, judged, runtime.now())]
    lengths = tuple(PlayedData(book.path, book.duration, book.expected, book.said_by) for book in books)
    problems = (*judge_files(torrent, compared, download.content), *(p for book in books for p in book.problems))
    return DownloadData(torrent.name, download.content, len(torrent.files), torrent.size, compared, lengths), problems


def render_download(screen: Screen, data: DownloadData) -> None:
    """How much of the torrent is there, and how long its books play."""
    wrong = len(data.compared.missing) + len(data.compared.wrong_size)
    screen.pairs(
        [
            ("torrent", data.name),
            ("files as listed", f"{data.files - wrong} of {data.files}"),
            *([("under other names", len(data.compared.renamed))] if data.compared.renamed else []),
            *([("not in the torrent", len(data.compared.foreign))] if data.compared.foreign else []),
        ]
    )
    for book in data.books:
        known = f"{clock(book.expected_duration or 0)} by {book.said_by}" if book.said_by else "no length known"
        screen.pairs([("plays", f"{clock(book.duration or 0)} (expected: {known})  {book.path}")])

"""Checks a finished download against its torrent, and against what is known of how long it plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.audio_integrity import expected_length, judge_length
from mamctl.domain.library.book import total_duration
from mamctl.domain.library.files import Listing
from mamctl.jobs.library.find_books import part_download
from mamctl.store.library.agreed import load_observations
from mamctl.store.library.audio_files import books_with

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mamctl.domain.library.book import AudioFile
    from mamctl.domain.library.files import BookFiles
    from mamctl.domain.metadata.observation import Observation
    from mamctl.domain.problem import Problem
    from mamctl.jobs.library.ports import BookReader, LibraryFolders


@dataclass(frozen=True, slots=True)
class BookLength:
    """How long a book of the download plays and should play, in seconds, and by which source; None: unknown."""

    path: str
    duration: float | None
    expected: float | None
    said_by: str | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class DownloadParts:
    """The outside, as the check of a download needs it."""

    folders: LibraryFolders
    reader: BookReader
    db: sqlite3.Connection


def measure_books(
    parts: DownloadParts, root: str, start: str, judged: Sequence[AudioFile], now: datetime
) -> Iterator[BookLength]:
    """Each book of the download at `start` (a folder or file in `root`), whose files were `judged`."""
    listings = (found for found in parts.folders.walk(root, start) if isinstance(found, Listing))
    files = {file.found.path: file for file in judged}
    for book in part_download(parts.reader, listings):
        played = total_duration(tuple(files[audio.path] for audio in book.audio if audio.path in files))
        observations = _length_observations(parts, book, now)
        word = expected_length(observations)
        yield BookLength(
            book.path,
            played,
            float(word.value) if word and isinstance(word.value, (int, float)) else None,
            word.source.value if word else None,
            judge_length(book.path, played, observations),
        )


def _length_observations(parts: DownloadParts, book: BookFiles, now: datetime) -> tuple[Observation, ...]:
    """What the files beside the audio say, and what the store knows of the same recording in the library."""
    known = (one for book_id in books_with(parts.db, book.audio[0]) for one in load_observations(parts.db, book_id))
    return (*parts.reader.read(book, now).observations, *known)

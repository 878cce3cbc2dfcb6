"""Builds what the commands on the library need: folders, decoders, progress."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.adapters.audio.pool import DecodePool
from mamctl.adapters.library.walk import DiskLibrary, find_book_folder, is_audio, library_of, walk_library
from mamctl.domain.problem import Problem
from mamctl.errors import UsageError
from mamctl.output.progress import BarProgress, SilentProgress, file_progress

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from mamctl.adapters.library.reader import LocalBookReader
    from mamctl.cli.runtime import Runtime
    from mamctl.domain.library.book import BookReading
    from mamctl.domain.library.files import BookFiles
    from mamctl.domain.library.multi_book import FileSigns

__all__ = ["DiskLibrary", "find_book_folder", "library_of"]


def library_paths(runtime: Runtime, paths: Sequence[Path]) -> tuple[str, ...]:
    """The paths given, else the library's folders, each as it really lies. Raises UsageError."""
    wanted = [os.path.realpath(path) for path in paths or runtime.config.library.folders]
    if not wanted:
        raise UsageError("there is no library to look at", remedy="name a folder, or set library.folders")
    for path in wanted:
        if not os.path.exists(path):  # noqa: PTH110  a name may hold bytes that are not UTF-8
            raise UsageError(f"{path}: no such file or folder", subject=path, remedy="is the disk mounted?")
        if not os.path.isdir(path) and not (os.path.isfile(path) and is_audio(path)):  # noqa: PTH112, PTH113
            raise UsageError(f"{path}: no audio file", subject=path, remedy="name a folder or an audio file")
    return tuple(wanted)


def open_decoder(runtime: Runtime) -> DecodePool:
    """The decoders; use it as a context manager."""
    return DecodePool(runtime.config.audio.parallel, ffmpeg=runtime.config.audio.ffmpeg_path)


class LateReader:
    """The reader of books, loaded with all it knows of names and tags when the first book is read."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def read(self, book: BookFiles, seen_at: datetime) -> BookReading:
        """Everything the book's own files say."""
        return self._reader.read(book, seen_at)

    def signs(self, path: str) -> FileSigns:
        """What one audio file says of the book it holds."""
        return self._reader.signs(path)

    @cached_property
    def _reader(self) -> LocalBookReader:
        from mamctl.adapters.library.reader import LocalBookReader
        from mamctl.store.library.exports import own_export

        return LocalBookReader(lambda path: own_export(self._db, path))


@contextmanager
def open_progress(runtime: Runtime, paths: Sequence[str]) -> Iterator[BarProgress | SilentProgress]:
    """A bar on a terminal, unless `--quiet`."""
    with file_progress(lambda: count_audio(paths), wanted=not runtime.options.quiet) as progress:
        yield progress


def count_audio(paths: Sequence[str]) -> tuple[int, int]:
    """How many audio files there are, and their bytes together."""
    files = size = 0
    for path in paths:
        for listing in walk_library(path):
            if not isinstance(listing, Problem):
                files += len(listing.audio)
                size += sum(file.size for file in listing.audio)
    return files, size

"""The readers and writers of a library's files, for the commands that work on files directly."""

from __future__ import annotations

from mamctl.adapters.library.export_files import DiskSidecars
from mamctl.adapters.library.reader import LocalBookReader
from mamctl.adapters.library.sidecars import LARGEST_SIDECAR, observe_nfo
from mamctl.adapters.library.text_encoding import decode_nfo, is_text
from mamctl.adapters.library.torrent_file import read_torrent
from mamctl.adapters.library.walk import DiskLibrary, find_book_folder, library_of, list_files

__all__ = [
    "LARGEST_SIDECAR",
    "DiskLibrary",
    "DiskSidecars",
    "LocalBookReader",
    "decode_nfo",
    "find_book_folder",
    "is_text",
    "library_of",
    "list_files",
    "observe_nfo",
    "read_torrent",
]

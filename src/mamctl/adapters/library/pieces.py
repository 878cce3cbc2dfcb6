"""Hashes the pieces of a download as its files lie on the disk; they are only read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mamctl.domain.queue.pieces import BrokenFile, PieceReport, files_of_pieces

if TYPE_CHECKING:
    from mamctl.domain.library.torrent_contents import TorrentListing
    from mamctl.domain.queue.pieces import PieceHashes

_BLOCK = 1024 * 1024
_ZEROS = bytes(_BLOCK)


def hash_pieces(place: str, listing: TorrentListing, pieces: PieceHashes) -> PieceReport:
    """Hash every piece of the files at `place`, the download's folder or its one file.

    What a file lacks counts as zeros, and what it has too much is left out. Raises OSError when a file that is there
    cannot be read.
    """
    missing: set[str] = set()
    bad = []
    hashes = iter(pieces.hashes)
    digest, room = hashlib.sha1(usedforsecurity=False), pieces.size
    count = 0
    for block in _stream(place, listing, missing):
        rest = block
        while rest:
            part, rest = rest[:room], rest[room:]
            digest.update(part)
            room -= len(part)
            if not room:
                if digest.hexdigest() != next(hashes).lower():
                    bad.append(count)
                count += 1
                digest, room = hashlib.sha1(usedforsecurity=False), pieces.size
    if room != pieces.size:
        if digest.hexdigest() != next(hashes).lower():
            bad.append(count)
        count += 1
    broken = (
        BrokenFile(path, number, path not in missing) for path, number in files_of_pieces(listing, pieces.size, bad)
    )
    return PieceReport(count, len(bad), tuple(broken))


def _stream(place: str, listing: TorrentListing, missing: set[str]) -> Iterator[bytes]:
    """The bytes of all files in a row, each as long as the torrent lists it."""
    for file in listing.files:
        path = place if listing.single else os.path.join(place, file.path)  # noqa: PTH118 - names may not be UTF-8
        left = file.size
        try:
            with open(path, "rb") as content:  # noqa: PTH123
                while left and (block := content.read(min(left, _BLOCK))):
                    left -= len(block)
                    yield block
        except (FileNotFoundError, NotADirectoryError):
            missing.add(file.path)
        while left:
            padding = _ZEROS[: min(left, _BLOCK)]
            left -= len(padding)
            yield padding

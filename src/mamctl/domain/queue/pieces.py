"""The pieces of a torrent: which files each lies in, and what a look at their hashes found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mamctl.dataclass import dataclass
from mamctl.domain.library.torrent_contents import TorrentListing


@dataclass(frozen=True, slots=True)
class PieceHashes:
    """What a torrent says of its pieces: `size` bytes each, the SHA-1 of each in hexadecimal digits."""

    size: int
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that holds part of pieces whose hash is another one; `there` is false when it is not there at all."""

    path: str
    bad_pieces: int
    there: bool = True


@dataclass(frozen=True, slots=True)
class PieceReport:
    """How many pieces were hashed, how many are not as the torrent says, and the files they lie in."""

    pieces: int
    bad: int
    broken: tuple[BrokenFile, ...] = ()


def fits(listing: TorrentListing, pieces: PieceHashes) -> bool:
    """Whether the hashes are those of these files; those of padded and of version 2 torrents are not."""
    return pieces.size > 0 and -(-listing.size // pieces.size) == len(pieces.hashes)


def files_of_pieces(listing: TorrentListing, size: int, numbers: Iterable[int]) -> Iterator[tuple[str, int]]:
    """The files that some pieces lie in, each with how many of the pieces it holds a part of."""
    wanted = sorted(numbers)
    begin = 0
    for file in listing.files:
        end = begin + file.size
        count = sum(number * size < end and (number + 1) * size > begin for number in wanted)
        if file.size and count:
            yield file.path, count
        begin = end

"""What the tags of a large file are made of, seen before mutagen makes objects of them.

Mutagen reads what the file says, however long: it takes four times the bytes of a picture, and of values that hold
nothing fifty times their bytes. So files of more than a MiB are read with bounds, and MP4's pictures not at all.
"""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

from mamctl.domain.text.quantities import show_size
from mamctl.regex import regex

if TYPE_CHECKING:
    from typing import BinaryIO

SMALL = 1024**2  # bytes; the tags of a file that has no more cannot take much
LARGEST_TAGS = 16 * 1024**2  # bytes, pictures included
MOST_PARTS = 10_000  # frames of ID3, comments or items of others; a book with a thousand chapters has some 2,000
MOST_READS = 200_000  # an MP4 of 20 hours in pieces of two seconds has as many atoms
_LARGEST_VALUE = 1024**2  # bytes of an MP4's value; a longer one is a picture, or no field of a book
_A_PAGE = 2**16  # bytes; what is read in smaller pieces is not kept
# The head of an ID3 frame of less than 64 KiB. In a picture of 16 MiB it turns up by chance some 170 times.
_FRAME = regex(rb"[A-Z][A-Z0-9]{2}[A-Z0-9]?\0")
_COMMENTS = (b"OpusTags", b"\x03vorbis")
_APE = b"APETAGEX"
_APE_FOOTER = 32
_ID3V1 = 128


class LargeTagsError(ValueError):
    """The tags take more than is read, be it in truth or by a length that is wrong."""


def _too_large() -> LargeTagsError:
    return LargeTagsError(f"they take more than {show_size(LARGEST_TAGS)}")


def _too_many(what: str, most: int) -> LargeTagsError:
    return LargeTagsError(f"they have more than {most:,} {what}")


class BoundedFile(io.BufferedReader):
    """A file that may have more of tags than fits into memory: of an atom or a frame mutagen reads what it says."""

    left = LARGEST_TAGS
    reads = MOST_READS

    def forget(self) -> None:
        """Do not count what was read so far: the file is read from its beginning again."""
        self.left, self.reads = LARGEST_TAGS, max(self.reads, MOST_READS)

    def read(self, size: int | None = -1, /) -> bytes:
        """As the file has it. Raises LargeTagsError."""
        self.reads -= 1
        if self.reads < 0:
            raise _too_many("parts", MOST_READS)
        if size is None or size <= _A_PAGE:
            return super().read(size)
        self.left -= size
        if self.left < 0:
            raise _too_large()
        found = super().read(size)
        # Counting zeros takes next to nothing beside looking for frames, and most pictures have few.
        if found.count(0) > MOST_PARTS and sum(1 for _ in _FRAME.finditer(found)) > MOST_PARTS:
            raise _too_many("parts", MOST_PARTS)
        return found


def open_bounded(path: str) -> BoundedFile:
    """The file, whose tags were looked at as far as mutagen's reading does not show their size. Raises LargeTagsError,
    OSError."""
    file = BoundedFile(io.FileIO(path))
    try:
        head = file.read(4)
        if head == b"OggS":
            _check_ogg(file)
            file.reads = 2**63  # of one that breaks off mutagen looks for the end page by page
        if head != b"fLaC":  # mutagen looks for none behind one
            _check_ape(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _check_ogg(file: BinaryIO) -> None:
    """The first packet of comments: its bytes, over all its pages, and how many comments it says it has."""
    file.seek(0)
    size, inside = 0, False
    while len(head := file.read(27)) == 27 and head.startswith(b"OggS"):
        lacing = file.read(head[26])
        body = file.read(sum(lacing))
        if not inside and (mark := next((mark for mark in _COMMENTS if body.startswith(mark)), None)):
            inside = True
            vendor = int.from_bytes(body[len(mark) : len(mark) + 4], "little")
            count = body[len(mark) + 4 + vendor :][:4]
            if len(count) == 4 and int.from_bytes(count, "little") > MOST_PARTS:
                raise _too_many("comments", MOST_PARTS)
            if len(count) < 4:  # no program has a name of pages
                raise _too_large()
        elif not inside and size > LARGEST_TAGS:
            return
        size += len(body)
        if inside and size > LARGEST_TAGS:
            raise _too_large()
        if inside and any(part < 255 for part in lacing):
            return


def _check_ape(file: BinaryIO) -> None:
    """The footer of a tag at the end of the file, before an ID3v1 tag if it has one: how many items it says it has."""
    for end in (_APE_FOOTER, _APE_FOOTER + _ID3V1):
        file.seek(-end, io.SEEK_END)
        footer = file.read(_APE_FOOTER)
        if footer.startswith(_APE) and int.from_bytes(footer[16:20], "little") > MOST_PARTS:
            raise _too_many("items", MOST_PARTS)


@cache
def mp4_without_pictures() -> Any:
    """Mutagen's MP4, which does not read values of more than a MiB; `has_picture` of its tags is true where one of
    them is a picture."""
    from mutagen.mp4 import MP4, MP4Tags

    class SmallTags(MP4Tags):
        has_picture = False

        def load(self, atoms: Any, fileobj: Any) -> None:
            values = atoms.path(b"moov", b"udta", b"meta", b"ilst")[-1]
            large = [value for value in values.children if value.datalength > _LARGEST_VALUE]
            values.children = [value for value in values.children if value.datalength <= _LARGEST_VALUE]
            self.has_picture = any(value.name == b"covr" for value in large)
            super().load(atoms, fileobj)  # type: ignore[no-untyped-call]

    class SmallMP4(MP4):
        MP4Tags = SmallTags

    return SmallMP4

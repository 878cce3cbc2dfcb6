"""The files of a library as they lie there: one file, one folder's content, the files of one book."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import field
from typing import NamedTuple

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem

# Audiobookshelf's list, without video.
AUDIO_SUFFIXES = frozenset({
    ".m4b", ".mp3", ".m4a", ".flac", ".opus", ".ogg", ".oga", ".mp4", ".aac", ".wma", ".wav", ".aif", ".aiff",
    ".webma", ".mka", ".awb", ".caf",
})  # fmt: skip


SIDECAR_SUFFIXES = frozenset({
    ".nfo", ".json", ".opf", ".txt", ".yml", ".yaml", ".xml", ".cue", ".diz", ".md", ".htm", ".html", ".abs",
    ".jpg", ".jpeg", ".png", ".webp",
})  # fmt: skip

# What download programs put behind a name, or keep beside the file, until it is whole: qBittorrent, uTorrent,
# BitComet, Chrome, Firefox and wget, aria2, Opera, Safari, FileZilla, Free Download Manager and Resilio.
UNFINISHED_SUFFIXES = frozenset({
    ".!qb", ".!ut", ".bc!", ".crdownload", ".part", ".partial", ".aria2", ".opdownload", ".download", ".filepart",
    ".fdmdownload", ".!sync", ".incomplete", ".unfinished",
})  # fmt: skip
SHOWN_UNFINISHED = 4


def unfinished_name(name: str) -> str | None:
    """The name that the audio file will have for which `name` stands while it is downloaded; None for any other."""
    stem, suffix = os.path.splitext(name)  # noqa: PTH122  a hundred thousand times
    if suffix.lower() not in UNFINISHED_SUFFIXES:
        return None
    return stem if os.path.splitext(stem)[1].lower() in AUDIO_SUFFIXES else None  # noqa: PTH122


def unfinished_download(folder: str, names: Sequence[str]) -> Problem:
    """The problem of a folder where files (`names`) are still being downloaded, or were given up."""
    rest = f" and {len(names) - SHOWN_UNFINISHED} more" if len(names) > SHOWN_UNFINISHED else ""
    return Problem(
        "unfinished_download",
        f"{folder}: not downloaded completely, and not read: {', '.join(names[:SHOWN_UNFINISHED])}{rest}",
        folder,
        "let the download finish, then run mamctl meta scan; remove what was given up",
    )


# Words in the names of pictures that show something else than the cover, or only a piece of it.
_NO_COVER = ("author", "narrator", "small", "thumb", "back", "disc", "label", "logo", "banner", "fanart", "booklet")
SHOWS_SOMETHING_ELSE = 4


def cover_rank(path: str, stems: Collection[str]) -> int:
    """How likely the picture at `path` is the cover, 0 the likeliest; `stems` are the names of the book and its audio.

    Named "cover" or "folder", like the book, with "cover" or "front" in its name, any other, what shows something else.
    """
    stem = os.path.splitext(os.path.basename(path))[0].casefold()  # noqa: PTH119, PTH122
    if stem in {"cover", "folder"}:
        return 0
    if stem in {name.casefold() for name in stems}:
        return 1
    if any(word in stem for word in _NO_COVER):
        return SHOWS_SOMETHING_ELSE
    return 2 if "cover" in stem or "front" in stem else 3


class FoundFile(NamedTuple):
    """A file as it lies there; `path` is whole, size in bytes. Several links mean that it is shared, e.g. seeded.

    `ctime_ns` is when anything about it changed last, which no program can set; 0 where it was not asked for.
    """

    path: str
    size: int
    mtime_ns: int
    device: int
    inode: int
    links: int
    ctime_ns: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder's content, its files unsorted; `folders` are the names of its subfolders, sorted naturally.

    `root` is the library's own folder.
    """

    root: str
    path: str
    audio: tuple[FoundFile, ...]
    sidecars: tuple[FoundFile, ...]
    folders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookFiles:
    """The files of one book. `path` is its folder, or the file itself when it lies loose at the root.

    Files of one folder are unsorted until `grouping.in_play_order` has sorted them.

    `nested` are folders below it that hold audio and are not discs: perhaps other books. `neighbours` are
    the names in each folder above the book, the library's own first: they help to read its name.
    """

    root: str
    path: str
    audio: tuple[FoundFile, ...]
    sidecars: tuple[FoundFile, ...]
    nested: tuple[str, ...] = ()
    neighbours: tuple[frozenset[str], ...] = field(default=(), compare=False, repr=False)
    read_as: str | None = None
    """The path to read its name from, where it is another: "A/X" for the folders "A/X (Disc 1)" and "A/X (Disc 2)"."""
    apart: tuple[BookFiles, ...] = field(default=(), compare=False, repr=False)
    """Its folders "01", "02" … as books by themselves: only their tags tell whether they are its discs."""

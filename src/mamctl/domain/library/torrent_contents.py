"""Whether the files of a download are those that its torrent lists, in number and size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from mamctl.dataclass import dataclass
from mamctl.domain.problem import Problem

SHOWN_FILES = 5
# qBittorrent begins to download the moment a running torrent with missing files is rechecked.
_RECHECK = "stop the torrent in the client, then recheck it"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file by its path below the download's folder, and its bytes."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class TorrentListing:
    """What a torrent holds; `single` when it is one file without a folder, called `name`."""

    name: str
    files: tuple[ListedFile, ...]
    single: bool = False

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class WrongSize:
    """A file that is there with other bytes than the torrent says."""

    path: str
    size: int
    listed: int


@dataclass(frozen=True, slots=True)
class FileComparison:
    """How the files that are there compare with the torrent's list.

    `renamed` pairs a listed path with the path at which a file of the very size lies; `foreign` are not listed at all.
    """

    missing: tuple[str, ...] = ()
    wrong_size: tuple[WrongSize, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    foreign: tuple[str, ...] = ()


def compare_files(listed: Iterable[ListedFile], found: Iterable[ListedFile]) -> FileComparison:
    """Files are the same by name; one that is not there may lie under another name that the torrent does not know."""
    listed, there = tuple(listed), {file.path: file.size for file in found}
    known = {file.path for file in listed}
    lost = [file for file in listed if file.path not in there]
    renamed = _find_renamed(lost, {path: size for path, size in there.items() if path not in known})
    wrong = [
        WrongSize(file.path, size, file.size)
        for file in listed
        if (size := there.get(file.path, file.size)) != file.size
    ]
    return FileComparison(
        tuple(file.path for file in lost if file.path not in renamed),
        tuple(wrong),
        tuple(renamed.items()),
        tuple(sorted(there.keys() - known - set(renamed.values()))),
    )


def _find_renamed(lost: Iterable[ListedFile], spare: dict[str, int]) -> dict[str, str]:
    """For lost files the path of one with the very size: of the same folder first, then of any."""
    renamed: dict[str, str] = {}
    for same_folder in (True, False):
        homes: dict[tuple[str, int], list[str]] = defaultdict(list)
        for path in sorted(spare.keys() - set(renamed.values()), reverse=True):
            homes[path.rpartition("/")[0] if same_folder else "", spare[path]].append(path)
        for file in lost:
            home = file.path.rpartition("/")[0] if same_folder else ""
            if file.path not in renamed and (alike := homes[home, file.size]):
                renamed[file.path] = alike.pop()
    return renamed


def judge_files(torrent: TorrentListing, compared: FileComparison, place: str) -> Iterator[Problem]:
    """The problems of a download at `place` that is not what its torrent lists."""
    if missing := compared.missing:
        shown = ", ".join(missing[:SHOWN_FILES]) + (", …" if len(missing) > SHOWN_FILES else "")
        yield Problem(
            "files_missing",
            f"{place}: {len(missing)} of {len(torrent.files)} listed files missing: {shown}",
            place,
            _RECHECK,
        )
    for file in compared.wrong_size:
        path = place if torrent.single else f"{place}/{file.path}"
        message = f"{path}: {file.size} bytes where the torrent lists {file.listed}"
        yield Problem(
            "size_differs",
            message,
            path,
            _RECHECK,
        )

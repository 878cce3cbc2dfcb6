"""Walks an audiobook library: a stream of listings, depth first. Nothing is opened, no link is followed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.domain.library.files import (
    AUDIO_SUFFIXES,
    SIDECAR_SUFFIXES,
    FoundFile,
    Listing,
    unfinished_download,
    unfinished_name,
)
from mamctl.domain.library.grouping import holds_discs, is_one_book
from mamctl.domain.library.parts import natural_key
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

# Folders of NAS boxes, trash and file systems, and AppleDouble files: never part of a book.
_FOREIGN_FOLDERS = frozenset({"@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", "System Volume Information"})
_KINDS = {**dict.fromkeys(SIDECAR_SUFFIXES, "sidecar"), **dict.fromkeys(AUDIO_SUFFIXES, "audio")}
_IGNORE_MARK = ".ignore"  # Audiobookshelf passes over a folder that holds this file


def walk_library(root: str, start: str | None = None) -> Iterator[Listing | Problem]:
    """Listings of `start` (default: `root`) and all below it, each folder before its subfolders; names sort naturally.

    Symbolic links are not followed: a target inside the library is found anyway, one outside is a problem. Folders that
    cannot be read are problems. Names that are not Unicode keep their bytes (PEP 383).
    """
    root = os.path.realpath(root)
    pending = [os.path.realpath(start) if start else root]
    while pending:
        path = pending.pop()
        try:
            listing, problems = _list(root, path)
        except OSError as error:
            yield Problem(
                "unreadable_folder",
                f"{path}: {error.strerror}",
                path,
                "let the user that runs mamctl read the folder",
            )
            continue
        yield from problems
        if listing is not None:
            yield listing
            pending += [os.path.join(path, name) for name in reversed(listing.folders)]  # noqa: PTH118


def _list(root: str, path: str) -> tuple[Listing | None, list[Problem]]:
    """The listing of one folder; None of one that asks to be passed over. Each entry is looked at once."""
    found: dict[str, list[FoundFile]] = {"audio": [], "sidecar": []}
    others: list[os.DirEntry[str]] = []
    prefix = path if path.endswith("/") else path + "/"
    # By the open folder the kernel finds each file at once, instead of by its whole path.
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        with os.scandir(folder) as entries:
            for entry in entries:  # the few names for each of a hundred thousand files stand here for speed
                name = entry.name
                kind = _KINDS.get(name[name.rfind(".") :]) or _kind(name)
                if kind and name[0] != "." and entry.is_file(follow_symlinks=False):
                    try:
                        stat = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:  # it went between being listed and being looked at
                        continue
                    found[kind].append(
                        FoundFile(
                            prefix + name,
                            stat.st_size,
                            stat.st_mtime_ns,
                            stat.st_dev,
                            stat.st_ino,
                            stat.st_nlink,
                            stat.st_ctime_ns,
                        )
                    )
                elif name == _IGNORE_MARK:
                    return None, []
                elif name[0] != ".":
                    others.append(entry)
            folders, unfinished, problems = _sort_out(root, prefix, others)
    finally:
        os.close(folder)
    audio = found["audio"]
    if unfinished:  # some programs keep a file of the final name beside it: allocated in full, or empty
        audio = [file for file in audio if file.path not in unfinished.values()]
        problems.append(unfinished_download(path, sorted(unfinished)))
    return Listing(root, path, tuple(audio), tuple(found["sidecar"]), folders), problems


def _sort_out(
    root: str, prefix: str, entries: list[os.DirEntry[str]]
) -> tuple[tuple[str, ...], dict[str, str], list[Problem]]:
    """What is neither audio nor sidecar: folders, names of unfinished downloads with what they will be, bad links."""
    folders: list[str] = []
    unfinished: dict[str, str] = {}
    problems: list[Problem] = []
    for entry in entries:
        name = entry.name
        if entry.is_symlink():
            problems += _link_problems(root, prefix + name)
        elif entry.is_dir(follow_symlinks=False):
            if name not in _FOREIGN_FOLDERS:
                folders.append(name)
        elif not _kind(name) and (final := unfinished_name(name)) is not None:
            unfinished[name] = prefix + final
    folders.sort(key=natural_key)
    return tuple(folders), unfinished, problems


def _kind(name: str) -> str | None:
    dot = name.rfind(".")
    return _KINDS.get(name[dot:].lower()) if dot > 0 else None


def _link_problems(root: str, path: str) -> list[Problem]:
    """What to say of a link: nothing when it points to something in the library, or to no audio."""
    target = os.path.realpath(path)
    inside = target == root or target.startswith(root.rstrip("/") + "/")
    wanted = os.path.isdir(target) or _kind(path) == "audio"  # noqa: PTH112
    if wanted and not os.path.exists(target):  # noqa: PTH110
        return [Problem("broken_link", f"{path} points to nothing", path, "remove the link")]
    if not wanted or inside:
        return []
    return [
        Problem(
            "link_outside",
            f"{path} points outside the library and is not followed",
            path,
            "list the folder it points to among library.folders, or name it on the command line",
        )
    ]


def _only(root: str, path: str) -> Iterator[Listing | Problem]:
    folder = os.path.dirname(path)  # noqa: PTH120
    listing, _ = _list(root if os.path.isdir(root) else folder, folder)  # noqa: PTH112
    if listing is not None:
        yield replace(listing, audio=tuple(file for file in listing.audio if file.path == path), folders=())


class DiskLibrary:
    """The file tree of this machine."""

    @staticmethod
    def walk(root: str, start: str) -> Iterator[Listing | Problem]:
        """Folders of `start` and below; when `start` is a file, its folder's listing with that file alone."""
        if os.path.isfile(start):  # noqa: PTH113
            return _only(root, start)
        return walk_library(root, start)

    @staticmethod
    def is_there(path: str) -> bool:
        """Whether the path exists, be it a broken link."""
        return os.path.lexists(path)


def list_files(path: str) -> Iterator[tuple[str, int]]:
    """Every file of a folder and below, as its path below it and its bytes; links to folders are not followed."""
    for folder, _, names in os.walk(path):
        for name in names:
            file = os.path.join(folder, name)  # noqa: PTH118
            if os.path.isfile(file):  # noqa: PTH113
                yield os.path.relpath(file, path), os.stat(file).st_size  # noqa: PTH116


def is_audio(path: str) -> bool:
    """Whether the name is one of an audio file."""
    return _kind(os.path.basename(path).lstrip(".")) == "audio"  # noqa: PTH119


def library_of(path: str) -> str:
    """The library that a path belongs to where none is named: its folder, or the one above when that is a book."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH112, PTH120
    listing, _ = _list(folder, folder)
    return os.path.dirname(folder) if listing is not None and is_one_book(listing) else folder  # noqa: PTH120


def find_book_folder(root: str, path: str) -> str:
    """Where to begin so that `path` (below `root`) is seen as part of its whole book; a loose file is one itself."""
    root, path = os.path.realpath(root), os.path.realpath(path)
    folder = path if os.path.isdir(path) else os.path.dirname(path)  # noqa: PTH112, PTH120
    at = root
    for name in PurePath(folder).relative_to(root).parts:
        at = os.path.join(at, name)  # noqa: PTH118
        listing, _ = _list(root, at)
        if listing is not None and (listing.audio or holds_discs(listing.folders)):
            return at
    return path

"""A path in its segments: the folders above a book, the book's own name, and what is peeled off behind it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.library.grouping import is_disc
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.names.pieces import tidy_name
from mamctl.domain.text.vocabulary import A_READING_FIRST, AUDIO_SUFFIX, READ_BY, is_abridged, is_form
from mamctl.regex import regex

if TYPE_CHECKING:
    pass


_READ_BY_FOLDER = regex(rf"(?:{READ_BY})(?P<names>\S.*)", re.IGNORECASE, needs=A_READING_FIRST)
_FOLDERS_READ = 4  # above the book; what is higher is where the library lies


_SLASH = regex(r"/(?! [^\[\]/]*\])")  # "[ENG / M4B]" of a release's name is not a folder


@dataclass(frozen=True, slots=True)
class PathParts:
    """The folders above the book's own name, the name, and what was peeled off behind it."""

    folders: tuple[str, ...]
    name: str
    readers: tuple[str, ...] = ()
    abridged: bool | None = None
    is_file: bool = False


def take_path_apart(path: str) -> PathParts:
    """Folders, name, and peeled endings; disc folders, forms and "Read by X" are not names of books."""
    folders = [part for raw in _SLASH.split(path) if (part := tidy_name(raw)) not in {"", "."}]
    is_file = bool(folders and AUDIO_SUFFIX.search(folders[-1]))
    name = ""
    if is_file:
        name = AUDIO_SUFFIX.sub("", folders.pop())
    readers: tuple[str, ...] = ()
    abridged: bool | None = None
    while len(folders) > 1 or (folders and is_file):
        last = folders[-1]
        if found := _READ_BY_FOLDER.fullmatch(last):
            if not split_people(found["names"], "narrator"):
                break
            readers = readers or split_people(found["names"], "narrator")
        elif is_disc(last) or _is_form_folder(last):
            abridged = is_abridged(last) if abridged is None else abridged
        else:
            break
        if len(folders) == 1:
            break
        folders.pop()
    if folders:
        name = folders.pop()
        is_file = False
    kept, inner = [], readers
    for folder in folders:
        found = _READ_BY_FOLDER.fullmatch(folder)
        if found and (people := split_people(found["names"], "narrator")):
            inner = inner or people
        else:
            kept.append(folder)
    return PathParts(tuple(kept[-_FOLDERS_READ:]), name, inner, abridged, is_file)


def _is_form_folder(name: str) -> bool:
    return is_form(name) or is_form(re.sub(r"[()\[\]]", " ", name))

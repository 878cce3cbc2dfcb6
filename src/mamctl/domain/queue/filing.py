"""Where a finished book goes in the library: a path from a template, and which file becomes which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from mamctl.dataclass import dataclass
from mamctl.domain.text.normalize import tidy
from mamctl.regex import regex

DEFAULT_TEMPLATE = "{author}/{series}/{position} - {title} {{narrator}}"
FIELDS = ("author", "series", "position", "title", "narrator", "year", "language")
_LONGEST_BYTES = 240  # a name may have 255 on the usual file systems; a suffix for staging must fit
_FORBIDDEN = regex(r'[<>:"|?*\\/\x00-\x1f\x7f]')
_RESERVED = regex(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_FIELD = regex(r"\{\{(?P<braced>\w+)\}\}|\{(?P<plain>\w+)\}")
_BARE = regex(r"^[\s\-–—_,;:]+|[\s\-–—_,;:]+$")
_EMPTY_BRACKETS = regex(r"\(\s*\)|\[\s*\]|\{\s*\}")
_SAME_SIGN = {":": " -", "/": "-", "\\": "-", "|": "-", "?": "", "*": "", '"': "'", "<": "(", ">": ")"}
EBOOKS = frozenset({".epub", ".pdf", ".mobi", ".azw3", ".azw", ".cbz", ".cbr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBook:
    """The agreed values that make the path. Author and title are needed; None elsewhere leaves its part out."""

    author: str
    title: str
    series: str | None = None
    position: str | None = None
    narrator: str | None = None
    year: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FileLink:
    """One file: where it lies (absolute), and its path below the book's folder in the library."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class FilingPlan:
    """A book's folder below `library.file_into`, and its files."""

    folder: str
    links: tuple[FileLink, ...]


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file in the library that mamctl made (absolute path), by its identity.

    `method` is how: reflink, hardlink, copy, or written.
    """

    path: str
    device: int
    inode: int
    size: int
    method: str


def template_fault(template: str) -> str | None:
    """What is wrong with a template; None when it can be used."""
    unknown = [name for match in _FIELD.finditer(template) if (name := match["braced"] or match["plain"]) not in FIELDS]
    if unknown:
        return f"fields among {', '.join(FIELDS)}; {unknown[0]} is not one"
    if template.startswith("/") or ".." in PurePosixPath(template).parts:
        return "a path below library.file_into"
    if "{title}" not in template:
        return "a path with {title} in it"
    return None


def file_path(book: FiledBook, template: str = DEFAULT_TEMPLATE) -> str:
    """The book's folder below the library. A part whose fields are all empty leaves no folder and no stray dash.

    `{field}` is a value, `{{field}}` the value in braces, which vanish with it. Every name can be had on Linux,
    Windows and macOS: no forbidden sign, at most 240 bytes, no dot or blank at its ends. A position counts only with
    its series.
    """
    values = {name: _clean(getattr(book, name)) for name in FIELDS}
    if not values["series"]:
        values["position"] = ""
    parts = (_fill(part, values) for part in template.split("/"))
    return "/".join(name for name in parts if name)


def plan_filing(book: FiledBook, root: str, files: Iterable[str], *, template: str = DEFAULT_TEMPLATE) -> FilingPlan:
    """How the files below `root` (absolute) become a book's folder; discs and tracks keep their order and names.

    Folders that all files share are left out. Two names that would fall together keep apart by a number.
    """
    paths = sorted(files)
    shared = _shared_folders([path.split("/")[:-1] for path in paths])
    used: set[str] = set()
    links = []
    for path in paths:
        parts = [safe_name(part) for part in path.split("/")[shared:]]
        target = _unused("/".join(part for part in parts if part) or "file", used)
        used.add(target.casefold())
        links.append(FileLink(f"{root.rstrip('/')}/{path}", target))
    return FilingPlan(file_path(book, template), tuple(links))


def safe_name(name: str) -> str:
    """One part of a path as every file system takes it; the suffix stays. "" when nothing is left."""
    # A dot in front would hide it from players and scanners.
    text = _FORBIDDEN.sub(lambda found: _SAME_SIGN.get(found[0], ""), tidy(name)).strip(". ")
    if _RESERVED.fullmatch(text):
        text = f"_{text}"
    return _cut(text)


def _cut(name: str) -> str:
    """At most 240 bytes of UTF-8; what is cut is before the suffix, and no letter is halved."""
    if len(name.encode()) <= _LONGEST_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or not 0 < len(suffix) <= 8:
        stem, suffix = name, ""
    ending = f".{suffix}" if suffix else ""
    room = _LONGEST_BYTES - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + ending


def _clean(value: str | None) -> str:
    text = tidy(value or "")
    return "" if not text else re.sub(r"[/\\]", "-", text)


def _fill(part: str, values: dict[str, str]) -> str:
    """One folder of the template, without what is left of empty fields."""
    any_field = _FIELD.search(part) is not None
    if any_field and not any(values[match["braced"] or match["plain"]] for match in _FIELD.finditer(part)):
        return ""

    def value(match: re.Match[str]) -> str:
        if match["braced"]:
            found = values[match["braced"]]
            return f"{{{found}}}" if found else ""
        return values[match["plain"]]

    text = " ".join(_EMPTY_BRACKETS.sub("", _FIELD.sub(value, part)).split())
    return safe_name(_BARE.sub("", text) if any_field else text)


def _shared_folders(folders: Sequence[Sequence[str]]) -> int:
    """How many folders at the beginning all files have in common."""
    first, *others = folders or [[]]
    count = 0
    for depth, name in enumerate(first):
        if not all(len(other) > depth and other[depth] == name for other in others):
            break
        count += 1
    return count


def _unused(path: str, used: set[str]) -> str:
    if path.casefold() not in used:
        return path
    stem, dot, suffix = path.rpartition(".")
    stem, ending = (stem, f".{suffix}") if dot and "/" not in suffix else (path, "")
    number = next(n for n in range(2, len(used) + 3) if f"{stem} ({n}){ending}".casefold() not in used)
    return f"{stem} ({number}){ending}"

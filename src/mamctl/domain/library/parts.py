"""The files of a book as parts that count: their order, and which of them are missing."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePath
from typing import TYPE_CHECKING

from mamctl.domain.text.placeholders import is_chapter_title
from mamctl.domain.text.track_numbers import TrackPlace, parse_track

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mamctl.domain.library.files import FoundFile

_DIGITS = re.compile(r"(\d+)")
FEW = 4  # of so many parts one may be missing; more holes are another way of counting (years, chapter ids)


def natural_key(name: str) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """Sorts "2" before "10"; case counts only between names that are else the same."""
    parts = _DIGITS.split(name.casefold())
    key = tuple((0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts if part)
    return key, name


def in_order(files: Sequence[FoundFile]) -> tuple[FoundFile, ...]:
    """Files of one folder in the order in which they are heard; `files` come sorted by name, naturally.

    A number at the beginning of every name sorts already; elsewhere ("Winter - Part 2", "Spring - Part 1") it decides
    when every file has one of its own.
    """
    names = [PurePath(file.path).name for file in files]
    if all(name[:1].isdigit() for name in names):
        return tuple(files)
    places = {file: parse_track(name) for file, name in zip(files, names, strict=True)}
    keys = {file: (place.disc or 0, place.track) for file, place in places.items() if place.track is not None}
    if len(set(keys.values())) < len(files):
        return tuple(files)
    return tuple(sorted(files, key=lambda file: keys[file]))


def has_a_place(path: str) -> bool:
    """Whether a file's name tells its place in a book: by a number, a disc, or as "Prologue" does."""
    name = PurePath(path)
    return parse_track(name.name, name.parent.name) != TrackPlace() or is_chapter_title(name.stem)


def are_ordered_by(tracks: Mapping[str, int], paths: Sequence[str]) -> bool:
    """Whether the track numbers in their tags order files whose names do not."""
    numbers = {tracks[path] for path in paths if path in tracks}
    return len(numbers) == len(paths) and not any(map(has_a_place, paths))


def find_gaps(paths: Iterable[str]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Where parts of a book are missing: the folder, what is counted there ("part", "disc"), and the numbers."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        folders[folder].append(name)
    for folder, names in folders.items():
        yield from ((folder, what, missing) for what, missing in _gaps_among(names) if missing)
    discs: dict[str, set[int]] = defaultdict(set)
    for folder in folders:
        above, _, name = folder.rpartition("/")
        if (disc := parse_track("", name).disc) is not None:
            discs[above].add(disc)
    yield from ((above, "disc", missing) for above, numbers in discs.items() if (missing := _holes(numbers, few=2)))


def _gaps_among(names: list[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Gaps in one folder; where the names count discs ("1-01 Title"), those of each disc and between the discs."""
    by_disc: dict[int | None, list[str]] = defaultdict(list)
    for name in names:
        by_disc[parse_track(name).disc].append(name)
    if None in by_disc:
        yield "part", missing_parts(names)
        return
    for disc, own in by_disc.items():
        yield f"disc {disc}, part", missing_parts(own)
    yield "disc", _holes({disc for disc in by_disc if disc is not None}, few=2)


def missing_parts(names: Sequence[str]) -> tuple[int, ...]:
    """Numbers that a folder's file names skip, e.g. 3 of "01 …", "02 …", "04 …"; empty when they do not count."""
    numbers = part_numbers(names)
    totals = {parse_track(name).of for name in names}
    if len(numbers) > 1 and len(totals) == 1 and (total := totals.pop()) is not None:
        return tuple(sorted(set(range(1, total + 1)) - numbers))
    return _holes(numbers, few=3)


def _holes(numbers: set[int], few: int) -> tuple[int, ...]:
    """What is missing between the lowest and the highest number, and below it when it is nearly 1."""
    if len(numbers) < few:
        return ()
    first = 1 if min(numbers) <= 3 else min(numbers)
    missing = set(range(first, max(numbers) + 1)) - numbers
    return tuple(sorted(missing)) if len(missing) <= max(1, len(numbers) // FEW) else ()


def part_numbers(names: Sequence[str]) -> set[int]:
    """The number by which each name differs from the others; empty when not every name has a distinct one."""
    stems = [PurePath(name).stem for name in names]
    split = [_DIGITS.split(stem) for stem in stems]
    candidates = (
        [int(parts[1]) for parts in split if len(parts) > 1 and not parts[0].strip()],
        [place.track for name in names if (place := parse_track(name)).track is not None],
        _running(split),
    )
    return next((set(found) for found in candidates if len(set(found)) == len(stems) > 0), set())


def _running(split: list[list[str]]) -> list[int]:
    """The one number that differs from name to name, where the rest of the names is the same."""
    if len({tuple(parts[0::2]) for parts in split}) != 1:
        return []
    columns = [[int(parts[at]) for parts in split] for at in range(1, len(split[0]), 2)]
    running = [column for column in columns if len(set(column)) == len(split)]
    return running[0] if len(running) == 1 else []

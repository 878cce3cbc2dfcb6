"""The files of a book as parts that count: their order, and which of them are missing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mamctl.domain.text.normalize import fold
from mamctl.domain.text.numbers import parse_count
from mamctl.domain.text.placeholders import is_chapter_title
from mamctl.domain.text.track_numbers import TrackPlace, parse_track
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mamctl.domain.library.files import FoundFile

Key = tuple[Any, ...]
"""Sorts the files of one folder."""

TrackTag = tuple[int | None, int]
"""The disc and the track that a file's tags name."""

_DIGITS = regex(r"(\d+)")
_WORD = regex(r"[^\s_.,:;()\[\]–—-]+")
_LETTER = regex(r"[a-z](?![^\W\d_])", re.IGNORECASE)
MOST_COUNTED = 10_000  # names of one folder; the longest book seen has some 2,000 parts
FEW = 4  # of so many parts one may be missing; more holes are another way of counting (years, chapter ids)


def stem_of(name: str) -> str:
    """The name of a file without its ending, as pathlib has it, for a hundred thousand files."""
    dot = name.rfind(".")
    return name[:dot] if 0 < dot < len(name) - 1 else name


@lru_cache(maxsize=4_096)  # a folder's names are sorted more than once, and "01.mp3" is in many
def natural_key(name: str) -> tuple[str, str]:
    """Sorts "2" before "10"; case counts only between names that are else the same.

    A number is written with its length before it, as text that sorts as numbers do: of a hundred thousand files an
    object for each part of a name would take 40 MB.
    """
    return _DIGITS.sub(_sortable, name.casefold()), name


def _sortable(number: re.Match[str]) -> str:
    digits = number[0]
    if not digits.isascii():  # a part for itself, which sorts as text
        return f"\1{digits}\1" if number.start() else f"{digits}\1"
    digits = digits.lstrip("0")
    return f"\0{chr(len(digits))}{digits}"


def in_order(files: Sequence[FoundFile]) -> tuple[FoundFile, ...]:
    """Files of one folder in the order in which they are played; `files` come sorted by name, naturally.

    A number at the beginning of every name sorts already; elsewhere what counts in the names decides, when it gives
    every file another place ("Winter - Part 2", "Chapter Nine", "Prologue").
    """
    names = [file.path.rpartition("/")[2] for file in files]
    keys = None if all(name[:1].isdigit() for name in names) else name_order(names)
    if keys is None:
        return tuple(files)
    return tuple(file for _key, file in sorted(zip(keys, files, strict=True), key=lambda pair: pair[0]))


def name_order(names: Sequence[str]) -> list[Key] | None:
    """A key for each file name by which they count on; None where the names do not show their order.

    A prologue and its like come before all that is counted, an epilogue behind it. Nor do far more names than a book
    has parts.
    """
    if len(names) > MOST_COUNTED:
        return None
    stems = [stem_of(name) for name in names]
    frames = [_frame(rest) for rest in _without_common_words(stems)]
    inner = [stem for stem, frame in zip(stems, frames, strict=True) if frame is None]
    counted = _count(inner)
    if counted is None:
        return None
    rest = iter(counted)
    keys = [(1, *next(rest)) if frame is None else frame for frame in frames]
    return keys if len(set(keys)) == len(keys) else None


# What stands before and behind the chapters, in this order, folded.
_OPENINGS = tuple(map(re.compile, (
    "opening credits|credits opening|vorspann", "dedication|widmung", "epigraph", "foreword|vorwort|avant propos",
    "preface|prefazione|prefacio", "introduction|intro|einleitung|introduzione", "prologue|prolog|prologo",
)))  # fmt: skip
_CLOSINGS = tuple(map(re.compile, (
    "epilogue|epilog|epilogo", "afterword|nachwort|postface|posfacio", "authors? note", "historical note|appendix",
    "acknowledge?ments|danksagung", "about the author", "(?:end|closing) credits|credits|outro|abspann",
)))  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _frame(text: str) -> Key | None:
    """The place of a name that is nothing but "Prologue", "End Credits" or the like."""
    folded = fold(text).lstrip("0123456789 ")
    for side, patterns in ((0, _OPENINGS), (2, _CLOSINGS)):
        at = next((index for index, pattern in enumerate(patterns) if pattern.fullmatch(folded)), None)
        if at is not None:
            return side, at
    return None


def _without_common_words(stems: Sequence[str]) -> list[str]:
    """The names without the words with which all of them begin."""
    words = [_WORD.findall(stem) for stem in stems]
    common = 0
    while len(words) > 1 and len({tuple(one[: common + 1]) for one in words}) == 1 and len(words[0]) > common:
        common += 1
    return [" ".join(one[common:]) for one in words]


def _count(stems: Sequence[str]) -> list[Key] | None:
    """Keys by the first way of counting that gives each name another."""
    ways = (_leading_numbers, _tracks, _aligned_numbers, _spelled_numbers, _letters)
    found = (way(stems) for way in ways)
    return next((keys for keys in found if keys is not None and len(set(keys)) == len(stems)), None)


def _leading_numbers(stems: Sequence[str]) -> list[Key] | None:
    return [natural_key(stem) for stem in stems] if all(stem[:1].isdigit() for stem in stems) else None


def _tracks(stems: Sequence[str]) -> list[Key] | None:
    places = [parse_track(stem) for stem in stems]
    return [(place.disc or 0, place.track) for place in places] if all(p.track is not None for p in places) else None


def _aligned_numbers(stems: Sequence[str]) -> list[Key] | None:
    """The first number that tells the names apart behind text that is the same in all: "dw05_01 - A", "Road 1a"."""
    split = [_DIGITS.split(stem) for stem in stems]
    for at in range(1, min((len(parts) for parts in split), default=0), 2):
        if len({tuple(parts[:at:2]) for parts in split}) > 1:
            return None
        numbers = [tuple(int(part) for part in parts[1 : at + 1 : 2]) for parts in split]
        letters = [found[0] if (found := _LETTER.match(parts[at + 1])) else "" for parts in split]
        keys = [(*number, letter) for number, letter in zip(numbers, letters, strict=True)]
        if len(set(keys)) == len(stems):
            return keys
    return None


def _spelled_numbers(stems: Sequence[str]) -> list[Key] | None:
    """ "Chapter One" and "Chapter IX", behind words that are the same in all."""
    words = [rest.split() for rest in _without_common_words(stems)]
    numbers = [
        next((n for take in (3, 2, 1) if (n := parse_count(" ".join(one[:take]))) is not None), None) for one in words
    ]
    return [(number,) for number in numbers] if None not in numbers else None


def _letters(stems: Sequence[str]) -> list[Key] | None:
    """ "Road A", "Road B": single letters from A on, without a gap."""
    rests = [rest.casefold() for rest in _without_common_words(stems)]
    return [(rest,) for rest in rests] if sorted(rests) == list(_LETTERS[: len(rests)]) else None


def has_a_place(path: str) -> bool:
    """Whether a file's name shows its place in a book: by a number, a disc, or as "Prologue" does."""
    folder, _, name = path.rpartition("/")
    return parse_track(name, folder.rpartition("/")[2]) != TrackPlace() or is_chapter_title(stem_of(name))


def names_count(paths: Sequence[str]) -> bool:
    """Whether the names of the files show in which order they belong together."""
    if any(map(has_a_place, paths)):
        return True
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _, name = path.rpartition("/")
        folders[folder].append(name)
    return all(name_order(names) is not None for names in folders.values())


def are_ordered_by(tracks: Mapping[str, TrackTag], paths: Sequence[str]) -> bool:
    """Whether the disc and track numbers in their tags order files whose names say nothing of it."""
    numbers = [tracks[path] for path in paths if path in tracks]
    discs = {disc is None for disc, _track in numbers}
    return len(set(numbers)) == len(paths) and len(discs) == 1 and not names_count(paths)


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
    totals = {parse_track(name).of for name in names} if len(numbers) > 1 else set()
    if len(totals) == 1 and (total := totals.pop()) is not None:
        return tuple(sorted(set(range(1, total + 1)) - numbers))
    return _holes(numbers, few=3)


def _holes(numbers: set[int], few: int) -> tuple[int, ...]:
    """What is missing between the lowest and the highest number, and below it when it is nearly 1."""
    if len(numbers) < few:
        return ()
    first, last = 1 if min(numbers) <= 3 else min(numbers), max(numbers)
    missing = last - first + 1 - sum(number >= first for number in numbers)
    if missing > max(1, len(numbers) // FEW):  # one of them may be a date: 20240101
        return ()
    return tuple(sorted(set(range(first, last + 1)) - numbers))


def part_numbers(names: Sequence[str]) -> set[int]:
    """The number by which each name differs from the others; empty when not every name has a distinct one, or when
    they are far more than the parts of a book."""
    if len(names) > MOST_COUNTED:
        return set()
    found = map(set, _ways_to_number(names))
    return next((numbers for numbers in found if len(numbers) == len(names) > 0), set())


def _ways_to_number(names: Sequence[str]) -> Iterator[Iterable[int]]:
    stems = [stem_of(name) for name in names]
    split = [_DIGITS.split(stem) for stem in stems]
    yield (int(parts[1]) for parts in split if len(parts) > 1 and not parts[0].strip())
    yield (place.track for name in names if (place := parse_track(name)).track is not None)
    yield _running(split)
    yield (key[-2] for key in _aligned_numbers(stems) or ())


def _running(split: list[list[str]]) -> list[int]:
    """The one number that differs from name to name, where the rest of the names is the same."""
    if len({tuple(parts[0::2]) for parts in split}) != 1:
        return []
    columns = [[int(parts[at]) for parts in split] for at in range(1, len(split[0]), 2)]
    running = [column for column in columns if len(set(column)) == len(split)]
    return running[0] if len(running) == 1 else []

"""Sidecars that came with another book: where tags and folder agree, and a file contradicts both in title and author.

It happens with files that were copied along, and with a wrong match at another program. What such a file says would be
believed over the tags, its ASIN included, and the book would be looked up as the other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.metadata.observation import Field, Observation
from mamctl.domain.problem import Problem
from mamctl.domain.text.normalize import fold, fold_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TOO_SHORT = 3  # letters; shorter words are in many titles
_COMMON = frozenset({"and", "the", "book", "part", "volume", "vol", "novel", "der", "die", "das", "und", "les", "des"})


def find_other_book(
    tags: Sequence[Observation], sidecar: Sequence[Observation], path: str, folder: str
) -> Problem | None:
    """The problem of the sidecar at `path`, of which nothing should be taken; None where it may be this book's.

    `folder` is the book's path below its library. One word in common, in a title or as a family name, is enough for
    it to be this book's; so is another script, in which a translation has none.
    """
    ours, theirs = _titles(tags), _titles(sidecar)
    writers, others = _people(tags, Field.AUTHORS), _people(sidecar, Field.AUTHORS)
    if not (ours and theirs and writers and others):
        return None
    names = set(fold(folder).split())
    title = next((title for title in ours if (words := fold_title(title).split()) and names.issuperset(words)), None)
    writer = next((name for name in writers if _family_name(name) in names), None)
    if title is None or writer is None:
        return None
    known = names.union(*(fold(text).split() for text in (*ours, *writers, *_people(tags, Field.NARRATORS))))
    if any(_telling(text) & known or not _same_script(text, title) for text in theirs):
        return None
    if any(_family_name(name) in known or not _same_script(name, writer) for name in others):
        return None
    return Problem(
        "foreign_sidecar",
        f"{path}: it is about “{theirs[0]}” by {others[0]}, but tags and folder say “{title}” by {writer};"
        " nothing was taken from it",
        path,
        "move this file away; where it is right, mamctl meta set BOOK title VALUE corrects the book",
    )


def _titles(observations: Iterable[Observation]) -> list[str]:
    return [str(one.value) for one in observations if one.field is Field.TITLE]


def _people(observations: Iterable[Observation], role: Field) -> list[str]:
    people = (one.value for one in observations if one.field is role)
    return [str(name) for names in people if isinstance(names, tuple) for name in names]


def _family_name(name: str) -> str:
    return (fold(name).split() or [""])[-1]


def _telling(title: str) -> set[str]:
    """The words by which a title is known; all of them where it has only short ones."""
    words = set(fold(title).split())
    return {word for word in words if len(word) >= _TOO_SHORT and word not in _COMMON} or words


def _same_script(text: str, other: str) -> bool:
    return fold(text).isascii() is fold(other).isascii()

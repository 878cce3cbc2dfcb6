"""Many paths read as one listing: names in one folder vote on each other, and what is sure of one helps with others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mamctl.domain.library.paths.siblings import Siblings, compare_siblings, merge_prefixes
from mamctl.domain.text.names.pieces import tidy_name
from mamctl.domain.text.names.places import fold_words
from mamctl.domain.text.person_weight import LIKELY, person_weight
from mamctl.domain.text.series import fold_series
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX

if TYPE_CHECKING:
    pass


from mamctl.domain.library.paths.reading import NOTHING_KNOWN, Known, ReadPath, read_path


def read_listing(paths: Iterable[str], known: Known = NOTHING_KNOWN) -> list[ReadPath | None]:
    """Every path read together with all others, in the order given: names in one folder vote on each other, and who is
    surely an author in one place is known in the others."""
    paths = list(paths)
    tree = list_folders(paths)
    neighbours = [neighbours_of(path, tree) for path in paths]
    first = [read_path(path, around, known) for path, around in zip(paths, neighbours, strict=True)]
    learned = learn(first, (compare_siblings(names) for names in tree.values()), known)
    return [read_path(path, around, learned) for path, around in zip(paths, neighbours, strict=True)]


def list_folders(paths: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The names in every folder of a listing; "" is its root."""
    below: dict[str, set[str]] = {}
    for path in paths:
        above = ""
        for part in (tidy_name(raw) for raw in path.split("/")):
            if part in {"", "."}:
                continue
            below.setdefault(above, set()).add(AUDIO_SUFFIX.sub("", part))
            above = f"{above}/{part}" if above else part
    return {folder: frozenset(names) for folder, names in below.items()}


def neighbours_of(path: str, tree: Mapping[str, frozenset[str]]) -> tuple[frozenset[str], ...]:
    """The names in each folder above `path`, the root's first, out of `list_folders`."""
    return tuple(tree.get(above, frozenset()) for above in _folders_above(path))


def _folders_above(path: str) -> list[str]:
    above, found = "", []
    for part in (tidy_name(raw) for raw in path.split("/")):
        if part in {"", "."}:
            continue
        found.append(above)
        above = f"{above}/{part}" if above else part
    return found


def learn(read: Iterable[ReadPath | None], siblings: Iterable[Siblings], known: Known) -> Known:
    """What is sure in one place is known in the others: authors of two paths, or who surely look like people; series
    that two names of one folder count on."""
    authors: dict[str, int] = {}
    series: dict[str, set[str]] = {}
    for one in read:
        if one is None or one.readings[0].likelihood < 0.6:
            continue
        best = one.readings[0]
        for name in best.authors:
            if person_weight(name) > -1.0:
                authors[fold_words(name)] = authors.get(fold_words(name), 0) + (
                    2 if person_weight(name) > LIKELY else 1
                )
        for entry in best.series:
            if entry.position:
                series.setdefault(fold_series(entry.name), set()).add(entry.position)
    counted = {name for name, places in series.items() if len(places) > 1} | merge_prefixes(siblings)
    return Known(
        known.authors | {name for name, count in authors.items() if count > 1 and name not in counted},
        known.series | counted,
        known.narrators,
    )

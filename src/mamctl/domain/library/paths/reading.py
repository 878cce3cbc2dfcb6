"""What the names of folders and files say of a book: the readings of its own name under each reading of the folders.

The folders above may be author and series, as Audiobookshelf has them, or shelves, or one folder may hold both. Every
likely way to read them is a context for the book's own name; folders and name are weighed together, so that either can
settle the other. The likeliest whole becomes the observation, with a confidence that says how far it is ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise, product
from math import exp
from typing import TYPE_CHECKING

from mamctl.domain.library.grouping import is_disc
from mamctl.domain.library.paths.folder_roles import FolderKind, FolderRole, roles_of
from mamctl.domain.library.paths.siblings import NO_SIBLINGS, Siblings, look_at_siblings, merge_prefixes
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.brackets import TitleText
from mamctl.domain.text.credits import same_people, same_person, split_people
from mamctl.domain.text.dates import is_plausible_year
from mamctl.domain.text.names.pieces import split_name, tidy_name
from mamctl.domain.text.names.places import fold_words, place_alone, place_first
from mamctl.domain.text.names.reading import NameContext, NamedBook, NameReading, read_names
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.person_weight import LIKELY, person_weight
from mamctl.domain.text.placeholders import is_chapter_title, is_placeholder
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX, READ_BY, is_abridged, is_form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_READ_BY_FOLDER = re.compile(rf"(?:{READ_BY})(?P<names>\S.*)", re.IGNORECASE)
_FOLDERS_READ = 4  # above the book; what is higher is where the library lies
_ROLES_KEPT = 3
_CONTEXTS_KEPT = 4
_SURE = 0.6
_BELIEVED = 0.5
NEAR = 0.6
"""Two readings whose weights differ by less are near: neither is believed without further evidence."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is agreed elsewhere in the library, or said by the book's own tags and sidecars; all folded."""

    authors: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    narrators: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class PathReading:
    """One way to read a path as a whole; `confidence` in 0..1 is what the observation of its title gets."""

    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    year: int | None
    weight: float
    likelihood: float
    reasons: tuple[str, ...]
    named_authors: tuple[str, ...] = ()
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class ReadPath:
    """All readings of a path, the likeliest first; `facts` are what brackets and endings said for certain."""

    path: str
    readings: tuple[PathReading, ...]
    facts: TitleText
    source: Source
    house: str | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether two readings that differ in title or authors are near each other."""
        if len(self.readings) < 2:
            return False
        best, other = self.readings[:2]
        return best.weight - other.weight < NEAR and (fold(best.title or "") != fold(other.title or ""))


@dataclass(frozen=True, slots=True)
class PathParts:
    """The folders above the book's own name, the name, and what was peeled off behind it."""

    folders: tuple[str, ...]
    name: str
    readers: tuple[str, ...] = ()
    abridged: bool | None = None
    is_file: bool = False
    more: tuple[str, ...] = field(default=())


def take_path_apart(path: str) -> PathParts:
    """Folders, name, and peeled endings; disc folders, forms and "Read by X" are no names of books."""
    folders = [part for raw in path.split("/") if (part := tidy_name(raw)) not in {"", "."}]
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


def read_path(path: str, beside: Sequence[frozenset[str]] = (), known: Known = NOTHING_KNOWN) -> ReadPath | None:
    """All readings of a path below the library's root. `beside` are the names in each folder above it, the root's
    first, as far as they are known. None where the path names nothing. Never raises."""
    parts = take_path_apart(path)
    if not parts.name:
        return None
    return read_parts(path, parts, _align(path, parts, beside), known)


def _align(path: str, parts: PathParts, beside: Sequence[frozenset[str]]) -> tuple[Siblings, ...]:
    """Siblings for each kept folder and for the name itself: what lies in the folder above each of them."""
    segments = [part for raw in path.split("/") if (part := tidy_name(raw)) not in {"", "."}]
    found: dict[str, frozenset[str]] = {}
    for at, segment in enumerate(segments):
        if at < len(beside):
            found[segment if not AUDIO_SUFFIX.search(segment) else AUDIO_SUFFIX.sub("", segment)] = beside[at]
    names = (*parts.folders, parts.name)
    return tuple(
        look_at_siblings(found[name]) if name in found else look_at_siblings(frozenset({name})) for name in names
    )


def read_parts(path: str, parts: PathParts, siblings: tuple[Siblings, ...], known: Known) -> ReadPath:
    """The readings of a path already taken apart; `siblings` belong to each folder and to the name."""
    own = siblings[-1] if siblings else NO_SIBLINGS
    whole: list[tuple[PathReading, NamedBook]] = []
    for context_weight, roles, context in _contexts(parts, siblings, own, known):
        named = read_names(parts.name, context)
        whole += [
            (_join(reading, roles, context, parts, context_weight), named)
            for reading in named.readings[:_CONTEXTS_KEPT]
        ]
    whole.sort(key=lambda pair: (-round(pair[0].weight, 6), pair[0].title or "", pair[0].authors, str(pair[0].series)))
    kinds: dict[tuple[object, ...], tuple[PathReading, NamedBook]] = {}
    for reading, named in whole:
        kinds.setdefault((fold(reading.title or ""), reading.authors, reading.series, reading.year), (reading, named))
    kept = list(kinds.values())[:6]
    facts = kept[0][1].pieces.facts
    above = next((mark for folder in reversed(parts.folders) if (mark := is_abridged(folder)) is not None), None)
    abridged = above if parts.abridged is None else parts.abridged
    if abridged is not None and facts.abridged is None:
        facts = replace(facts, abridged=abridged)
    house = next((folder for folder in parts.folders if is_publisher(folder)), None)
    source = Source.FILE_NAME if parts.is_file else Source.FOLDER
    return ReadPath(path, _with_confidence([reading for reading, _ in kept]), facts, source, house)


def _contexts(
    parts: PathParts, siblings: tuple[Siblings, ...], own: Siblings, known: Known
) -> list[tuple[float, tuple[FolderRole, ...], NameContext]]:
    """The likeliest ways to read the folders above together."""
    numbered = _is_numbered(parts.name)
    choices: list[tuple[FolderRole, ...]] = []
    for at, folder in enumerate(parts.folders):
        below = siblings[at + 1] if at + 1 < len(siblings) else own
        last = at == len(parts.folders) - 1
        roles = roles_of(folder, below, leaf_numbered=last and numbered, known_authors=known.authors)
        choices.append(roles[:_ROLES_KEPT])
    found = []
    for roles in product(*choices):
        weight = sum(role.weight for role in roles) + _together(roles)
        found.append((weight, roles, _context(roles, own, known, parts)))
    found.sort(key=lambda one: (-one[0], str(one[2].authors), str(one[2].series)))
    return found[:_CONTEXTS_KEPT]


@lru_cache(maxsize=4_096)
def _is_numbered(name: str) -> bool:
    pieces = split_name(name).pieces
    first = pieces[0].text
    found = place_alone(first) if len(pieces) > 1 else place_first(first)
    found = found or place_first(first)
    return found is not None and found.sure >= 0.5


def _together(roles: tuple[FolderRole, ...]) -> float:
    """How well folders fit above each other."""
    weight = 0.0
    people = [role for role in roles if role.authors and role.kind is not FolderKind.SHELF]
    if roles and roles[-1].kind is FolderKind.PERSON and len(roles) == 1:
        weight += 0.8  # two levels are mostly author and title
    for one, other in pairwise(people):
        same = any(same_person(a, b) for a in one.authors for b in other.authors)
        weight += 0.8 if same else -3.0
    for above, below in pairwise(roles):
        if above.kind is FolderKind.SERIES and below.kind is FolderKind.PERSON:
            weight -= 1.0
        elif above.authors and below.kind is FolderKind.SERIES:
            weight += 1.4 if above.weight > -1.5 else 0.3  # author, series, title: as Audiobookshelf has it
        elif above.kind is FolderKind.SERIES and below.kind is FolderKind.SERIES:
            weight -= 0.4
        elif above.kind is FolderKind.SERIES and below.kind is FolderKind.SHELF:
            weight -= 0.8
        elif above.kind is FolderKind.SHELF and below.kind is FolderKind.PERSON:
            weight += 0.6
    return weight


def _context(roles: tuple[FolderRole, ...], own: Siblings, known: Known, parts: PathParts) -> NameContext:
    authors = next((role.authors for role in reversed(roles) if role.authors and role.kind is not FolderKind.SHELF), ())
    series = next((role.series for role in reversed(roles) if role.series and role.kind is not FolderKind.SHELF), None)
    return NameContext(
        authors=authors,
        series=series,
        numbered=own.numbered,
        readers_beside=own.readers_beside,
        first=own.first,
        last=own.last,
        prefixes=own.prefixes,
        known_authors=known.authors,
        known_series=known.series,
        known_narrators=known.narrators,
        known_titles=known.titles,
    )


def _join(
    reading: NameReading, roles: tuple[FolderRole, ...], context: NameContext, parts: PathParts, weight: float
) -> PathReading:
    """A reading of the name and the folders it was read under, as one."""
    readers = (
        reading.narrators or parts.readers or next((role.narrators for role in reversed(roles) if role.narrators), ())
    )
    authors = context.authors
    named = reading.authors
    if named and (not authors or same_people(named, authors)):
        authors = authors or named
        named = ()
    elif named and authors and any(same_person(one, other) for one in named for other in authors):
        authors, named = named, ()
    series = reading.series
    if not series and reading.position is None and context.series:
        series = (SeriesEntry(context.series),)
    elif not series and context.series:
        series = (SeriesEntry(context.series, reading.position),)
    if series and series[0].position is None:
        place = next((role.book_position for role in reversed(roles) if role.book_position), None)
        if (
            place is None
            and fold_series(series[0].name) == fold_series(reading.title or "")
            and reading.position is None
        ):
            series = series[1:]  # a folder of the book's own name is no series
        elif place is not None:
            series = (SeriesEntry(series[0].name, place), *series[1:])
    reasons = (*(role.reason for role in roles if role.reason), *reading.reasons)
    total = weight + reading.weight - (1.0 if named else 0.0)
    return PathReading(
        reading.title, reading.subtitle, authors, readers, series, reading.year, total, 0.0, reasons, named
    )


def _with_confidence(found: list[PathReading]) -> tuple[PathReading, ...]:
    """Each with its share, and an honest confidence: half sure of a name alone, less where readings are near."""
    best = found[0].weight
    shares = [exp(max(-30.0, one.weight - best)) for one in found]
    total = sum(shares)
    return tuple(
        replace(
            one,
            likelihood=round(share / total, 4),
            confidence=round(_confidence(share / total, one), 2)
            if at == 0
            else round(min(0.35, 0.1 + 0.4 * share / total), 2),
        )
        for at, (one, share) in enumerate(zip(found, shares, strict=True))
    )


def _confidence(share: float, one: PathReading) -> float:
    return (0.4 if share < 0.5 else 0.5) + (0.1 if share >= 0.6 and one.authors else 0.0)


def name_writers(path: str, beside: Sequence[frozenset[str]] = ()) -> tuple[str, ...]:
    """Who wrote the book by its path alone, where that is hardly in doubt; () elsewhere. Decides which of two tags
    names the author and which the reader."""
    read = read_path(AUDIO_SUFFIX.sub("", path), beside)
    best = read.readings[0] if read else None
    sure = best is not None and best.likelihood >= _SURE and all(person_weight(name) > LIKELY for name in best.authors)
    return best.authors if best is not None and sure else ()


def know(said: Iterable[Observation]) -> Known:
    """What the book's own tags and sidecars say of people and series, as evidence for the reading of its name."""
    people: dict[Field, set[str]] = {Field.AUTHORS: set(), Field.NARRATORS: set()}
    series: set[str] = set()
    for one in said:
        if one.confidence < _BELIEVED:
            continue
        if one.field in people:
            people[one.field] |= {fold_words(str(name)) for name in one.value}  # type: ignore[union-attr]
        elif one.field is Field.SERIES:
            series |= {fold_series(entry.name) for entry in one.value if isinstance(entry, SeriesEntry)}  # type: ignore[union-attr]
    return Known(frozenset(people[Field.AUTHORS]), frozenset(series), frozenset(people[Field.NARRATORS]))


def observe_path(
    path: str,
    seen_at: datetime,
    *,
    place: str | None = None,
    beside: Sequence[frozenset[str]] = (),
    known: Known = NOTHING_KNOWN,
) -> tuple[Observation, ...]:
    """What `path` says, a book's folder or a loose file below the library's root. Never raises."""
    read = read_path(path, beside, known)
    return observe_readings(read, seen_at, place=place or path) if read else ()


def observe_loose_file(
    path: str,
    seen_at: datetime,
    *,
    place: str | None = None,
    beside: Sequence[frozenset[str]] = (),
    known: Known = NOTHING_KNOWN,
) -> tuple[Observation, ...]:
    """What `path` says, an audio file that is a book by itself: its name stands where a book's folder would.

    In "Box/Mara Vell - The Salt Road.m4b" the file names its author in full, and the folder is a pile of books.
    """
    read = read_path(AUDIO_SUFFIX.sub("", path), beside, known)
    return observe_readings(replace(read, source=Source.FILE_NAME), seen_at, place=place or path) if read else ()


def observe_file_name(
    path: str, file: str, seen_at: datetime, *, known: Known = NOTHING_KNOWN
) -> tuple[Observation, ...]:
    """What the only file of the book at `path` says by its name; chapters and tracks say nothing."""
    stem = AUDIO_SUFFIX.sub("", file.rsplit("/", 1)[-1])
    if is_chapter_title(stem) or is_placeholder(stem) or re.search(r"~\d$", stem):
        return ()
    parts = replace(take_path_apart(path), name=stem)
    siblings = tuple(look_at_siblings(frozenset({name})) for name in (*parts.folders, stem))
    read = read_parts(path, parts, siblings, known)
    origin = Origin(Source.FILE_NAME, file, seen_at, trust=0.8)
    return tuple(_observe(read, origin))


def observe_readings(read: ReadPath, seen_at: datetime, *, place: str) -> tuple[Observation, ...]:
    """The observations of a path already read: the best reading, and less sure the titles of the others."""
    return tuple(_observe(read, Origin(read.source, place, seen_at)))


def _observe(read: ReadPath, origin: Origin) -> Iterator[Observation]:
    best, facts = read.readings[0], read.facts
    # A book may be called "1984" or "11-22-63", but hardly "Chapter 3".
    title = best.title or ""
    if title and not is_placeholder(title) and (not is_chapter_title(title) or title[0].isdigit()):
        yield from origin.observe(Field.TITLE, title, best.confidence)
    for other in {fold(one.title or ""): one for one in read.readings[1:]}.values():
        if other.title and fold(other.title) != fold(title) and other.likelihood > 0.02:
            yield from origin.observe(Field.TITLE, other.title, other.confidence)
    yield from origin.observe(Field.SUBTITLE, best.subtitle, 0.45)
    yield from origin.observe(Field.AUTHORS, best.authors, 0.6 if best.likelihood > 0.5 else 0.45)
    if best.named_authors:
        yield from origin.observe(Field.AUTHORS, best.named_authors, 0.35)
    yield from origin.observe(Field.NARRATORS, best.narrators, 0.6)
    yield from origin.observe(Field.SERIES, best.series, 0.6 if best.likelihood > 0.5 else 0.45)
    if best.year is not None and is_plausible_year(best.year):
        # A year in front of the title may be the title's: "2001 - A Space Odyssey".
        bare = any(reason == f"{best.year} is a year" for reason in best.reasons)
        yield from origin.observe(Field.YEAR, best.year, 0.5 if bare else 0.6)
    yield from origin.observe(Field.ABRIDGED, facts.abridged, 0.7)
    yield from origin.observe(Field.ASIN, facts.asin, 0.8)
    yield from origin.observe(Field.ISBN, facts.isbn, 0.7)
    yield from origin.observe(Field.LANGUAGE, facts.language, 0.5)
    yield from origin.observe(Field.DURATION, facts.duration, 0.4)
    yield from origin.observe(Field.PUBLISHER, read.house, 0.4)


def read_listing(paths: Iterable[str], known: Known = NOTHING_KNOWN) -> list[ReadPath | None]:
    """Every path read with all others beside it, in the order given: names in one folder vote on each other, and who is
    surely an author in one place is known in the others."""
    paths = list(paths)
    tree = list_folders(paths)
    beside = [tuple(tree[above] for above in _folders_above(path)) for path in paths]
    first = [read_path(path, around, known) for path, around in zip(paths, beside, strict=True)]
    learned = learn(first, (look_at_siblings(names) for names in tree.values()), known)
    return [read_path(path, around, learned) for path, around in zip(paths, beside, strict=True)]


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
        known.titles,
    )

"""The readings of a path: those of the book's own name under each likely reading of the folders above it.

The folders above may be author and series, as Audiobookshelf has them, or shelves, or one folder may hold both. Every
likely way to read them is a context for the book's own name; folders and name are weighed together, so that either can
settle the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from functools import lru_cache
from itertools import pairwise, product
from math import exp

from mamctl.dataclass import dataclass
from mamctl.domain.library.paths.folder_roles import FolderKind, FolderRole, roles_of
from mamctl.domain.library.paths.segments import PathParts, take_path_apart
from mamctl.domain.library.paths.siblings import NO_SIBLINGS, Siblings, compare_siblings
from mamctl.domain.metadata.observation import Source
from mamctl.domain.outcome import HIDDEN
from mamctl.domain.text.brackets import TitleText
from mamctl.domain.text.credits import NARRATOR, same_people, same_person, split_people
from mamctl.domain.text.names.model import NameContext, NamedBook, NameReading
from mamctl.domain.text.names.pieces import split_name, tidy_name
from mamctl.domain.text.names.places import place_alone, place_first
from mamctl.domain.text.names.reading import Late, read_names
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.person_weight import LIKELY, person_weight
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.series import SeriesEntry, fold_series
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX, SERIES_WORDS, is_abridged

_ROLES_KEPT = 3
_CONTEXTS_KEPT = 4
_SURELY = 2.4  # the weight of a given name with a family name that is not a common word
_READER_BELOW = -0.8  # how much less likely a folder called like a person is the reader than a title in a series
NEAR = 0.6
"""Two readings whose weights differ by less are near: neither is believed without further evidence."""


@dataclass(frozen=True, slots=True)
class Known:
    """Values agreed elsewhere in the library, or stated in the book's own tags and sidecars; all folded."""

    authors: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    narrators: frozenset[str] = frozenset()


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class PathReading:
    """One way to read a path as a whole.

    `confidence` in 0..1 is what the observation of its title gets, `likelihood` its share among all readings,
    `reasons` what speaks for it. `named_authors` are authors in the name that the folders do not confirm.
    """

    title: str | None
    subtitle: str | None
    authors: tuple[str, ...]
    narrators: tuple[str, ...]
    series: tuple[SeriesEntry, ...]
    year: int | None
    confidence: float
    likelihood: float
    reasons: tuple[str, ...]
    weight: float = field(metadata=HIDDEN)
    named_authors: tuple[str, ...] = field(metadata=HIDDEN)

    def weighed(self, confidence: float, likelihood: float) -> PathReading:
        """The same reading with what becomes known only once all books are read."""
        return PathReading(
            self.title, self.subtitle, self.authors, self.narrators, self.series, self.year, confidence, likelihood,
            self.reasons, self.weight, self.named_authors,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadPath:
    """All readings of a path, the likeliest first; `facts` are certain, from brackets and endings."""

    path: str
    readings: tuple[PathReading, ...]
    facts: TitleText
    source: Source
    house: str | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether two readings that differ in title or authors are near each other."""
        return self.is_title_doubtful or self.are_authors_doubtful

    @property
    def is_title_doubtful(self) -> bool:
        """Whether the first two readings are near each other and have different titles."""
        return _are_near(self.readings) and fold(self.readings[0].title or "") != fold(self.readings[1].title or "")

    @property
    def are_authors_doubtful(self) -> bool:
        """Whether the first two readings are near each other and have different authors."""
        return _are_near(self.readings) and not same_people(self.readings[0].authors, self.readings[1].authors)


def read_path(path: str, neighbours: Sequence[frozenset[str]] = (), known: Known = NOTHING_KNOWN) -> ReadPath | None:
    """All readings of a path below the library's root. `neighbours` are the names in each folder above it, the root's
    first, as far as they are known. None where the path names nothing. Never raises."""
    return _read_path(path, tuple(neighbours), known)


@lru_cache(maxsize=4)  # a path is read for its writers, and again where nothing more is known of the book
def _read_path(path: str, neighbours: tuple[frozenset[str], ...], known: Known) -> ReadPath | None:
    parts = take_path_apart(path)
    if not parts.name:
        return None
    return read_parts(path, parts, _align(path, parts, neighbours), known)


def _align(path: str, parts: PathParts, neighbours: Sequence[frozenset[str]]) -> tuple[Siblings, ...]:
    """Siblings for each kept folder and for the name itself: what lies in the folder above each of them."""
    segments = [part for raw in path.split("/") if (part := tidy_name(raw)) not in {"", "."}]
    found: dict[str, frozenset[str]] = {}
    for at, segment in enumerate(segments):
        if at < len(neighbours):
            found[segment if not AUDIO_SUFFIX.search(segment) else AUDIO_SUFFIX.sub("", segment)] = neighbours[at]
    names = (*parts.folders, parts.name)
    return tuple(
        compare_siblings(found[name]) if name in found else compare_siblings(frozenset({name})) for name in names
    )


def read_parts(path: str, parts: PathParts, siblings: tuple[Siblings, ...], known: Known) -> ReadPath:
    """The readings of a path already taken apart; `siblings` belong to each folder and to the name."""
    whole = _in_all_contexts(parts, siblings, known)
    readers = _reader_folder(parts)
    if readers and (found := _under_reader(whole[0][0], readers, parts, siblings, known)):
        whole = _sorted([*whole, found])
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


def _in_all_contexts(
    parts: PathParts, siblings: tuple[Siblings, ...], known: Known
) -> list[tuple[PathReading, NamedBook]]:
    """The readings of the name under each likely way to read the folders, the likeliest first."""
    own = siblings[-1] if siblings else NO_SIBLINGS
    whole: list[tuple[PathReading, NamedBook]] = []
    by_context: dict[tuple[object, ...], NamedBook] = {}
    for context_weight, roles, context in _contexts(parts, siblings, own, known):
        key = (context.authors, context.series)  # the rest of the context is the same for all
        named = by_context.get(key) or by_context.setdefault(key, read_names(parts.name, context))
        whole += [
            (_join(reading, roles, context, parts, context_weight), named)
            for reading in named.readings[:_CONTEXTS_KEPT]
        ]
    return _sorted(whole)


def _sorted(whole: list[tuple[PathReading, NamedBook]]) -> list[tuple[PathReading, NamedBook]]:
    return sorted(whole, key=_order)


def _order(pair: tuple[PathReading, NamedBook]) -> tuple[object, ...]:
    reading = pair[0]
    return (-round(reading.weight, 6), reading.title or "", reading.authors, Late(str, reading.series))


def _reader_folder(parts: PathParts) -> tuple[str, ...]:
    """The people of a last folder that is nothing but surely a person, below author and title."""
    if len(parts.folders) < 2 or parts.is_file or person_weight(parts.name) < _SURELY:
        return ()
    return split_people(parts.name, NARRATOR) if person_weight(parts.folders[-1]) < LIKELY else ()


def _under_reader(
    best: PathReading, readers: tuple[str, ...], parts: PathParts, siblings: tuple[Siblings, ...], known: Known
) -> tuple[PathReading, NamedBook] | None:
    """ "Mara Vell/The Salt Road/Tom Asher" as a book with a folder for each reader. A book below its series may be
    called like a person too, so this is less likely, unless the reader is known, or the title has its year, or several
    people lie side by side."""
    book = PathParts(parts.folders[:-1], parts.folders[-1], readers, parts.abridged)
    reading, named = _in_all_contexts(book, siblings[:-1], known)[0]
    if best.title != parts.name or not reading.authors or named.pieces.pieces[0].series:
        return None
    if SERIES_WORDS.intersection(fold(parts.folders[-1]).split()) or fold_series(parts.folders[-1]) in known.series:
        return None
    weight = best.weight + _READER_BELOW
    weight += 2.5 if any(fold(one) in known.narrators for one in readers) else 0.0
    weight += 1.6 if reading.year else 0.0
    beside = siblings[-1].names if siblings else ()
    weight += 1.6 if len(beside) > 1 and all(person_weight(name) >= _SURELY for name in beside) else 0.0
    reasons = (*reading.reasons, f"{parts.name} is a person below the title")
    return replace(reading, weight=weight, reasons=reasons), named


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
        readers_in_siblings=own.readers_in_siblings,
        first=own.first,
        last=own.last,
        prefixes=own.prefixes,
        known_authors=known.authors,
        known_series=known.series,
        known_narrators=known.narrators,
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
            series = series[1:]  # a folder of the book's own name is not a series
        elif place is not None:
            series = (SeriesEntry(series[0].name, place), *series[1:])
    reasons = (*(role.reason for role in roles if role.reason), *reading.reasons)
    total = weight + reading.weight - (1.0 if named else 0.0)
    return PathReading(
        title=reading.title,
        subtitle=reading.subtitle,
        authors=authors,
        narrators=readers,
        series=series,
        year=reading.year,
        confidence=0.0,  # both known when all readings are
        likelihood=0.0,
        reasons=reasons,
        weight=total,
        named_authors=named,
    )


def _are_near(found: Sequence[PathReading]) -> bool:
    return len(found) > 1 and found[0].weight - found[1].weight < NEAR


def _with_confidence(found: list[PathReading]) -> tuple[PathReading, ...]:
    """Each with its share, and an honest confidence: half sure of a name alone, less where readings are near."""
    best = found[0].weight
    shares = [exp(max(-30.0, one.weight - best)) for one in found]
    total = sum(shares)
    return tuple(
        one.weighed(
            round(_confidence(share / total, one), 2) if at == 0 else round(min(0.35, 0.1 + 0.4 * share / total), 2),
            round(share / total, 4),
        )
        for at, (one, share) in enumerate(zip(found, shares, strict=True))
    )


def _confidence(share: float, one: PathReading) -> float:
    return (0.4 if share < 0.5 else 0.5) + (0.1 if share >= 0.6 and one.authors else 0.0)

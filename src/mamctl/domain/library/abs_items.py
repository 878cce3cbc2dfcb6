"""An item of Audiobookshelf: whether it is one of our books, how its values compare with ours, and whose they are.

Audiobookshelf does not record who set a value. One that its own reading of folder, tags and sidecars explains, or that
mamctl sent last, belongs to nobody; any other is taken as somebody's word.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.metadata.observation import LIST_FIELDS, NAME_FIELDS, Field, Value
from mamctl.domain.text.identifiers import isbn13, parse_isbn
from mamctl.domain.text.languages import parse_language
from mamctl.domain.text.normalize import fold, plain_text, tidy
from mamctl.domain.text.series import parse_position

KEYS: Mapping[Field, str] = {
    Field.TITLE: "title",
    Field.SUBTITLE: "subtitle",
    Field.AUTHORS: "authors",
    Field.NARRATORS: "narrators",
    Field.SERIES: "series",
    Field.YEAR: "publishedYear",
    Field.PUBLISHED: "publishedDate",
    Field.PUBLISHER: "publisher",
    Field.LANGUAGE: "language",
    Field.ASIN: "asin",
    Field.ISBN: "isbn",
    Field.ABRIDGED: "abridged",
    Field.GENRES: "genres",
    Field.DESCRIPTION: "description",
}
"""The fields that an item has, with its key for each."""
SURE_ENOUGH = 0.6
"""From this confidence on an agreed value is held against the server's: what a folder's name alone says (0.5) it reads
itself, and a guess of ours is not a correction there.
"""


@dataclass(frozen=True, slots=True)
class ShelfItem:
    """An item as the server has it; `files` are the paths of its audio files, `metadata` its values in its own form."""

    id: str
    library_id: str
    path: str
    files: frozenset[str]
    metadata: Mapping[str, Any]


class Match(StrEnum):
    """How a book's files lie in the server's items."""

    ONE = "one"  # an item holds exactly these files
    PART = "part"  # an item holds some of them, or others too
    SEVERAL = "several"
    NONE = "none"


def find_item(files: Collection[str], items: Iterable[ShelfItem]) -> tuple[Match, ShelfItem | None]:
    """The one item that holds exactly these files, paths as the server has them; what kept it from being found."""
    wanted = frozenset(files)
    found = [item for item in items if item.files & wanted]
    if not found or not wanted:
        return Match.NONE, None
    if len(found) > 1:
        return Match.SEVERAL, None
    return (Match.ONE, found[0]) if found[0].files == wanted else (Match.PART, None)


def translate(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """`path` of this machine as the server has it; `pairs` are (theirs, ours), the longest of ours goes first."""
    for theirs, ours in sorted(pairs, key=lambda pair: -len(pair[1])):
        own = ours.rstrip("/")
        if path == own or path.startswith(own + "/"):
            return theirs.rstrip("/") + path[len(own) :]
    return path


class Whose(StrEnum):
    """Who stands behind a value of the server."""

    NOBODY = "nobody"  # there is none
    FILES = "files"  # the server reads it from folder, tags or sidecars
    MAMCTL = "mamctl"  # it was sent by mamctl, and not changed since
    SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class Sent:
    """What mamctl sent last for a field, whether that was taken back since, and then what it had sent before."""

    value: Any
    undone: bool = False
    earlier: Any = None

    @property
    def standing(self) -> Any:
        """What mamctl sent and has not taken back; None when there is no such value."""
        return self.earlier if self.undone else self.value


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose values differ in meaning. `ours` and `theirs` are as the server has values of this key."""

    field: Field
    ours: Any
    theirs: Any
    whose: Whose


def compare(
    agreed: Mapping[Field, Value], item: ShelfItem, somebody: Collection[Field], sent: Mapping[Field, Sent]
) -> tuple[Difference, ...]:
    """Where our values differ in meaning from the item's; what we do not know is never a difference.

    `somebody` has the fields whose value there is somebody's word.
    """
    found = []
    for field, key in KEYS.items():
        if field not in agreed:
            continue
        ours, theirs = to_server(field, agreed[field]), as_sent(field, item.metadata.get(key))
        if not same(field, ours, theirs):
            whose = _whose(field, ours, theirs, sent.get(field), somebody=field in somebody)
            found.append(Difference(field, ours, theirs, whose))
    return tuple(found)


def _whose(field: Field, ours: Any, theirs: Any, sent: Sent | None, *, somebody: bool) -> Whose:
    if sent is not None and sent.undone and same(field, sent.value, ours):
        return Whose.SOMEBODY  # it was sent before, and you took it back
    if sent is not None and sent.standing is not None:
        if same(field, sent.standing, theirs):
            return Whose.MAMCTL
        if is_empty(theirs) and not sent.undone:
            return Whose.SOMEBODY  # it was sent, and is gone
    if is_empty(theirs):
        return Whose.NOBODY
    return Whose.SOMEBODY if somebody else Whose.FILES


def is_empty(value: Any) -> bool:
    """Whether the server has no value; its `false` is what it has where nothing is known."""
    return value in (None, "", [], False)


def to_server(field: Field, value: Value) -> Any:
    """Our value as a PATCH must hold it: people and series as objects, places and years as text, HTML escaped."""
    if field is Field.AUTHORS:
        return [{"name": name} for name in _distinct(value)]
    if field is Field.SERIES:
        return [{"name": entry.name, "sequence": entry.position} for entry in value]  # type: ignore[union-attr]
    if field in LIST_FIELDS:
        return _distinct(value)
    if field is Field.DESCRIPTION:
        return html.escape(str(value), quote=False)
    return value if isinstance(value, bool) else str(value)


def as_sent(field: Field, value: Any) -> Any:
    """A value of the server as the PATCH that restores it holds it."""
    if field is Field.AUTHORS:
        return [{"name": str(one.get("name"))} for one in _objects(value)]
    if field is Field.SERIES:
        return [{"name": str(one.get("name")), "sequence": _place(one.get("sequence"))} for one in _objects(value)]
    if field in LIST_FIELDS:
        return [str(one) for one in value if one] if isinstance(value, list) else []
    if value is None or isinstance(value, bool):
        return value
    return str(value)


def _place(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _distinct(value: Any) -> list[str]:
    """Without blanks around, and each once, whatever its case: the server stores lists as they come."""
    names = {tidy(name).casefold(): tidy(name) for name in reversed(value) if tidy(name)}
    return list(reversed(names.values()))


def same(field: Field, one: Any, other: Any) -> bool:
    """Whether two values in the server's form mean the same: case and order of people and series are not compared,
    nor how a description is marked up.
    """
    return bool(_meaning(field, one) == _meaning(field, other))


def _meaning(field: Field, value: Any) -> object:
    if field is Field.ABRIDGED:
        return value is True
    if is_empty(value):
        return None
    if field in NAME_FIELDS:
        return frozenset(tidy(one["name"] if isinstance(one, Mapping) else one).casefold() for one in value)
    if field is Field.SERIES:
        return frozenset((tidy(one["name"]).casefold(), _position(one["sequence"])) for one in value)
    if field is Field.GENRES:
        return frozenset(fold(one) for one in value)
    form = _FORMS.get(field, tidy)
    return form(str(value))


_FORMS: Mapping[Field, Callable[[str], str]] = {
    Field.DESCRIPTION: lambda text: fold(plain_text(text)),
    Field.LANGUAGE: lambda text: parse_language(text) or fold(text),
    Field.ISBN: lambda text: isbn13(parse_isbn(text) or text),
    Field.ASIN: str.upper,
}


def _position(place: str | None) -> str | None:
    return (parse_position(place) or place) if place else None

"""What an OPF package document says of a book: version 2 with attributes, version 3 with refining `meta` elements.

Calibre and Audiobookshelf write version 2 (`opf:role`, `opf:scheme`, `calibre:series`); EPUB 3 and calibre for such a
book write version 3, where `<meta refines="#id" property="role">` adds to the element of that id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mamctl.domain.library.sidecar_fields import MOST_VALUES, Levels, observe_mapping
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.extract import clean
from mamctl.domain.metadata.observation import Field, Observation, Origin
from mamctl.domain.text.credits import AUTHOR, NARRATOR
from mamctl.domain.text.identifiers import parse_isbn
from mamctl.domain.text.series import SeriesEntry, parse_position

if TYPE_CHECKING:
    from lxml.etree import _Element

LEVELS = Levels(sure=0.9, year=0.85)
BARE_ISBN = 0.6  # an identifier of no stated kind that happens to be one
_ROLES = {"aut": AUTHOR, "nrt": NARRATOR, "author": AUTHOR, "narrator": NARRATOR, "": AUTHOR}
_ASIN_SCHEMES = ("asin", "amazon", "mobi-asin", "audible")  # calibre also writes amazon_uk and the like
_NARRATOR_COLUMNS = ("user_metadata:#narrators", "user_metadata:#narrator")
_PLAIN = frozenset({"description", "subject", "language", "publisher"})


def name_of(node: _Element) -> str:
    """The element's name without its namespace, in lower case; "" for a comment."""
    return node.tag.rsplit("}", 1)[-1].lower() if isinstance(node.tag, str) else ""


def text_of_element(node: _Element) -> str:
    """All text below the element."""
    return "".join(str(part) for part in node.itertext()).strip()


def attribute(node: _Element, name: str) -> str:
    """An attribute whatever prefix or namespace it has."""
    found = (str(value) for key, value in node.attrib.items() if str(key).rsplit("}", 1)[-1].rsplit(":", 1)[-1] == name)
    return next(found, "").strip()


class _Package:
    """The metadata elements of a package document, with what refines each."""

    def __init__(self, root: _Element) -> None:
        self.nodes = [node for node in root.iter() if isinstance(node.tag, str)]
        self._refined: dict[tuple[str, str], str] = {}
        for node in self.named("meta"):
            if target := attribute(node, "refines").lstrip("#"):
                value = text_of_element(node) or attribute(node, "content")
                self._refined.setdefault((target, attribute(node, "property")), value)

    def named(self, *names: str) -> list[_Element]:
        """The first elements of these names, in their order."""
        return [node for node in self.nodes if name_of(node) in names][:MOST_VALUES]

    def refinement(self, node: _Element, key: str) -> str:
        """What a `meta` adds to the element; "" when none does."""
        return self._refined.get((attribute(node, "id"), key), "")


def observe_opf(root: _Element, origin: Origin) -> Iterator[Observation]:
    """Everything the document says; unknown elements say nothing."""
    package = _Package(root)
    yield from _people(package, origin)
    yield from _identifiers(package, origin)
    yield from origin.observe(Field.SERIES, _series(package), LEVELS.sure, at="series")
    values: dict[str, list[str]] = {}
    for node in package.named(*_PLAIN):
        values.setdefault(name_of(node), []).append(text_of_element(node))
    title, subtitles = _titles(package)
    yield from observe_mapping({**values, "title": title, "subtitle": subtitles}, origin, LEVELS)
    dates = (text for node in package.named("date") if (text := text_of_element(node)))
    # Calibre writes the year 101 for an unknown date.
    if date := next((text for text in dates if not text.startswith("0101")), None):
        yield from extract.extract_date(origin, Field.YEAR, date, LEVELS.year, at="dc:date")


def _titles(package: _Package) -> tuple[str, list[str]]:
    """The main title and the subtitles; a title of another type ("short", "collection") is neither."""
    titles = [(package.refinement(node, "title-type"), text_of_element(node)) for node in package.named("title")]
    subtitles = [text_of_element(node) for node in package.named("subtitle")]
    main = next((text for kind, text in titles if kind in {"", "main"} and text), "")
    return main, [*subtitles, *(text for kind, text in titles if kind == "subtitle")]


def _people(package: _Package, origin: Origin) -> Iterator[Observation]:
    people: dict[str, list[str]] = {AUTHOR: [], NARRATOR: []}
    for node in package.named("creator", "contributor"):
        role = (attribute(node, "role") or package.refinement(node, "role")).lower()
        if role or name_of(node) == "creator":
            people.setdefault(_ROLES.get(role, "other"), []).append(text_of_element(node))
    for node in package.named("meta"):
        if attribute(node, "name").endswith(_NARRATOR_COLUMNS):
            people[NARRATOR] += _calibre_value(attribute(node, "content"))
    yield from extract.extract_people(origin, Field.AUTHORS, people[AUTHOR], LEVELS.sure, at="dc:creator")
    yield from extract.extract_people(origin, Field.NARRATORS, people[NARRATOR], LEVELS.sure, at="dc:creator")


def _calibre_value(text: str) -> list[str]:
    """The value of one of calibre's own columns, which it keeps as JSON."""
    try:
        value = json.loads(text).get("#value#")
    except (ValueError, AttributeError, RecursionError):
        return []
    return [str(part) for part in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _identifiers(package: _Package, origin: Origin) -> Iterator[Observation]:
    for node in package.named("identifier"):
        scheme, text = attribute(node, "scheme").lower(), text_of_element(node)
        if not scheme and ":" in text:
            scheme, _, text = text.removeprefix("urn:").partition(":")
        if scheme.lower().startswith(_ASIN_SCHEMES):
            yield from extract.extract_text(origin, Field.ASIN, text, LEVELS.sure, at="dc:identifier")
        elif scheme.lower() == "isbn":
            yield from extract.extract_text(origin, Field.ISBN, text, LEVELS.sure, at="dc:identifier")
        elif not scheme:
            yield from origin.observe(Field.ISBN, parse_isbn(text), BARE_ISBN, at="dc:identifier")


def _series(package: _Package) -> tuple[SeriesEntry, ...]:
    """Calibre's series and those collections that are one; calibre writes the index behind or before the name."""
    entries: list[SeriesEntry] = []
    waiting: str | None = None
    for node in package.named("meta"):
        name, content = attribute(node, "name"), attribute(node, "content")
        if name == "calibre:series" and clean(content):
            entries.append(SeriesEntry(clean(content), waiting))
            waiting = None
        elif name == "calibre:series_index" and entries and entries[-1].position is None:
            entries[-1] = SeriesEntry(entries[-1].name, parse_position(content))
        elif name == "calibre:series_index":
            waiting = parse_position(content)
        elif attribute(node, "property") == "belongs-to-collection" and (collection := clean(text_of_element(node))):
            place = parse_position(package.refinement(node, "group-position"))
            entries += [SeriesEntry(collection, place)] if _is_series(package, node) else []
    return tuple({entry.name.casefold(): entry for entry in entries}.values())


def _is_series(package: _Package, node: _Element) -> bool:
    """Whether a collection is a series, and no set of boxed volumes."""
    return package.refinement(node, "collection-type") in {"", "series"}

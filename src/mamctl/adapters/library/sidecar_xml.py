"""Reads XML sidecars: OPF of calibre and Audiobookshelf, album.nfo of Kodi and Jellyfin, NFOStandard.

Entities are not expanded and nothing is fetched: a sidecar is foreign text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mamctl.domain.library.sidecar_fields import Levels, observe_mapping
from mamctl.domain.metadata import extract
from mamctl.domain.metadata.extract import clean
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.text.credits import AUTHOR, NARRATOR
from mamctl.domain.text.series import SeriesEntry, parse_position

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element

OPF_LEVELS = Levels(sure=0.9, year=0.85)
NFO_LEVELS = Levels(sure=0.8, year=0.6)
_ROLES = {"aut": AUTHOR, "nrt": NARRATOR, "author": AUTHOR, "narrator": NARRATOR, "": AUTHOR}
_ASIN_SCHEMES = frozenset({"asin", "amazon", "mobi-asin", "audible"})


def parse_xml(data: bytes) -> _Element:
    """The root element. Raises ValueError when this is no XML."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root is None:
        raise ValueError("there is no element")
    return root


def observe_xml(data: bytes, place: str, seen_at: datetime) -> tuple[Observation, ...]:
    """What an OPF or an XML NFO says. Raises ValueError when it is neither."""
    root = parse_xml(data)
    if _name(root) == "package":
        return tuple(_observe_opf(root, Origin(Source.OPF, place, seen_at)))
    book = next((node for node in root.iter() if _name(node) in {"audiobook", "album", "book"}), None)
    if book is None:
        raise ValueError("it describes no book")
    return observe_mapping(_mapping(book), Origin(Source.SIDECAR, place, seen_at), NFO_LEVELS)


def _name(node: _Element) -> str:
    """The element's name without its namespace."""
    return node.tag.rsplit("}", 1)[-1].lower() if isinstance(node.tag, str) else ""


def _text(node: _Element) -> str:
    return "".join(str(part) for part in node.itertext()).strip()


def _mapping(book: _Element) -> dict[str, Any]:
    """Child elements as key and values; an element with children is an object."""
    found: dict[str, list[Any]] = {}
    for node in book:
        if name := _name(node):
            parts = {_name(child): _text(child) for child in node if _name(child)}
            found.setdefault(name, []).append(parts or _text(node))
    return found


def _observe_opf(root: _Element, origin: Origin) -> Iterator[Observation]:
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    yield from _opf_people(nodes, origin)
    yield from _opf_identifiers(nodes, origin)
    yield from _opf_series(nodes, origin)
    values: dict[str, Any] = {}
    for node in nodes:
        if _name(node) in {"title", "subtitle", "description", "subject", "language", "publisher"}:
            values.setdefault(_name(node), []).append(_text(node))
    yield from observe_mapping(values, origin, OPF_LEVELS)
    dates = [text for node in nodes if _name(node) == "date" and (text := _text(node)) and not text.startswith("0101")]
    if dates:
        yield from extract.extract_date(origin, Field.YEAR, dates[0], OPF_LEVELS.year, at="dc:date")


def _attribute(node: _Element, name: str) -> str:
    """An attribute whatever prefix or namespace it has."""
    found = (str(value) for key, value in node.attrib.items() if str(key).rsplit("}", 1)[-1].rsplit(":", 1)[-1] == name)
    return next(found, "").strip()


def _opf_people(nodes: list[_Element], origin: Origin) -> Iterator[Observation]:
    refined = {
        _attribute(node, "refines").lstrip("#"): _text(node) or _attribute(node, "content")
        for node in nodes
        if _name(node) == "meta" and _attribute(node, "property") == "role"
    }
    people: dict[str, list[str]] = {AUTHOR: [], NARRATOR: []}
    for node in nodes:
        if _name(node) in {"creator", "contributor"}:
            role = _attribute(node, "role") or refined.get(_attribute(node, "id"), "")
            if _name(node) == "contributor" and not role:
                continue
            people.setdefault(_ROLES.get(role.lower(), "other"), []).append(_text(node))
    for node in nodes:
        if _name(node) == "meta" and _attribute(node, "name").endswith("user_metadata:#narrators"):
            people[NARRATOR] += _calibre_value(_attribute(node, "content"))
    yield from extract.extract_people(origin, Field.AUTHORS, people[AUTHOR], OPF_LEVELS.sure, at="dc:creator")
    yield from extract.extract_people(origin, Field.NARRATORS, people[NARRATOR], OPF_LEVELS.sure, at="dc:creator")


def _calibre_value(text: str) -> list[str]:
    """The value of one of calibre's own columns, which it keeps as JSON."""
    try:
        value = json.loads(text).get("#value#")
    except (ValueError, AttributeError, RecursionError):
        return []
    return [str(part) for part in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _opf_identifiers(nodes: list[_Element], origin: Origin) -> Iterator[Observation]:
    for node in nodes:
        if _name(node) != "identifier":
            continue
        scheme, text = _attribute(node, "scheme").lower(), _text(node)
        if not scheme and ":" in text:
            scheme, _, text = text.removeprefix("urn:").partition(":")
        if scheme.lower() in _ASIN_SCHEMES:
            yield from extract.extract_text(origin, Field.ASIN, text, 0.9, at="dc:identifier")
        elif scheme.lower() == "isbn":
            yield from extract.extract_text(origin, Field.ISBN, text, 0.9, at="dc:identifier")


def _opf_series(nodes: list[_Element], origin: Origin) -> tuple[Observation, ...]:
    entries: list[SeriesEntry] = []
    for node in nodes:
        if _name(node) != "meta":
            continue
        name, content = _attribute(node, "name"), _attribute(node, "content")
        if name == "calibre:series" and clean(content):
            entries.append(SeriesEntry(clean(content)))
        elif name == "calibre:series_index" and entries:
            entries[-1] = SeriesEntry(entries[-1].name, parse_position(content))
    return origin.observe(Field.SERIES, tuple(dict.fromkeys(entries)), OPF_LEVELS.sure, at="calibre:series")

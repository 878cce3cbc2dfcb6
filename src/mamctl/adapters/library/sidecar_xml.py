"""Reads XML sidecars: OPF (opf.py), album.nfo of Kodi and Jellyfin, NFOStandard.

Entities are not expanded and nothing is fetched: a sidecar is foreign text.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING

from mamctl.adapters.documents import XML_MARKS, check_values, decode_xml
from mamctl.adapters.library.opf import name_of, observe_opf, text_of_element
from mamctl.domain.json_values import Json, JsonObject
from mamctl.domain.library.sidecar_fields import Levels, observe_mapping
from mamctl.domain.metadata.observation import Observation, Origin, Source
from mamctl.regex import regex

if TYPE_CHECKING:
    from datetime import datetime

    from lxml.etree import _Element

MOST_VALUES = 100_000  # elements, attributes and entities of one file; an OPF has hundreds
LEVELS = Levels(sure=0.8, year=0.6)
_ENTITY = regex(rb"&(?!#)(?:(?P<name>[A-Za-z][A-Za-z0-9]*);)?")
_XML_ENTITIES = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def parse_xml(data: bytes) -> _Element:
    """The root element. Raises ValueError when this is not XML, or so much of it that it describes no book."""
    check_values(data, XML_MARKS, MOST_VALUES)  # before the entities, which take as much
    if b"\0" not in data[:64] and b"<!ENTITY" not in data:  # a wide encoding, or entities of the file itself
        data = _ENTITY.sub(_known_to_xml, data)
    return decode_xml(data, MOST_VALUES, recover=True)


def _known_to_xml(found: re.Match[bytes]) -> bytes:
    """A sign that stands alone ("Salt & Iron") and a name of HTML's ("&eacute;") in a form that XML knows."""
    name = found["name"]
    if name in _XML_ENTITIES:
        return found[0]
    meant = html5.get(f"{name.decode()};") if name else None
    return "".join(f"&#{ord(char)};" for char in meant).encode() if meant else b"&amp;" + found[0][1:]


def observe_xml(data: bytes, place: str, seen_at: datetime) -> tuple[Observation, ...]:
    """What an OPF or an XML NFO says. Raises ValueError when it is neither."""
    root = parse_xml(data)
    if name_of(root) == "package":
        return tuple(observe_opf(root, Origin(Source.OPF, place, seen_at)))
    book = next((node for node in root.iter() if name_of(node) in {"audiobook", "album", "book"}), None)
    if book is None:
        raise ValueError("it describes no book")
    return observe_mapping(_mapping(book), Origin(Source.SIDECAR, place, seen_at), LEVELS)


def _mapping(book: _Element) -> JsonObject:
    """Child elements as key and values; an element with children is an object."""
    found: dict[str, list[Json]] = {}
    for node in book:
        if name := name_of(node):
            parts = {name_of(child): text_of_element(child) for child in node if name_of(child)}
            found.setdefault(name, []).append(parts or text_of_element(node))
    return found

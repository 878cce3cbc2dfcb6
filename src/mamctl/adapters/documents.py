"""Documents from outside: their values are counted before they become objects, each of which takes far more memory.

Three bytes of JSON ("{},") are 80 bytes in memory, four of XML ("<a/>") are 200, so a bound of bytes does not bound
what reading them takes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element
    from selectolax.lexbor import LexborHTMLParser

MOST_VALUES = 200_000  # the largest answer that is asked for, a page of 1,000 torrents, has 50,000
MOST_TAGS = 100_000  # closing ones included; the site's longest page has some 10,000
HTML_MARKS = "<"
JSON_MARKS = "{[,"
XML_MARKS = "<=&"


class TooManyValuesError(ValueError):
    """A document of more values than are read; the text says how many."""


def decode_json(document: str | bytes, most: int = MOST_VALUES) -> Any:
    """The value. Raises TooManyValuesError, ValueError when it is not JSON, RecursionError when nested too deeply."""
    check_values(document, JSON_MARKS, most)
    return json.loads(document)


def decode_xml(document: bytes, most: int = MOST_VALUES, *, recover: bool = False) -> _Element:
    """The root element; entities are not expanded and nothing is loaded from outside.

    Raises TooManyValuesError, or ValueError when it is not XML; `recover` takes what of it can be understood.
    """
    from lxml import etree

    check_values(document, XML_MARKS, most)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
        remove_comments=not recover,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root is None:
        raise ValueError("there is no element")
    return root


def decode_html(document: str) -> LexborHTMLParser:
    """The tree of a page. Raises TooManyValuesError."""
    from selectolax.lexbor import LexborHTMLParser

    check_values(document, HTML_MARKS, MOST_TAGS)
    return LexborHTMLParser(document)


def check_values(document: str | bytes, marks: str, most: int = MOST_VALUES) -> None:
    """Raises TooManyValuesError where the marks that begin or part values are more than `most`."""
    if len(document) <= most:
        return
    found = (document.count(mark) if isinstance(document, str) else document.count(mark.encode()) for mark in marks)
    if (count := sum(found)) > most:
        raise TooManyValuesError(f"it has some {count:,} values; at most {most:,} are read")

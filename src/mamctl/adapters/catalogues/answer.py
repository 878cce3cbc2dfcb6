"""One answer of a catalogue's server: what it means before its content is read, and foreign JSON and XML as values."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from mamctl.adapters.documents import TooManyValuesError, decode_json, decode_xml
from mamctl.dataclass import dataclass
from mamctl.domain.matching.records import CatalogueUnavailableError, Unavailability
from mamctl.regex import regex

if TYPE_CHECKING:
    from lxml.etree import _Element


_DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is what the server sent, without our key in it; `fetched_at` is aware UTC."""

    status: int
    body: bytes
    fetched_at: datetime
    content_type: str = ""
    from_cache: bool = False

    @property
    def digest(self) -> bytes:
        """Of all that can be read in it."""
        head = f"{self.status} {self.content_type}\n".encode("utf-8", "backslashreplace")
        return hashlib.blake2b(head + self.body, digest_size=_DIGEST).digest()

    @property
    def is_html(self) -> bool:
        """Whether a web page came where data belongs."""
        start = self.body[:200].lstrip().lower()
        return start.startswith((b"<!doctype html", b"<html")) or self.content_type.startswith("text/html")


def changed(catalogue: str, found: str) -> CatalogueUnavailableError:
    """The answer does not have the known shape."""
    return CatalogueUnavailableError(
        catalogue,
        Unavailability.CHANGED,
        f"an unexpected answer: {found}",
        remedy="check whether a newer mamctl supports it; until then remove the catalogue from catalogues.order",
    )


def refused(catalogue: str, reason: str) -> CatalogueUnavailableError:
    """The catalogue does not accept our key, or asks for one."""
    return CatalogueUnavailableError(
        catalogue,
        Unavailability.KEYLESS,
        f"the key was not accepted: {reason}",
        remedy="check the key that the configuration names, or remove the catalogue from catalogues.order",
    )


def check(catalogue: str, answer: Answer, *, allowed: tuple[int, ...] = (200,)) -> None:
    """Raise CatalogueUnavailableError for what no catalogue means as an answer about books."""
    if answer.status in {401, 403}:
        raise refused(catalogue, f"HTTP {answer.status}")
    if answer.status == 202 or (answer.status == 200 and not answer.body.strip()):
        raise CatalogueUnavailableError(
            catalogue, Unavailability.THROTTLED, "an empty answer, which can mean that it limits requests"
        )
    if answer.status not in allowed:
        raise changed(catalogue, f"HTTP {answer.status}")


_LONGEST = 20_000
_ADDRESS = regex(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
_MOST_ITEMS = 1_000
_MOST_NAMES = 100
# Control characters, also those that a terminal takes for commands, what turns the direction of writing, and halves.
_UNWRITABLE = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class Json:
    """A place in a JSON document; a path that leads nowhere is a place with nothing in it."""

    __slots__ = ("value",)

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __getitem__(self, key: str) -> Json:
        return Json(self.value.get(key)) if isinstance(self.value, dict) else _NOTHING

    def __iter__(self) -> Iterator[Json]:
        return map(Json, items_of(self.value))

    def __contains__(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    @property
    def is_object(self) -> bool:
        """Whether there are keys here."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether there are items here, or could be."""
        return isinstance(self.value, list)

    @property
    def text(self) -> str | None:
        """Text, or a number as text; None when blank."""
        return _text(self.value)

    def text_at(self, key: str) -> str | None:
        """The text under a key, for documents of which thousands are read."""
        return text_under(self.value, key)

    @property
    def number(self) -> float | None:
        """A finite number, also when written as text."""
        return as_number(self.value)

    @property
    def count(self) -> int | None:
        """A number of things, zero or more."""
        return as_count(self.value)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts of a list, each once, at most a hundred."""
        return _some(item.text for item in self)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries of a list, each once, at most a hundred."""
        return names_of(self.value)

    @property
    def address(self) -> str | None:
        """A web address."""
        return as_address(self.text)


_NOTHING = Json()


def items_of(node: Any) -> list[Any]:
    """The values of a list as they came, at most a thousand; empty when it is not a list."""
    return node[:_MOST_ITEMS] if isinstance(node, list) else []


def names_of(node: Any) -> tuple[str, ...]:
    """The names of the entries of a list, each once, at most a hundred."""
    return _some([text_under(item, "name") for item in items_of(node)])


def text_under(node: Any, key: str) -> str | None:
    """The text under a key of an object; None where there is no object, no key or no text."""
    if not isinstance(node, dict) or (value := node.get(key)) is None:
        return None
    if value.__class__ is str and len(value) <= _LONGEST and value.isprintable():  # most text is clean
        return value.strip() or None
    return _text(value)


def _text(value: Any) -> str | None:
    return clean(str(value)) if isinstance(value, (str, int)) and value is not True else None


def read_json(catalogue: str, answer: Answer) -> Json:
    """The document; raises CatalogueUnavailableError when it is none."""
    try:
        return Json(decode_json(answer.body))
    except TooManyValuesError as error:
        raise changed(catalogue, str(error)) from error
    except (ValueError, RecursionError) as error:
        found = "a web page" if answer.is_html else "not JSON"
        raise changed(catalogue, found) from error


def read_xml(catalogue: str, answer: Answer) -> _Element:
    """The root element; entities are not resolved and nothing is loaded from outside."""
    try:
        root = decode_xml(answer.body)
    except TooManyValuesError as error:
        raise changed(catalogue, str(error)) from error
    except ValueError as error:
        raise changed(catalogue, "a web page" if answer.is_html else "not XML") from error
    if root.getroottree().docinfo.internalDTD is not None:  # its entities could stand for gigabytes
        raise changed(catalogue, "XML with a document type")
    return root


def xml_items(node: _Element, path: str) -> Iterator[_Element]:
    """The elements at `path`, at most a thousand."""
    return islice(node.iterfind(path), _MOST_ITEMS)


def xml_text(node: _Element | None, path: str = ".") -> str | None:
    """The text below `path`, with blanks tidied; None when there is none or it is marked nil."""
    found = node if node is None or path == "." else node.find(path)
    if found is None or found.get("nil") == "true":
        return None
    return clean("".join(map(str, found.itertext())) if len(found) else found.text or "")


def xml_fields(node: _Element | None) -> dict[str, _Element]:
    """The elements right below `node` by their names, the first of each name: for nodes of which many are read."""
    fields: dict[str, _Element] = {}
    for child in node if node is not None else ():
        fields.setdefault(str(child.tag), child)
    return fields


def clean(text: str) -> str | None:
    """`text` that any database and terminal can take, at most 20,000 characters; None when blank."""
    text = text[:_LONGEST]
    return (text if text.isprintable() else _UNWRITABLE.sub("", text)).strip() or None


def as_address(text: str | None) -> str | None:
    """A web address from text; None for what a browser would take for something else."""
    return text if text and _ADDRESS.fullmatch(text) else None


def _some(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(text for text in texts if text), _MOST_NAMES))


def as_number(value: object) -> float | None:
    """A finite number from a number or its text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_count(value: object) -> int | None:
    """A whole number from 0 to 10^12; "1,234" too."""
    number = as_number(value.replace(",", "") if isinstance(value, str) else value)
    return int(number) if number is not None and 0 <= number <= 10**12 else None


def rating_of(stars: float | None) -> float | None:
    """Stars from 0 to 5; zero means that there is no vote."""
    return stars if stars is not None and 0 < stars <= 5 else None

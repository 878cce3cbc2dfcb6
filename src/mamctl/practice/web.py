"""Requests and answers of a practice site as values, apart from any socket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from mamctl.dataclass import dataclass
from mamctl.domain.json_values import Json

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=UTF-8"
FORM_TYPE = "application/x-www-form-urlencoded"


class BodyUnreadableError(ValueError):
    """The body is not in the encoding that its content type names."""


@dataclass(frozen=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def cookies(self) -> dict[str, str]:
        """The cookies sent, byte for byte."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name: value for name, equals, value in pairs if equals}

    @cached_property
    def query_fields(self) -> dict[str, Json]:
        """The query alone, nested."""
        return nest(parse_qsl(self.query, keep_blank_values=True))

    @cached_property
    def fields(self) -> dict[str, Json]:
        """Query and body together, nested; raises BodyUnreadableError."""
        return {**self.query_fields, **self._body_fields()}

    @property
    def readable_fields(self) -> dict[str, Json]:
        """The same, or the query alone when the body cannot be read."""
        try:
            return self.fields
        except BodyUnreadableError:
            return self.query_fields

    def _body_fields(self) -> dict[str, Json]:
        if not self.body:
            return {}
        kind = self.headers.get("content-type", "").partition(";")[0].strip()
        try:
            if kind == "application/json":
                found = json.loads(self.body)
            elif kind == FORM_TYPE and not self.body.lstrip().startswith(b"{"):
                found = nest(parse_qsl(self.body.decode(), keep_blank_values=True))
            else:
                raise BodyUnreadableError(kind)
        except ValueError as error:
            raise BodyUnreadableError(str(error)) from error
        if not isinstance(found, dict):
            raise BodyUnreadableError(kind)
        return found


@dataclass(slots=True)
class Answer:
    """One answer. `accepted` says that the session was honoured, so that its cookie turns."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: list[tuple[str, str]] = field(default_factory=list)
    accepted: bool = True
    refused: str | None = None
    stream: Iterator[bytes] | None = None
    cut_at: int | None = None


def json_answer(content: object, status: int = 200, *, pretty: bool = False, **facts: Any) -> Answer:
    """An answer in JSON."""
    body = json.dumps(content, ensure_ascii=False, indent=4 if pretty else None)
    return Answer(status, body.encode("utf-8", "backslashreplace"), **facts)  # half a surrogate pair as its escape


def html_answer(page: str, status: int = 200, **facts: Any) -> Answer:
    """An answer in HTML."""
    return Answer(status, page.encode(), HTML_TYPE, **facts)


def nest(pairs: list[tuple[str, str]]) -> dict[str, Json]:
    """PHP's reading of `tor[cat][]=1&tor[srchIn][title]=true` as nested dictionaries."""
    found: dict[str, Json] = {}
    for name, value in pairs:
        head, *inner = name.replace("]", "").split("[")
        place = found
        for key in [head, *inner][:-1]:
            below = place.get(key)
            inside: dict[str, Json] = below if isinstance(below, dict) else {}
            place[key] = inside
            place = inside
        last = [head, *inner][-1]
        place[last or str(len(place))] = value
    return found


def listed(value: object) -> list[str]:
    """A list however it was sent: a JSON list, indexed fields, or one value."""
    if isinstance(value, Mapping):
        return [str(item) for item in value.values()]
    if isinstance(value, list):
        return [str(item) for item in value]
    return [] if value is None else [str(value)]


def named(value: object) -> list[str]:
    """Names however they were sent: a list of names, or an object with a flag for each."""
    if isinstance(value, Mapping) and not all(str(key).isdigit() for key in value):
        return [str(key) for key in value]
    return listed(value)

"""One question to a catalogue; the key goes along unseen, and is masked in what comes back."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, quote_plus, urlencode, urlsplit
from xml.sax.saxutils import escape

from mamctl.dataclass import dataclass
from mamctl.domain.secret import Secret

_SHORTEST_KEY = 4  # what is shorter is not a key, and would be found everywhere


@dataclass(frozen=True, slots=True)
class Credential:
    """A key and where it goes: a query parameter or a header, there behind `prefix`."""

    name: str
    value: Secret
    place: Literal["param", "header"] = "param"
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to one catalogue. `body` (JSON) makes it a POST that changes nothing, as GraphQL asks.

    The credential is not part of the question: the same question with another key has the same answer.
    """

    catalogue: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    credential: Credential | None = None
    interval: float = 1.0
    spoken: frozenset[int] = frozenset()  # error statuses by which this catalogue says something about a book

    @property
    def key(self) -> str:
        """The digest under which the answer is kept."""
        return _key(self.url, self.params, self.body)

    @property
    def host(self) -> str:
        """The host that is asked, with its port."""
        return urlsplit(self.url).netloc.rpartition("@")[2].lower()


@lru_cache(maxsize=256)  # a look-up asks for it several times
def _key(url: str, params: tuple[tuple[str, str], ...], body: str | None) -> str:
    question = json.dumps([url, sorted(params), body])
    return hashlib.sha256(question.encode()).hexdigest()


def address_of(call: Call) -> str:
    """The whole address, with the key if it goes there: for the wire only."""
    params = list(call.params)
    if call.credential and call.credential.place == "param":
        params.append((call.credential.name, call.credential.value.reveal()))
    return f"{call.url}?{urlencode(params)}" if params else call.url


def headers_of(call: Call) -> dict[str, str]:
    """The headers, with the key if it goes there: for the wire only."""
    headers = {"Content-Type": "application/json"} if call.body is not None else {}
    if call.credential and call.credential.place == "header":
        headers[call.credential.name] = call.credential.prefix + call.credential.value.reveal()
    return headers


def without_key(credential: Credential | None, body: bytes) -> bytes:
    """The body with our key masked, however it is spelt there: Goodreads repeats it in every answer."""
    key = credential.value.reveal() if credential else ""
    if len(key) < _SHORTEST_KEY:
        return body
    for spelling in {key, quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1], escape(key)}:
        body = body.replace(spelling.encode(), b"***")
    return body

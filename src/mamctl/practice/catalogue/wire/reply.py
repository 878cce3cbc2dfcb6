"""What goes into an answer and what it is: shared by all wire formats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.practice.catalogue.shelves import Shelves

PRACTICE_KEY = "practice-key"  # what the practice catalogue takes for a key or token; it opens nothing else


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, without the catalogue's prefix; names of headers are in lower case."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    shelves: Shelves
    wrong_book: bool = False

    def param(self, name: str) -> str:
        """A parameter, or ""."""
        return self.params.get(name, "")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


def reply_json(document: Any, status: int = 200) -> Reply:
    """A document as an answer."""
    return Reply(json.dumps(document, ensure_ascii=False).encode(), status)


def html_of(text: str) -> str:
    """A description with the markup that catalogues leave in it."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in text.replace("&", "&amp;").split("\n\n"))

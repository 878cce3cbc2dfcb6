"""Times, texts and file names as SQLite can hold them, and back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from mamctl.regex import regex

# A backslash that is really there must not be mistaken for the beginning of an escape.
_AMBIGUOUS = regex(r"\\(?=u(?:005c|dc[89a-f][0-9a-f]))")
_LONE = regex("[\udc80-\udcff]")
_DECODER = json.JSONDecoder()
_ESCAPE = regex(r"\\u(005c|dc[89a-f][0-9a-f])")


def path_to_text(path: str) -> str:
    """`path` (as os.fsdecode gives it) as valid Unicode; ordinary names stay as they are.

    Bytes that are not UTF-8 become `\\udcXX` escapes, without loss.
    """
    if path.isascii() and "\\" not in path:
        return path
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", _AMBIGUOUS.sub(r"\\u005c", path))


def text_to_path(text: str) -> str:
    """The inverse of `path_to_text`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "\\" in text else text


def storable(text: str | None) -> str | None:
    """Text as SQLite can hold it: bytes of a name that is not Unicode are kept as \\udcXX escapes."""
    return text if text is None or text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def read_json(text: str) -> Any:
    """What the store or SQLite has written as JSON: in half the time of `json.loads`, for nothing stands around it."""
    return _DECODER.raw_decode(text)[0]


def moment(text: str | None) -> datetime | None:
    """A stored timestamp as an aware datetime."""
    return sure_moment(text) if text else None


def sure_moment(text: str) -> datetime:
    """A stored timestamp of a column that is NOT NULL."""
    return datetime.fromisoformat(text)

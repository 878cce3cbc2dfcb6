"""JSON of the tracker as values whose text every part of mamctl can hold: half characters are replaced.

JSON may escape half of a surrogate pair ("\\ud800" alone). Python reads it into text that neither SQLite nor a
terminal takes; it is not a character, so it becomes the replacement character at the one place where text comes in.
"""

from __future__ import annotations

from mamctl.adapters.documents import decode_json
from mamctl.regex import regex

_ESCAPED_HALF = regex(r"\\u[dD][89a-fA-F]")
_HALF = regex("[\ud800-\udfff]")


def read_json(text: str) -> object:
    """The value; ValueError or RecursionError where it is not JSON, has too many values or is nested too deeply."""
    value: object = decode_json(text)
    return _mended(value) if _ESCAPED_HALF.search(text) or _HALF.search(text) else value


def _mended(value: object) -> object:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return [_mended(item) for item in value] if isinstance(value, list) else value

"""File names as SQLite can hold them, and back: bytes that are no UTF-8 become `\\udcXX` escapes, without loss."""

from __future__ import annotations

import re

# A backslash that is really there must not be mistaken for the beginning of an escape.
_AMBIGUOUS = re.compile(r"\\(?=u(?:005c|dc[89a-f][0-9a-f]))")
_LONE = re.compile("[\udc80-\udcff]")
_ESCAPE = re.compile(r"\\u(005c|dc[89a-f][0-9a-f])")


def path_to_text(path: str) -> str:
    """`path` (as os.fsdecode gives it) as valid Unicode; ordinary names stay as they are."""
    if path.isascii() and "\\" not in path:
        return path
    return _LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", _AMBIGUOUS.sub(r"\\u005c", path))


def text_to_path(text: str) -> str:
    """The inverse of `path_to_text`."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "\\" in text else text

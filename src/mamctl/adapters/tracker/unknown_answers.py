"""Copies of answers of the tracker that could not be read, without private data, so that they can be reported.

Of JSON, the structure stays and each value becomes a pattern: digits turn into 9, letters into a. The site's
messages (error, msg) stay, redacted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.adapters.private_files import write_private
from mamctl.adapters.tracker.json_text import read_json
from mamctl.dataclass import dataclass
from mamctl.domain.redaction import excerpt, redact
from mamctl.regex import regex

if TYPE_CHECKING:
    from mamctl.adapters.tracker.answers import Answer

MOST_COPIES = 20
LONGEST_BODY = 256 * 1024
_LONGEST_TEXT = 200
_LONGEST_CUT = 10_000
_MOST_ITEMS = 5
_MOST_KEYS = 100
_DEEPEST = 12
_SPOKEN = frozenset({"error", "msg", "message"})
_WORD = regex(r"[A-Za-z_][A-Za-z_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class UnknownAnswers:
    """A folder with at most `MOST_COPIES` files, 0600; answers of one form are one file."""

    folder: Path

    def keep(self, answer: Answer) -> Path | None:
        """Keep the answer; None when it cannot be written, which is no reason to fail."""
        text, suffix = mask_answer(answer)
        stem = re.sub(r"\W+", "-", Path(answer.path).stem, flags=re.ASCII).strip("-")[:40] or "answer"
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
        path = self.folder / f"{stem}-{answer.status}-{digest}.{suffix}"
        try:
            write_private(path, text)
        except (OSError, UnicodeError):
            return None
        self._let_go_of_the_oldest()
        return path

    def _let_go_of_the_oldest(self) -> None:
        with contextlib.suppress(OSError):
            kept = sorted(self.folder.glob("*-*-????????.*"), key=lambda path: path.stat().st_mtime)
            for path in kept[:-MOST_COPIES]:
                path.unlink(missing_ok=True)


def mask_answer(answer: Answer) -> tuple[str, str]:
    """The body without private data, and the suffix of its file's name."""
    if len(answer.body) <= LONGEST_BODY:
        with contextlib.suppress(ValueError, RecursionError):
            return json.dumps(mask(read_json(answer.text)), indent=1, ensure_ascii=True) + "\n", "json"
    text = answer.text[:LONGEST_BODY]
    if text.lstrip().startswith("<"):
        from mamctl.adapters.tracker.readers.redacted import redact_html

        return redact_html(text), "html"
    if text.lstrip().startswith(("{", "[")):  # JSON that breaks off: its strings cannot be separated from its structure
        return mask_text(text, _LONGEST_CUT) + "\n", "txt"
    return redact(text[:_LONGEST_CUT]) + "\n", "txt"


def mask(value: object, depth: int = 0) -> object:
    """A JSON value as its own pattern: the same structure, up to some items a list, keys an object, and levels."""
    if isinstance(value, dict | list) and depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {_key(key): _member(key, item, depth) for key, item in islice(value.items(), _MOST_KEYS)}
    if isinstance(value, list):
        return [mask(item, depth + 1) for item in value[:_MOST_ITEMS]]
    if isinstance(value, str):
        return mask_text(value)
    return _number(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def mask_text(text: str, longest: int = _LONGEST_TEXT) -> str:
    """Digits turn into 9 and letters into a or A; what stands between them stays."""
    return "".join(map(_sign, text[:longest]))


def _sign(sign: str) -> str:
    if sign.isdigit() or sign.isnumeric():
        return "9"
    if sign.isalpha():
        return "A" if sign.isupper() else "a"
    return sign


def _member(key: str, value: object, depth: int) -> object:
    if key.lower() in _SPOKEN and isinstance(value, str):
        return excerpt(value, _LONGEST_TEXT)
    return mask(value, depth + 1)


def _key(key: str) -> str:
    """A key that is a word names a figure; any other may be a value."""
    return key if _WORD.fullmatch(key) else mask_text(key)


def _number(value: float) -> object:
    if isinstance(value, float):
        return float(re.sub(r"\d", "9", f"{value:.6g}"[:12])) if math.isfinite(value) else str(value)
    digits = len(str(abs(value))) if abs(value) < 10**30 else 30
    return (1 if value >= 0 else -1) * int("9" * digits)

"""Decides whether a sidecar may be written: never over what others wrote, or what changed since mamctl wrote it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Write(StrEnum):
    """What to do with one file."""

    CREATE = "create"
    REPLACE = "replace"
    KEEP = "keep"  # it has this very content
    REFUSE = "refuse"  # it holds somebody else's words


@dataclass(frozen=True, slots=True)
class Planned:
    """One file, what to do with it, its content and the content's digest. `root` is the library it belongs to."""

    root: str
    path: str
    write: Write
    content: bytes
    sha256: str


def digest(content: bytes) -> str:
    """What is remembered of a file that was written."""
    return hashlib.sha256(content).hexdigest()


def decide_write(on_disk: str | None, own: Collection[str], wanted: str) -> Write:
    """From the digests of the file as it is (None: absent), of mamctl's own writing, and of the new content."""
    if on_disk is None:
        return Write.CREATE
    if on_disk == wanted:
        return Write.KEEP
    return Write.REPLACE if on_disk in own else Write.REFUSE

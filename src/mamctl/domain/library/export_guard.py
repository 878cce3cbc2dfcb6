"""Decides whether a sidecar may be written: never over what others wrote, or what changed since mamctl wrote it."""

from __future__ import annotations

import hashlib
from enum import StrEnum


class Write(StrEnum):
    """What to do with one file."""

    CREATE = "create"
    REPLACE = "replace"
    KEEP = "keep"  # it has this very content
    REFUSE = "refuse"  # it holds somebody else's words


def digest(content: bytes) -> str:
    """What is remembered of a file that was written."""
    return hashlib.sha256(content).hexdigest()


def decide_write(on_disk: str | None, remembered: str | None, wanted: str) -> Write:
    """From the digests of the file as it is (None: absent), as mamctl last wrote it, and as it shall be."""
    if on_disk is None:
        return Write.CREATE
    if on_disk == wanted:
        return Write.KEEP
    return Write.REPLACE if on_disk == remembered else Write.REFUSE

"""Files for other programs to read: replaced whole, readable by everyone, complete at every moment."""

from __future__ import annotations

import errno
from pathlib import Path

from mamctl.adapters.private_files import replace_file
from mamctl.errors import MamctlError


class PublishError(MamctlError):
    """The file could not be written; the one before is still there."""

    code = "not_written"


def publish(path: Path, content: str) -> int:
    """Replace the file by `content`, 0644, through a file in the same folder; its size in bytes.

    Raises PublishError: the folder must exist.
    """
    data = content.encode("utf-8", "backslashreplace")
    try:
        replace_file(path, data, mode=0o644)  # a server of another user reads it
    except OSError as error:
        raise PublishError(
            f"{path} cannot be written: {error.strerror}", subject=str(path), remedy=_remedy(path, error)
        ) from error
    return len(data)


def _remedy(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"make room where {path.parent} lies"
    if path.is_dir():
        return f"name a file in it, such as {path / 'mamctl'}"
    if path.exists() and not path.is_file():
        return "name a regular file: it is replaced whole"
    return f"does the folder {path.parent} exist, and may you write to it?"

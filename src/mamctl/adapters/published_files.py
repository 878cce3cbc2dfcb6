"""Files for other programs to read: replaced whole, readable by everyone, complete at every moment."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from mamctl.adapters.private_files import refuse_special, replace_file
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
        raise _refusal(path, error) from error
    return len(data)


def check_target(path: Path) -> None:
    """Raises PublishError where `publish` would, as far as that is known without writing."""
    if fault := _fault(path):
        raise _refusal(path, OSError(fault, os.strerror(fault)))
    try:
        refuse_special(path)
    except OSError as error:
        raise _refusal(path, error) from error


def _fault(path: Path) -> int:
    """The errno that writing a file here would raise; 0 for none."""
    folder = path.parent
    if path.is_dir():
        return errno.EISDIR
    if not folder.is_dir():
        return errno.ENOTDIR if folder.exists() else errno.ENOENT
    return 0 if os.access(folder, os.W_OK | os.X_OK) else errno.EACCES


def _refusal(path: Path, error: OSError) -> PublishError:
    return PublishError(f"{path} cannot be written: {error.strerror}", subject=str(path), remedy=_remedy(path, error))


def _remedy(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"make room where {path.parent} lies"
    if path.is_dir():
        return f"name a file in it, such as {path / 'mamctl'}"
    if path.exists() and not path.is_file():
        return "name a regular file: it is replaced whole"
    return f"does the folder {path.parent} exist, and may you write to it?"

"""Files for other programs to read: replaced whole, readable by everyone, complete at every moment."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from mamctl.errors import MamctlError


class PublishError(MamctlError):
    """The file could not be written; the one before is still there."""

    code = "not_written"


def publish(path: Path, content: str) -> int:
    """Replace the file by `content`, 0644, through a file in the same folder; its size in bytes.

    Raises PublishError: the folder must exist.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    data = content.encode("utf-8", "backslashreplace")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o644)  # whatever the mask says: a server of another user reads it
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise PublishError(
            f"{path} cannot be written: {error.strerror}",
            subject=str(path),
            remedy=f"name a file in it, such as {path / 'mamctl'}"
            if path.is_dir()
            else f"does the folder {path.parent} exist, and may you write to it?",
        ) from error
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    return len(data)

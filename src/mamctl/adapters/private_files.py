"""Secrets on disk: read only from files that nobody else can read, written whole and 0600 or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from typing import TYPE_CHECKING

from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 64 * 1024


def read_secret_file(path: Path) -> Secret:
    """The trimmed text of a person's secrets file; ConfigInvalidError when missing, empty or open to others."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise _invalid(
            path, "secret_file_missing", "does not exist", "create it, with the secret alone in it"
        ) from None
    except OSError as error:
        raise _invalid(path, "secret_file_unreadable", f"cannot be read: {error.strerror}", "check its owner") from None
    if stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
        found = f"can be used by others (mode {stat.S_IMODE(mode):04o})"
        raise _invalid(path, "secret_file_open", found, f"chmod 600 {path}")
    return Secret(_decode(path, raw))


def write_private(path: Path, text: str) -> None:
    """Replace the file by `text`, 0600, on the disk when this returns; the old one stays whole until then."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _decode(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(raw) > _LARGEST:
        raise _invalid(path, "secret_file_empty", "holds no usable text", "put the secret alone in it")
    return text


def _invalid(path: Path, code: str, found: str, remedy: str) -> ConfigInvalidError:
    return ConfigInvalidError(f"secrets file {path} {found}", subject=str(path), remedy=remedy, code=code)

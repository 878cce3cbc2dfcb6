"""Writes sidecars beside the audio: wholly or not at all, only over mamctl's own files, only inside the library."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.adapters.library.sidecar_json import read_object
from mamctl.adapters.library.sidecars import LARGEST_SIDECAR
from mamctl.domain.library.audiobookshelf import is_whole_form
from mamctl.domain.library.export import (
    ABS_NAME,
    KEPT_BY_ABS,
    OPF_NAME,
    FileState,
    PlannedWrite,
    Write,
    decide_write,
    digest,
)
from mamctl.domain.problem import Problem

if TYPE_CHECKING:
    from mamctl.domain.permits import Permit, WriteSidecar

_OWN_NAMES = frozenset({ABS_NAME, OPF_NAME})
_ABANDONED_S = 3600  # a temporary file of this age is left over from a process that was killed


class DiskSidecars:
    """Sidecars on the disk."""

    @staticmethod
    def plan(root: str, path: str, text: str, own: Collection[str]) -> PlannedWrite | Problem:
        """What would be done with `path`, or why nothing may be done. `own` are the digests of mamctl's own files."""
        target = Path(path)
        if target.name not in _OWN_NAMES:
            raise ValueError(f"{target.name} is not one of mamctl's sidecars")
        content = text.encode("utf-8", "replace")
        try:
            if led_elsewhere := _leads_elsewhere(root, target):
                return led_elsewhere
            verdict = decide_write(_digest_of(target), own, digest(content))
        except OSError as error:
            return _unwritable(path, error)
        if verdict is Write.REFUSE:
            return _foreign(path)
        state = _state_of(target) if verdict is Write.KEEP else None
        return PlannedWrite(root, path, verdict, content, digest(content), state)

    @staticmethod
    def write(
        planned: PlannedWrite,
        own: Collection[str],
        permit: Permit[WriteSidecar],
    ) -> FileState | Problem:
        """Write the file; the problem when it could not be written, or another program wrote it meanwhile."""
        target = Path(planned.path)
        try:
            if led_elsewhere := _leads_elsewhere(planned.root, target):
                return led_elsewhere
            return _replace(target, planned.content, own) or _foreign(planned.path)
        except OSError as error:
            return _unwritable(planned.path, error)

    @staticmethod
    def read(path: str) -> bytes | None:
        """The sidecar's content, None when there is none or it is too large to be one. Raises OSError."""
        target = Path(path)
        if target.name not in _OWN_NAMES:
            raise ValueError(f"{target.name} is not one of mamctl's sidecars")
        try:
            if not stat.S_ISREG(target.lstat().st_mode) or target.stat().st_size > LARGEST_SIDECAR:
                return None
            return target.read_bytes()
        except FileNotFoundError:
            return None

    @staticmethod
    def remove(
        path: str,
        own: Collection[str],
        permit: Permit[WriteSidecar],
    ) -> Problem | None:
        """Remove a sidecar that is mamctl's own and unchanged; the problem when it is not, or cannot be removed."""
        target = Path(path)
        try:
            found = _digest_of(target)
            if found is not None and found not in own:
                return _foreign(path)
            target.unlink(missing_ok=True)
        except OSError as error:
            return _unwritable(path, error)
        return None


def _foreign(path: str) -> Problem:
    """The problem of a file that is not mamctl's, or has changed since mamctl wrote it."""
    if Path(path).name == ABS_NAME and _is_of_audiobookshelf(Path(path)):
        return Problem(KEPT_BY_ABS, f"{path}: written by Audiobookshelf; left unchanged", path)
    return Problem(
        "foreign_sidecar",
        f"{path}: written by another program or by you; left unchanged",
        path,
        "mamctl meta scan reads it; move it away to let mamctl write its own",
    )


def _is_of_audiobookshelf(target: Path) -> bool:
    if not stat.S_ISREG(target.lstat().st_mode) or target.stat().st_size > LARGEST_SIDECAR:
        return False
    with contextlib.suppress(OSError, ValueError):
        return is_whole_form(read_object(target.read_bytes()))
    return False


def _unwritable(path: str, error: OSError) -> Problem:
    return Problem("unwritable_sidecar", f"{path}: {error.strerror}", path, "let mamctl's user write there")


def _leads_elsewhere(root: str, target: Path) -> Problem | None:
    """A folder that has become a link since the scan leads out of the library, or into another book."""
    folder = os.fspath(target.parent)
    below = os.path.relpath(folder, root)
    real = os.path.normpath(os.path.join(os.path.realpath(root), below))  # noqa: PTH118 - names may not be UTF-8
    if os.path.realpath(folder, strict=True) == real and not below.startswith(".."):
        return None
    return Problem(
        "folder_is_a_link",
        f"{folder}: it is a link to {os.path.realpath(folder)}; nothing is written there",
        folder,
        "run mamctl meta scan, and list the real folder under library.folders if its books are yours",
    )


def _digest_of(target: Path) -> str | None:
    """None when there is no such file; a link, a pipe or a folder is not mamctl's, and never opened."""
    try:
        if not stat.S_ISREG(target.lstat().st_mode):
            return "no file"
        return digest(target.read_bytes())
    except FileNotFoundError:
        return None


def _state_of(target: Path) -> FileState | None:
    with contextlib.suppress(FileNotFoundError):
        found = target.lstat()
        return FileState(found.st_size, found.st_mtime_ns)
    return None


def _replace(target: Path, content: bytes, own: Collection[str]) -> FileState | None:
    """Write beside, then rename; None when another program wrote the file in the meantime."""
    prefix = f".{target.name}.mamctl-"
    _remove_abandoned(target.parent, prefix)
    handle, name = tempfile.mkstemp(prefix=prefix, dir=target.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o666 & ~_umask())
        if decide_write(_digest_of(target), own, digest(content)) is Write.REFUSE:
            return None
        state = _state_of(partial)
        partial.replace(target)
        return state
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _remove_abandoned(folder: Path, prefix: str) -> None:
    for name in os.listdir(folder):  # noqa: PTH208 - names may not be UTF-8
        left = folder / name
        if name.startswith(prefix) and time.time() - left.lstat().st_mtime > _ABANDONED_S:
            left.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

"""Files a finished book into the library: reflink, hard link or copy by trying, staged beside and renamed once.

The seeded files are only ever opened for reading. What an earlier run has put there already is recognised, not doubled.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import filecmp
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mamctl.domain.queue.filing import FiledFile
from mamctl.errors import MamctlError

if TYPE_CHECKING:
    from mamctl.domain.permits import FileBook, Permit, UnfileBook
    from mamctl.domain.queue.filing import FilingPlan

_FICLONE = 0x40049409  # linux/fs.h: let the new file share the other's blocks
_SIDECAR = "metadata.json"
# What says that this way does not work between these two places, so that the next is tried.
_NOT_THIS_WAY = frozenset({
    errno.EXDEV, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.EMLINK, errno.ENOSYS,
    errno.EBADF, errno.ETXTBSY,
})  # fmt: skip


class FilingError(MamctlError):
    """A book was not filed; nothing of it is in the library."""

    code = "not_filed"


class LibraryFiler:
    """Files below one folder of the library."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def file_book(
        self,
        plan: FilingPlan,
        sidecar: str | None,
        permit: Permit[FileBook],
    ) -> tuple[FiledFile, ...]:
        """Put a book's files into their folder, with `metadata.json` beside them. Raises FilingError."""
        target = self._root / plan.folder
        staging = self._root / f".mamctl-{hashlib.sha256(plan.folder.encode()).hexdigest()[:16]}.part"
        try:
            self._check_place(target)
            if os.path.lexists(target):
                return self._known(plan, target)
            return self._file(plan, sidecar, staging, target)
        except OSError as error:
            raise _explain(error, target) from None
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def take_out(self, files: Iterable[FiledFile], permit: Permit[UnfileBook]) -> tuple[str, ...]:
        """Remove what was filed, by its identity; what was changed or replaced since stays. The paths removed.

        Folders that are empty then go with it, up to the library's own.
        """
        removed = []
        for file in files:
            with contextlib.suppress(OSError):
                found = os.lstat(file.path)
                if (found.st_dev, found.st_ino, found.st_size) == (file.device, file.inode, file.size):
                    os.unlink(file.path)  # noqa: PTH108
                    removed.append(file.path)
        above = {folder for path in removed for folder in Path(path).parents if self._root in folder.parents}
        for folder in sorted(above, key=lambda one: len(one.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        return tuple(removed)

    @staticmethod
    def read_own(filed: FiledFile) -> str | None:
        """The text that was written beside a book when it was filed; None when another file is there by now."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            found = os.lstat(filed.path)
            if (found.st_dev, found.st_ino, found.st_size) == (filed.device, filed.inode, filed.size):
                return Path(filed.path).read_text(encoding="utf-8")
        return None

    def _file(self, plan: FilingPlan, sidecar: str | None, staging: Path, target: Path) -> tuple[FiledFile, ...]:
        shutil.rmtree(staging, ignore_errors=True)  # a run that was killed may have left one
        staging.mkdir(parents=True)
        made = [(staging / link.target, _bring(Path(link.source), staging / link.target)) for link in plan.links]
        if sidecar is not None and not any(link.target.casefold() == _SIDECAR for link in plan.links):
            made.append((staging / _SIDECAR, _write(staging / _SIDECAR, sidecar)))
        _sync_folders(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.rename(target)
        _sync(target.parent)
        return tuple(_filed(target / path.relative_to(staging), method) for path, method in made)

    def _check_place(self, target: Path) -> None:
        """The library is there, and no link on the way leads out of it."""
        if not self._root.is_dir():
            raise FilingError(
                f"{self._root}: the library's folder does not exist",
                subject=str(self._root),
                remedy="is the disk mounted?",
            )
        root, above = os.path.realpath(self._root), os.path.realpath(target.parent)
        if above != root and not above.startswith(root.rstrip("/") + "/"):
            raise FilingError(f"{target.parent}: a link leads out of the library", subject=str(target.parent))

    @staticmethod
    def _known(plan: FilingPlan, target: Path) -> tuple[FiledFile, ...]:
        """What an earlier run filed before it could record it: every file is there and the same."""
        found = []
        for link in plan.links:
            path = target / link.target
            if not _is_same(Path(link.source), path):
                raise FilingError(
                    f"{target}: the folder exists, and contains something other than this book",
                    subject=str(target),
                    remedy="move it away, or file the book by hand; it keeps seeding",
                    code="target_exists",
                )
            linked = path.samefile(link.source)
            found.append(_filed(path, "hardlink" if linked else "copy"))
        return tuple(found)


def _bring(source: Path, target: Path) -> str:
    """One file by the first way that works; its name."""
    if not stat.S_ISREG(source.lstat().st_mode):
        raise FilingError(f"{source}: not a file", subject=str(source))
    target.parent.mkdir(parents=True, exist_ok=True)
    for method, way in (("reflink", _reflink), ("hardlink", _hardlink)):
        try:
            way(source, target)
        except OSError as error:
            if error.errno not in _NOT_THIS_WAY:
                raise
        else:
            return method
    _copy(source, target)
    return "copy"


def _reflink(source: Path, target: Path) -> None:
    with source.open("rb") as here:
        there = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            fcntl.ioctl(there, _FICLONE, here.fileno())
        except OSError:
            target.unlink()
            raise
        finally:
            os.close(there)


def _hardlink(source: Path, target: Path) -> None:
    os.link(source, target, follow_symlinks=False)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as here, target.open("xb") as there:
        shutil.copyfileobj(here, there, 1024 * 1024)
        there.flush()
        os.fsync(there.fileno())
    if target.stat().st_size != source.stat().st_size:
        raise OSError(errno.EIO, "the copy is incomplete", str(target))


def _write(target: Path, text: str) -> str:
    with target.open("xb") as file:
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        os.fsync(file.fileno())
    return "written"


def _filed(path: Path, method: str) -> FiledFile:
    found = path.lstat()
    return FiledFile(str(path), found.st_dev, found.st_ino, found.st_size, method)


def _is_same(source: Path, target: Path) -> bool:
    try:
        return source.samefile(target) or filecmp.cmp(source, target, shallow=False)
    except OSError:
        return False


def _sync_folders(folder: Path) -> None:
    for path, _, _ in os.walk(folder):
        _sync(Path(path))


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some network file systems do not sync folders
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _explain(error: OSError, target: Path) -> FilingError:
    remedies = {
        errno.ENOSPC: "make room on the library's disk",
        errno.EROFS: "the library is mounted read-only: let mamctl write there",
        errno.EACCES: "let mamctl's user write there",
        errno.ENOTEMPTY: "move the folder away, or file the book by hand",
    }
    text = f"{target}: not filed: {error.strerror or error}"
    return FilingError(text, subject=str(target), remedy=remedies.get(error.errno or 0, "check the disk"))

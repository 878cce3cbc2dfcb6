"""Writes sidecars beside the audio: wholly or not at all, and only over mamctl's own words. Audio is never touched."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from mamctl.domain.library.export import ABS_NAME, OPF_NAME
from mamctl.domain.library.export_guard import Write, decide_write, digest
from mamctl.domain.problem import Problem

_OWN_NAMES = frozenset({ABS_NAME, OPF_NAME})


class DiskSidecars:
    """Sidecars on the disk."""

    @staticmethod
    def write(path: str, text: str, remembered: str | None, *, dry_run: bool) -> tuple[Write, str] | Problem:
        """What was done and the digest of the text, or why not. `remembered` is the digest of what was written last."""
        target = Path(path)
        if target.name not in _OWN_NAMES:
            raise ValueError(f"{target.name} is no sidecar of mamctl's")
        content = text.encode("utf-8", "replace")
        try:
            verdict = decide_write(_digest_of(target), remembered, digest(content))
            if verdict is Write.REFUSE:
                return _refusal(path)
            if verdict is not Write.KEEP and not dry_run and not _replace(target, content, remembered):
                return _refusal(path)
        except OSError as error:
            return Problem("unwritable_sidecar", f"{path}: {error.strerror}", path, "let mamctl's user write there")
        return verdict, digest(content)


def _refusal(path: str) -> Problem:
    return Problem(
        "foreign_sidecar",
        f"{path}: another program or a person wrote it; it is left as it is",
        path,
        "mamctl meta scan reads it; move it away if mamctl shall write its own",
    )


def _digest_of(target: Path) -> str | None:
    """None when there is no such file; a link, a pipe or a folder is somebody's, and never opened."""
    try:
        if not stat.S_ISREG(target.lstat().st_mode):
            return "no file"
        return digest(target.read_bytes())
    except FileNotFoundError:
        return None


def _replace(target: Path, content: bytes, remembered: str | None) -> bool:
    """Write beside, then rename; false when somebody else wrote the file in the meantime."""
    partial = target.with_name(f".{target.name}.mamctl-{os.getpid()}")
    try:
        with partial.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if decide_write(_digest_of(target), remembered, digest(content)) is Write.REFUSE:
            return False
        partial.replace(target)
        return True
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()

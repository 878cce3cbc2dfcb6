"""What was reported, while the database cannot be written or found: one empty file for each problem, outside of it."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mamctl.domain.problem import Notice, Problem
from mamctl.domain.reporting import Due, ReminderPolicy, fingerprint, is_due

_KEPT = timedelta(days=60)


def due_by_markers(
    job: str, problems: Iterable[Problem], notices: Iterable[Notice], now: datetime, policy: ReminderPolicy
) -> Due:
    """What is to be reported now, by the time of each problem's marker in the folder for temporary files.

    An empty file needs no room on the disk. Without that folder everything is reported: twice is better than never.
    """
    folder = _folder()
    due = tuple(p for p in problems if folder is None or _mark(folder / f"{job}.{fingerprint(p)}", now, policy))
    events = tuple(n for n in notices if not n.standing)
    if folder is not None:
        _tidy(folder, now)
    return Due(due, events)


def _folder() -> Path | None:
    """The folder, of this user alone; None when there is none to be had."""
    folder = Path(tempfile.gettempdir()) / f"mamctl-reported-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() else None


def _mark(marker: Path, now: datetime, policy: ReminderPolicy) -> bool:
    try:
        last = datetime.fromtimestamp(marker.lstat().st_mtime, UTC)
        if not is_due(last, now, policy):
            return False
    except (OSError, ValueError, OverflowError):
        pass  # never reported
    try:
        marker.touch(mode=0o600)
        os.utime(marker, (now.timestamp(), now.timestamp()))
    except OSError:
        pass  # reported again the next time
    return True


def _tidy(folder: Path, now: datetime) -> None:
    try:
        for marker in folder.iterdir():
            if abs(now.timestamp() - marker.lstat().st_mtime) > _KEPT.total_seconds():
                marker.unlink(missing_ok=True)
    except OSError:
        return

"""One holder at a time, over all processes: a file that the kernel locks, and lets go of however its holder ends.

Every job takes such a lock, and so does every request to the site; a library for it took longer to import than most
jobs run.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_PAUSE = 0.05  # seconds between two attempts
_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK})
# A link is not followed; without O_NONBLOCK a lease on the file would make the opening wait.
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextlib.contextmanager
def file_lock(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Holds the lock at `path`: an empty file of mode 0600, which stays. Its folder must be there.

    Raises TimeoutError when another has held it for `patience` seconds, and OSError with the path in it.
    """
    until = time.monotonic() + patience
    while (held := _try(path)) is None:
        if time.monotonic() >= until:
            raise TimeoutError(f"{path}: another process holds it")
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        fcntl.flock(held, fcntl.LOCK_UN)  # closing alone would leave it to a child that has the same descriptor
        os.close(held)


def _try(path: Path) -> int | None:
    """The locked file's descriptor; None while another holds the lock."""
    while True:
        descriptor = os.open(path, _FLAGS, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_there(descriptor, path):
                return descriptor
        except OSError as error:
            os.close(descriptor)
            if error.errno in _HELD:
                return None
            raise OSError(error.errno, error.strerror, str(path)) from None
        os.close(descriptor)  # it was removed meanwhile: the next one will lock another file of this name


def _is_there(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at the path."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False

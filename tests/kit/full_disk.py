"""A disk that is full, without filling one."""

from __future__ import annotations

import resource
from contextlib import contextmanager


@contextmanager
def full_disk():
    """No file can grow, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

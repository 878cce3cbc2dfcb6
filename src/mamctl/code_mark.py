"""Which code is at work, finer than a release: results kept by one code are not taken for those of another."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from mamctl import __version__


@cache
def code_mark(*folders: str) -> str | None:
    """A mark of the release and of the source files below these folders of the package, e.g. "domain/text".

    None where they cannot be read, as in a package without sources.
    """
    root = Path(__file__).parent
    found = hashlib.sha256(__version__.encode())
    try:
        for folder in folders:
            files = sorted((root / folder).rglob("*.py"))
            if not files:
                return None
            for path in files:
                found.update(f"\0{path.relative_to(root)}\0".encode())
                found.update(path.read_bytes())
    except OSError:
        return None
    return found.hexdigest()

"""Which code is at work, finer than a release: results kept by one code are not taken for those of another."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import source_hash
from pathlib import Path

from mamctl import __version__


@cache
def code_mark(*places: str, libraries: tuple[str, ...] = ()) -> str | None:
    """A mark of the release, of Python, of the source at these places of the package (files and folders, e.g.
    "domain/text"), and of the releases of these libraries.

    Of each file it is the one by which Python tells sources apart. None where one cannot be read, as in a package
    without sources, or the release of a library is not known.
    """
    root = Path(__file__).parent
    within = len(f"{root}/")  # `relative_to` takes longer than reading the file
    found = [__version__, sys.version]
    try:
        for place in places:
            files = [root / place] if place.endswith(".py") else sorted((root / place).rglob("*.py"))
            if not files:
                return None
            found += [f"{str(path)[within:]} {source_hash(path.read_bytes()).hex()}" for path in files]
        if libraries:
            from importlib.metadata import version

            found += map(version, libraries)
    except (OSError, ImportError):  # a library that is not there is one that cannot be imported
        return None
    return source_hash("\n".join(found).encode()).hex()

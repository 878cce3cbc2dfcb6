"""What the import of pages needs of the outside world."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mamctl.domain.site.pages import SitePage

ReadPage = Callable[[str, str], SitePage]
"""From HTML and its source's name to a page; raises SessionRefusedError, ShapeChangedError."""

KeepCopy = Callable[[str, str], Path]
"""Keep a copy of a page that could not be read, given its source's name and its HTML; raises OSError."""


class PageSource(Protocol):
    """One page to be read. `name` is a file's name or a path on the site, `origin` is file or site."""

    @property
    def name(self) -> str:
        """Its name in messages."""
        ...

    @property
    def origin(self) -> str:
        """Where it comes from."""
        ...

    def load(self) -> str:
        """Its HTML. Raises MamctlError kinds."""
        ...

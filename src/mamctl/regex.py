"""Regular expressions that are compiled when they are first used.

A module compiles its own at every start otherwise, hundreds of them, and a command uses a few: those with a thousand
words take tens of milliseconds each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr

if TYPE_CHECKING:

    def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
        """As `re.compile`; a mistake in the pattern shows at its first use."""

else:

    class regex:  # noqa: N801 - a function to those who use it
        """As `re.compile`; a mistake in the pattern shows at its first use."""

        def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
            self.pattern = pattern
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            compiled = re.compile(self.pattern, self._flags)
            for method in ("finditer", "findall", "fullmatch", "match", "search", "split", "sub", "subn"):
                self.__dict__[method] = getattr(compiled, method)  # so that this is not asked for them again
            return getattr(compiled, name)


__all__ = ["regex"]

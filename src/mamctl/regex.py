"""Regular expressions that are compiled when they are first used.

A module compiles its own at every start otherwise, hundreds of them, and a command uses a few: those with a thousand
words take tens of milliseconds each.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, AnyStr

if TYPE_CHECKING:

    def regex(pattern: AnyStr, flags: int = 0, *, needs: re.Pattern[AnyStr] | None = None) -> re.Pattern[AnyStr]:
        """As `re.compile`; a mistake in the pattern shows at its first use.

        `needs` is found in every text that the pattern matches: without it a costly pattern need not be compiled.
        """

else:

    class regex:  # noqa: N801 - a function to those who use it
        """As `re.compile`; a mistake in the pattern shows at its first use."""

        def __init__(self, pattern: AnyStr, flags: int = 0, *, needs: regex | None = None) -> None:
            self.pattern = pattern
            self._flags = flags
            self._needs = needs

        def __getattr__(self, name: str) -> Any:
            if self._needs is not None and name in _ONE_MATCH:
                return partial(self._try, name)
            return self._compiled(name)

        def _try(self, method: str, text: AnyStr, *limits: int) -> re.Match[AnyStr] | None:
            return self._compiled(method)(text, *limits) if self._needs.search(text) else None

        def _compiled(self, name: str) -> Any:
            compiled = re.compile(self.pattern, self._flags)
            for method in (*_ONE_MATCH, "finditer", "findall", "split", "sub", "subn"):
                self.__dict__[method] = getattr(compiled, method)  # so that nothing is asked again
            return getattr(compiled, name)


_ONE_MATCH = ("match", "fullmatch", "search")

__all__ = ["regex"]

"""Regular expressions that are compiled when they are first used.

A module compiles its own at every start otherwise, hundreds of them, and a command uses a few: `mamctl meta list`
takes half as long again with `re.compile`. Of those that are used, `needs` spares some whose text is elsewhere (4 to
7 % of `rules sync` and `spec list`), and `rare` the number words of ten languages (a quarter of `meta parse-path`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    def regex(
        pattern: AnyStr, flags: int = 0, *, needs: re.Pattern[AnyStr] | None = None, rare: Rare | None = None
    ) -> re.Pattern[AnyStr]:
        """As `re.compile`; a mistake in the pattern shows at its first use.

        `needs` is found in every text that the pattern matches: without it a costly pattern need not be compiled.
        `rare` is a costly alternative in the pattern, which is compiled only with the first text that may hold it.
        """

else:

    class regex:  # noqa: N801 - a function to those who use it
        """As `re.compile`; a mistake in the pattern shows at its first use."""

        def __init__(
            self, pattern: AnyStr, flags: int = 0, *, needs: regex | None = None, rare: Rare | None = None
        ) -> None:
            self.pattern = pattern
            self._flags = flags
            self._needs = needs
            self._rare = rare
            self._common = regex(pattern.replace(rare.part, _NEVER), flags) if rare else None

        def __getattr__(self, name: str) -> Any:
            needs = self._needs if name in _ONE_MATCH else None
            rare = self._rare if name in _IN_TEXT else None
            if needs is None and rare is None:
                return self._compiled(name)
            return self.__dict__.setdefault(name, self._try(name, needs, rare))  # until it is compiled

        def _try(self, method: str, needs: regex | None, rare: Rare | None) -> Callable[..., Any]:
            """The method for texts in which there is nothing to find, or nothing rare; the first other compiles."""

            def find(text: AnyStr, *limits: int) -> Any:
                if needs is not None and not needs.search(text):
                    return None
                if rare is not None and not rare.may_be_in(text):
                    return getattr(self._common, method)(text, *limits)
                return self._compiled(method)(text, *limits)

            return find

        def _compiled(self, name: str) -> Any:
            compiled = re.compile(self.pattern, self._flags)
            for method in (*_ONE_MATCH, "finditer", "findall", "split", "sub", "subn"):
                self.__dict__[method] = getattr(compiled, method)  # so that nothing is asked again
            return getattr(compiled, name)


class Rare(NamedTuple):
    """An alternative in a pattern (`part`, as it stands there), and what tells the texts in which it may match."""

    part: str
    may_be_in: Callable[[str], bool]


_ONE_MATCH = ("match", "fullmatch", "search")
_IN_TEXT = (*_ONE_MATCH, "finditer", "findall")
_NEVER = "(?!)"

__all__ = ["Rare", "regex"]

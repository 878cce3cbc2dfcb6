"""A value that must never be seen: it prints as ***, and neither JSON nor pickle will take it."""

from __future__ import annotations

import re
from typing import NoReturn

_SHORTEST = 6  # what is shorter would be found in every text
_MOST = 200  # a session turns with every answer: only the latest can still be repeated
_seen: dict[str, None] = {}


def mask_secrets(text: str) -> str:
    """The text without any secret that this process has held: for texts by others, which may repeat one.

    A secret is found line by line, also as Python shows it, as a page holds it, and as an address holds it; one of
    fewer than 6 characters is not looked for.
    """
    from html import escape  # here: every start of the program would pay for the table of entities
    from urllib.parse import quote

    lines = {line for value in tuple(_seen) for line in value.splitlines()}
    shown = {form for line in lines for form in (line, repr(line)[1:-1], escape(line), quote(line), quote(line, ""))}
    known = sorted((form for form in shown if len(form) >= _SHORTEST), key=len, reverse=True)
    return re.sub("|".join(map(re.escape, known)), "***", text) if known else text


class Secret:
    """Holds a cookie, a password or a key; only `reveal()` gives the text back, and is easy to search for."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        if len(value) >= _SHORTEST:
            _seen[value] = _seen.pop(value, None)
            if len(_seen) > _MOST:
                _seen.pop(next(iter(_seen)), None)

    def reveal(self) -> str:
        """The text itself; call it only where it leaves for the one place it is meant for."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        from hmac import compare_digest  # here: every start of the program would pay for its hash functions

        return isinstance(other, Secret) and compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")

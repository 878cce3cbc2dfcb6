"""Classes of configuration sections: frozen dataclasses with keywords only, without code generated for each.

Every start of the program makes them all, and generating methods is most of what a dataclass costs. They share one
`__init__` instead; nothing compares or shows them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as section
else:
    T = TypeVar("T")

    def section(*, frozen: bool, kw_only: bool, eq: bool, repr: bool) -> Callable[[type[T]], type[T]]:  # noqa: A002
        """`dataclasses.dataclass` with these very traits."""
        if not (frozen and kw_only) or eq or repr:
            raise TypeError("a section is frozen, with keywords only, and neither compared nor shown")

        def make(shape: type[T]) -> type[T]:
            made = dataclasses.dataclass(init=False, eq=False, repr=False, kw_only=True)(shape)
            made.__init__ = _fill
            made.__setattr__ = made.__delattr__ = _refuse
            return made

        return make

    def _fill(self: object, **values: object) -> None:
        for entry in dataclasses.fields(self):
            if entry.name in values:
                value = values.pop(entry.name)
            elif entry.default_factory is not dataclasses.MISSING:
                value = entry.default_factory()
            elif entry.default is not dataclasses.MISSING:
                value = entry.default
            else:
                raise TypeError(f"{type(self).__name__} needs {entry.name}")
            object.__setattr__(self, entry.name, value)
        if values:
            raise TypeError(f"{type(self).__name__} has no {', '.join(values)}")

    def _refuse(self: object, name: str, *_: object) -> NoReturn:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


__all__ = ["section"]

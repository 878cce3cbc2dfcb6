"""`dataclass` as the standard library has it, without code generated for a class before that is needed.

Generating and compiling methods is four fifths of what a dataclass costs, half a millisecond each, and a command
imports hundreds of classes to make objects of some. Here `__init__` is generated with the first object of a class, and
the other methods are closures over the fields: without it `mamctl status` takes half as long again. Classes behave the
same; those that are to be sorted (`order=True`) take the standard library's.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:
    T = TypeVar("T")

    def dataclass(
        shape: type[T] | None = None,
        *,
        frozen: bool = False,
        slots: bool = False,
        kw_only: bool = False,
        eq: bool = True,
    ) -> type[T] | Callable[[type[T]], type[T]]:
        """`dataclasses.dataclass` with these traits."""

        def make(shape: type[T]) -> type[T]:
            own = dict(shape.__dict__)
            shape.__doc__ = shape.__doc__ or shape.__name__  # else its signature is spelled out, in 2 ms
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(shape)
            entries = dataclasses.fields(made)
            methods = {"__init__": _generate_later(made, frozen=frozen, slots=slots), "__repr__": _repr}
            if eq:
                values = _values([entry.name for entry in entries if entry.compare])
                methods["__eq__"] = _equality(values)
                if frozen:
                    methods["__hash__"] = _hash(values)
            if frozen:
                methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
            if frozen and slots:
                methods |= {"__getstate__": _get_state, "__setstate__": _set_state}
            for name, method in methods.items():
                if own.get(name) is None:
                    setattr(made, name, method)
            if eq and not frozen and "__hash__" not in own:
                made.__hash__ = None
            return made

        return make if shape is None else make(shape)


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    """`__setattr__` and `__delattr__` of frozen classes. Raises FrozenInstanceError."""
    raise dataclasses.FrozenInstanceError(f"cannot change {type(self).__name__}.{name}")


def _generate_later(made: Any, *, frozen: bool, slots: bool) -> Callable[..., None]:
    def __init__(self: object, *args: object, **kwargs: object) -> None:  # noqa: N807 - it is one
        made.__init__ = _generated(made, frozen=frozen, slots=slots)
        made.__init__(self, *args, **kwargs)

    return __init__


def _generated(made: Any, *, frozen: bool, slots: bool) -> Callable[..., None]:
    """An `__init__` that takes and sets every field. A slot of a frozen class is set by its own descriptor."""
    names: dict[str, Any] = {"_MISSING": dataclasses.MISSING, "_set": object.__setattr__}
    words, lines = ["self"], []
    keywords: list[str] = []
    for entry in dataclasses.fields(made):
        name, value = entry.name, entry.name
        if entry.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"], default = entry.default_factory, "=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}" if entry.init else f"_make_{name}()"
        elif entry.default is not dataclasses.MISSING:
            names[f"_default_{name}"], default = entry.default, f"=_default_{name}"
            value = name if entry.init else f"_default_{name}"
        else:
            default = ""
        if entry.init:
            (keywords if entry.kw_only else words).append(name + default)
        elif not default:
            continue  # __post_init__ sets it
        if frozen and slots:
            names[f"_set_{name}"] = getattr(made, name).__set__
            lines.append(f"_set_{name}(self, {value})")
        else:
            lines.append(f"_set(self, '{name}', {value})" if frozen else f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join([*words, "*", *keywords] if keywords else words)
    body = "\n ".join(lines or ["pass"])
    exec(f"def __init__({parameters}):\n {body}", names)  # noqa: S102 - as dataclasses does, from the names of fields
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


def _values(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    """What reads these attributes of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _equality(values: Callable[[object], tuple[object, ...]]) -> Callable[[object, object], bool]:
    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - it is one
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(values: Callable[[object], tuple[object, ...]]) -> Callable[[object], int]:
    return lambda self: hash(values(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = ", ".join(f"{entry.name}={getattr(self, entry.name)!r}" for entry in dataclasses.fields(self) if entry.repr)
    return f"{type(self).__qualname__}({shown})"


def _get_state(self: Any) -> list[object]:
    return [getattr(self, entry.name) for entry in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for entry, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, entry.name, value)


__all__ = ["dataclass"]

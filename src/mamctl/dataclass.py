"""`dataclass` as the standard library has it, without work for a class before that is needed.

A command imports hundreds of classes and makes a few objects of some, and each class costs half a millisecond: four
fifths for methods that are generated and compiled, most of the rest for the description of its fields. Here `__init__`
is generated for a class that has many objects, the other methods are closures over the names of the fields, and the
library describes the fields when something asks for them (`fields`, `replace`, `asdict`): without it `mamctl status`
takes half as long again. Classes behave the same, but know no ClassVar, InitVar and KW_ONLY; those that are to be
sorted (`order=True`) take the standard library's.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, Field
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

_FEW = 20  # objects that are filled field by field: it takes as long as generating `__init__`

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
        repr: bool = True,  # noqa: A002 - the library's word
    ) -> type[T] | Callable[[type[T]], type[T]]:
        """`dataclasses.dataclass` with these traits."""

        def make(shape: type[T]) -> type[T]:
            own, fields = shape.__dict__, _Fields(shape, kw_only=kw_only)
            added = {"__repr__": _repr} if repr else {}
            if eq:
                values = _values(fields.compared())
                added["__eq__"] = _equality(values)
                if frozen:
                    added["__hash__"] = _hash(values)
            if frozen:
                added |= {"__setattr__": _refuse, "__delattr__": _refuse}
            if frozen and slots:
                added |= {"__getstate__": _get_state, "__setstate__": _set_state}
            added = {name: method for name, method in added.items() if own.get(name) is None}
            if eq and not frozen and "__hash__" not in own:
                added["__hash__"] = None
            if shape.__doc__ is None:
                added["__doc__"] = shape.__name__
            added["__dataclass_fields__"] = fields
            added["__dataclass_params__"] = _Plain.__dataclass_params__
            added["__match_args__"] = fields.positions
            made = _with_slots(shape, fields, added) if slots else _in_place(shape, fields, added)
            if own.get("__init__") is None:
                made.__init__ = _init(made, fields, frozen=frozen, slots=slots)
            return made

        return make if shape is None else make(shape)


class _Fields:
    """`__dataclass_fields__` of a class, which the standard library describes when something asks for them.

    `own` has what the class itself says of its fields: a default, a `field()`, or MISSING; `all` has those of its bases
    too. `positions` are the names of those that have a position.
    """

    def __init__(self, shape: type, *, kw_only: bool) -> None:
        given = shape.__dict__
        self.own = {name: given.get(name, MISSING) for name in given.get("__annotations__", ())}
        if wrong := [name for name, value in self.own.items() if value.__class__.__hash__ is None]:
            raise ValueError(f"{shape.__name__}: a default that can change ({', '.join(wrong)}): use default_factory")
        self.kw_only, self._shape = kw_only, shape
        found = (base.__dict__.get("__dataclass_fields__") for base in shape.__mro__[:0:-1])
        self._bases: tuple[_Fields, ...] = tuple(fields for fields in found if fields is not None)
        self._described: dict[str, Field[Any]] | None = None
        self.all: dict[str, Any] = {}
        keywords: set[str] = set()
        for fields in (*self._bases, self):
            self.all |= fields.own
            (keywords.update if fields.kw_only else keywords.difference_update)(fields.own)
        taken = (name for name, value in self.all.items() if type(value) is not Field or value.init)
        self.positions = tuple(name for name in taken if name not in keywords)

    def compared(self) -> list[str]:
        """The names of the fields by which objects are compared."""
        return [name for name, value in self.all.items() if type(value) is not Field or value.compare]

    def __get__(self, _: object, owner: type) -> dict[str, Field[Any]]:
        if self._described is None:
            self._described = {}
            for fields in self._bases:
                self._described |= fields.__get__(None, owner)
            self._described |= self._describe()
        return self._described

    def _describe(self) -> dict[str, Field[Any]]:
        """The class's own, as the library has them in a class that is made for this alone."""
        kinds = self._shape.__annotations__
        given = [(name, kinds[name], *((value,) if value is not MISSING else ())) for name, value in self.own.items()]
        namespace = {"__doc__": "-"}  # else its signature is spelled out, in 2 ms
        made: Any = dataclasses.make_dataclass(
            "_", given, namespace=namespace, init=False, repr=False, eq=False, kw_only=self.kw_only
        )
        fields: dict[str, Field[Any]] = made.__dataclass_fields__
        return fields

    def values(self, args: tuple[object, ...], kwargs: dict[str, object]) -> dict[str, object] | None:
        """What the fields of an object are with these arguments; None where `__init__` does not take them."""
        given = dict(zip(self.positions, args, strict=False))
        if len(given) < len(args) or given.keys() & kwargs.keys():
            return None
        given |= kwargs
        values: dict[str, object] = {}
        for name, value in self.all.items():
            known = value if type(value) is Field else None
            if name in given and (known is None or known.init):
                values[name] = given.pop(name)
            elif known is None and value is not MISSING:
                values[name] = value
            elif known is not None and known.default_factory is not MISSING:
                values[name] = known.default_factory()
            elif known is not None and known.default is not MISSING:
                values[name] = known.default
            elif known is None or known.init:
                return None
        return None if given else values


@dataclasses.dataclass(init=False, repr=False, eq=False)
class _Plain:
    """A class without a method of the library, as its `__dataclass_params__` say."""


def _with_slots(shape: Any, fields: _Fields, added: dict[str, Any]) -> Any:
    """The class again, with a slot for each of its fields."""
    inherited = {slot for base in shape.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    left_out = {*fields.own, "__dict__", "__weakref__"}
    kept = {name: value for name, value in shape.__dict__.items() if name not in left_out}
    slots = tuple(name for name in fields.own if name not in inherited)
    made: Any = type(shape)(shape.__name__, shape.__bases__, {**kept, **added, "__slots__": slots})
    made.__qualname__ = shape.__qualname__
    return made


def _in_place(shape: Any, fields: _Fields, added: dict[str, Any]) -> Any:
    """The class itself, with the defaults of its fields as attributes."""
    for name, value in fields.own.items():
        if type(value) is Field and value.default is MISSING:
            delattr(shape, name)
        elif type(value) is Field:
            setattr(shape, name, value.default)
    for name, value in added.items():
        setattr(shape, name, value)
    return shape


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    """`__setattr__` and `__delattr__` of frozen classes. Raises FrozenInstanceError."""
    raise dataclasses.FrozenInstanceError(f"cannot change {type(self).__name__}.{name}")


def _init(made: Any, fields: _Fields, *, frozen: bool, slots: bool) -> Callable[..., None]:
    """An `__init__` that is quick for few objects, and for more, or arguments to refuse, has another one generated."""
    filled = 0
    finish = hasattr(made, "__post_init__")

    def __init__(self: Any, *args: object, **kwargs: object) -> None:  # noqa: N807 - it is one
        nonlocal filled
        filled += 1
        values = fields.values(args, kwargs) if filled <= _FEW else None
        if values is None:
            made.__init__ = _generated(made, fields, frozen=frozen, slots=slots)
            made.__init__(self, *args, **kwargs)
            return
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if finish:
            self.__post_init__()

    return __init__


def _generated(made: Any, fields: _Fields, *, frozen: bool, slots: bool) -> Callable[..., None]:
    """An `__init__` that takes and sets every field. A slot of a frozen class is set by its own descriptor."""
    names: dict[str, Any] = {"_MISSING": MISSING, "_set": object.__setattr__}
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

"""Sections behave as the frozen dataclasses that they are declared as."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace

import pytest

from mamctl.config.section import section


@section(frozen=True, kw_only=True, eq=False, repr=False)
class Base:
    """A section."""

    url: str
    interval: float = 1.0


@section(frozen=True, kw_only=True, eq=False, repr=False)
class Derived(Base):
    """One that states another default, and more."""

    interval: float = 2.0
    names: tuple[str, ...] = field(default_factory=tuple)


def test_defaults_are_those_of_the_class_and_of_its_base():
    one = Derived(url="u", names=("a",))
    assert (one.url, one.interval, one.names, Base(url="u").interval) == ("u", 2.0, ("a",), 1.0)
    assert is_dataclass(one)
    assert [entry.name for entry in fields(one)] == ["url", "interval", "names"]


def test_replace_makes_another():
    one = Base(url="u")
    other = replace(one, interval=3.0)
    assert (one.interval, other.interval, other.url) == (1.0, 3.0, "u")


def test_nothing_can_be_changed():
    one = Base(url="u")
    with pytest.raises(FrozenInstanceError):
        one.url = "v"
    with pytest.raises(FrozenInstanceError):
        del one.url
    assert one.url == "u"


@pytest.mark.parametrize("values", [{}, {"url": "u", "bogus": 1}])
def test_what_is_missing_or_unknown_is_refused_as_a_dataclass_does(values):
    @dataclass(frozen=True, kw_only=True)
    class Plain:
        url: str

    for shape in (Base, Plain):
        with pytest.raises(TypeError):
            shape(**values)


def test_other_traits_are_refused():
    with pytest.raises(TypeError):
        section(frozen=False, kw_only=True, eq=False, repr=False)

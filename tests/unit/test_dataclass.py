"""Classes of `mamctl.dataclass` beside those of the standard library."""

from __future__ import annotations

import ast
import copy
import dataclasses
import inspect
import pickle
import pprint
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

import mamctl
from mamctl.dataclass import dataclass

PACKAGE = Path(mamctl.__file__).parent


def shapes(make) -> SimpleNamespace:
    """The same classes by either decorator."""

    @make(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: int = 2
        tags: list[str] = field(default_factory=list, compare=False)
        hidden: str = field(default="h", repr=False)
        twice: int = field(init=False)

        def __post_init__(self) -> None:
            object.__setattr__(self, "twice", 2 * self.x)

    @make(frozen=True, slots=True, kw_only=True)
    class Deep(Point):
        depth: int

    @make(slots=True)
    class Counter:
        count: int = 0
        seen: dict[str, int] = field(default_factory=dict)
        made: int = field(init=False, default=5)

    @make(frozen=True)
    class Single:
        value: object

        def __repr__(self) -> str:
            return "mine"

    @make(frozen=True, slots=True, eq=False)
    class Alone:
        value: int = 1

    @make
    class Empty:
        pass

    class Child(Single):
        extra = 1

    @make(frozen=True, kw_only=True, eq=False, repr=False)
    class Section:
        """One of the configuration."""

        url: str
        interval: float = 1.0

    @make(frozen=True, kw_only=True, eq=False, repr=False)
    class Narrower(Section):
        interval: float = 2.0
        names: tuple[str, ...] = field(default_factory=tuple, metadata={"hidden": True})

    return SimpleNamespace(**{name: shape for name, shape in locals().items() if isinstance(shape, type)})


OURS, THEIRS = shapes(dataclass), shapes(dataclasses.dataclass)
MAKERS = {
    "positions and defaults": lambda s: s.Point(1),
    "every word": lambda s: s.Point(1, y=3, tags=["a"], hidden="i"),
    "keywords of a derived class": lambda s: s.Deep(1, 4, depth=7),
    "a factory": lambda s: s.Counter(),
    "own words": lambda s: s.Counter(3, {"a": 1}),
    "its own repr": lambda s: s.Single(float("nan")),
    "identity": lambda s: s.Alone(),
    "nothing": lambda s: s.Empty(),
    "a plain subclass": lambda s: s.Child(4),
    "a section": lambda s: s.Section(url="u"),
    "a section with another default": lambda s: s.Narrower(url="u"),
}


@pytest.mark.parametrize("made_before", [0, 1, 30])  # many objects have `__init__` generated
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_objects_look_and_compare_alike(make, made_before: int) -> None:
    kinds = shapes(dataclass)
    for _ in range(made_before):
        make(kinds)
    ours, theirs = make(kinds), make(THEIRS)
    assert re.sub("0x[0-9a-f]+", "0x", repr(ours)) == re.sub("0x[0-9a-f]+", "0x", repr(theirs))
    assert dataclasses.asdict(ours).keys() == dataclasses.asdict(theirs).keys()
    assert repr(dataclasses.astuple(ours)) == repr(dataclasses.astuple(theirs))
    assert (ours == make(kinds)) == (theirs == make(THEIRS))
    assert (ours == theirs) is False
    assert pprint.pformat([ours]).count("object at") == pprint.pformat([theirs]).count("object at")
    assert type(ours).__match_args__ == type(theirs).__match_args__
    assert (type(ours).__hash__ is None) == (type(theirs).__hash__ is None)


@pytest.mark.parametrize("words", [(), (1, 2, 3, 4, 5), ("x",)])
@pytest.mark.parametrize("named", [{}, {"depth": 1, "other": 2}, {"depth": 1, "x": 1, "twice": 3}])
def test_wrong_words_are_refused_alike(words, named) -> None:
    found = [outcome_of(lambda kinds=kinds: kinds.Deep(*words, **named)) for kinds in (shapes(dataclass), THEIRS)]
    assert found[0] == found[1]
    assert "TypeError" in found[0]


@pytest.mark.parametrize("name", [name for name in vars(THEIRS) if name != "Child"])
def test_the_fields_are_described_as_the_library_does(name: str) -> None:
    ours, theirs = (dataclasses.fields(getattr(kinds, name)) for kinds in (OURS, THEIRS))
    assert list(map(repr, ours)) == list(map(repr, theirs))
    for entry in theirs:
        kinds = (getattr(getattr(kind, name), entry.name, None) for kind in (OURS, THEIRS))
        assert len(set(map(type, kinds))) == 1, entry.name  # a default, or the slot
    assert getattr(OURS, name).__dictoffset__ == getattr(THEIRS, name).__dictoffset__


@pytest.mark.parametrize("words", [{}, {"url": "u", "bogus": 1}, {"url": "u", "names": (), "made": 1}])
def test_wrong_keywords_of_a_section_are_refused_alike(words) -> None:
    found = [outcome_of(lambda kinds=kinds: kinds.Narrower(**words)) for kinds in (shapes(dataclass), THEIRS)]
    assert found[0] == found[1]


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Shared: .*\(tags\).*default_factory"):

        @dataclass(frozen=True, slots=True)
        class Shared:
            tags: list[str] = []  # noqa: RUF012 - it is what is refused


def test_a_list_that_is_made_for_each_object_is_its_own() -> None:
    kinds = shapes(dataclass)
    first, second = kinds.Point(1), kinds.Point(1)
    first.tags.append("a")
    assert second.tags == []


def outcome_of(work) -> str:
    try:
        return repr(work())
    except Exception as error:  # noqa: BLE001 - which one is what is compared
        return f"{type(error).__name__}: {error}"


def test_equal_objects_have_one_hash_that_the_library_gives_too() -> None:
    assert hash(OURS.Point(1)) == hash(OURS.Point(1, tags=["other"])) == hash(THEIRS.Point(1))
    assert len({OURS.Single(1), OURS.Single(1), OURS.Single(2)}) == 2


def test_a_frozen_object_cannot_be_changed() -> None:
    point = OURS.Point(1)
    with pytest.raises(FrozenInstanceError, match=r"cannot change .*Point\.x"):
        point.x = 2
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert replace(point, x=5) == OURS.Point(5)
    counter = OURS.Counter()
    counter.count += 1
    assert counter == OURS.Counter(1)
    with pytest.raises(AttributeError):
        counter.other = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """At the top of a module, where pickle finds it."""

    text: str
    number: int = 0


def test_a_frozen_object_with_slots_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Sent("a", 4))) == copy.deepcopy(Sent("a", 4)) == Sent("a", 4)


def test_two_objects_that_hold_each_other_can_be_shown() -> None:
    first = OURS.Single([])
    first.value.append(OURS.Point(1, tags=[first]))
    assert "mine" in repr(first.value)


def test_the_method_that_was_generated_has_the_parameters_of_the_library() -> None:
    for name in ("Point", "Deep", "Counter", "Single", "Empty"):
        outcome_of(lambda name=name: getattr(OURS, name)(unknown=1))  # what is refused has one generated
        ours, theirs = (list(inspect.signature(getattr(kinds, name)).parameters) for kinds in (OURS, THEIRS))
        assert ours == theirs, name


def test_no_dataclass_derives_from_one_that_another_decorator_made() -> None:
    """Each decorator gives a class methods that know its own kind alone: `__setattr__`, `__init__` and slots clash."""
    made = {name: shape for path in PACKAGE.rglob("*.py") for name, shape in _classes(path)}
    mixed = [
        f"{name} ({maker}) derives from {base} ({made[base][0]})"
        for name, (maker, _) in made.items()
        for base in _ancestors(name, made)
        if maker and made[base][0] not in ("", maker)
    ]
    assert mixed == []
    assert {maker for maker, _ in made.values()} >= {"dataclasses.dataclass", "mamctl.dataclass.dataclass"}


def test_a_mixed_dataclass_is_found_in_another_module_and_behind_a_plain_class(tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text("from mamctl.dataclass import dataclass\n@dataclass(frozen=True)\nclass A: ...\n")
    (tmp_path / "other.py").write_text("import dataclasses\nfrom mamctl.base import A as B\nclass C(B): ...\n"
                                       "@dataclasses.dataclass\nclass D(C): ...\n")  # fmt: skip
    made = {name: shape for path in tmp_path.glob("*.py") for name, shape in _classes(path, tmp_path)}
    assert set(_ancestors("mamctl.other.D", made)) == {"mamctl.other.C", "mamctl.base.A"}
    assert made["mamctl.other.D"][0] == "dataclasses.dataclass"
    assert made["mamctl.base.A"][0] == "mamctl.dataclass.dataclass"


def _classes(path: Path, package: Path = PACKAGE) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Each class at the top of a module by its whole name: what makes a dataclass of it, if any, and its bases."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    module = ".".join(["mamctl", *path.relative_to(package).with_suffix("").parts])
    names = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            marks = [_whole(mark.func if isinstance(mark, ast.Call) else mark, names) for mark in node.decorator_list]
            maker = next((mark for mark in marks if mark.rpartition(".")[2] == "dataclass"), "")
            yield names[node.name], (maker, [_whole(base, names) for base in node.bases])


def _whole(node: ast.expr, names: dict[str, str]) -> str:
    first, dot, rest = ast.unparse(node).partition(".")
    return names.get(first, first) + dot + rest


def _ancestors(name: str, made: dict[str, tuple[str, list[str]]]) -> Iterator[str]:
    for base in made[name][1]:
        if base in made:
            yield base
            yield from _ancestors(base, made)

"""Every configuration key is read somewhere: a key that changes nothing is a promise that nobody keeps.

The source is read as text: of each name it is worked out which section it may hold (by annotations, assignments and
the sections' own fields), and each field of a section that is read from such a name counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import mamctl
from mamctl.config.sections import Config

SOURCE = Path(mamctl.__file__).parent
# These take sections as a whole, whatever their keys are.
GENERIC = ("config/load.py", "config/describe.py", "config/values.py")


hints_of = cache(get_type_hints)


def section_of(hint: Any) -> Any:
    """The section that a field holds, one or a list of them; None for a value."""
    item = get_args(hint)[0] if get_origin(hint) is tuple else hint
    return item if is_dataclass(item) else None


def sections(shape: Any = Config) -> Iterator[Any]:
    yield shape
    for hint in hints_of(shape).values():
        if inner := section_of(hint):
            yield from sections(inner)


def keys(shape: Any = Config, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    """Every key: its path, the class it belongs to, and its name there."""
    hints = hints_of(shape)
    for entry in fields(shape):
        if inner := section_of(hints[entry.name]):
            yield from keys(inner, f"{prefix}{entry.name}.")
        else:
            yield f"{prefix}{entry.name}", shape, entry.name


SHAPES = {shape.__name__: shape for shape in sections()}
for _shape in list(SHAPES.values()):
    SHAPES |= {base.__name__: base for base in _shape.__mro__ if is_dataclass(base)}


@dataclass
class Reads:
    """What is read of the sections; `attributes` are the names of attributes that are annotated with a section."""

    attributes: dict[str, set[Any]]
    found: set[tuple[Any, str]]

    def of_tree(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                for function in (one for one in node.body if isinstance(one, ast.FunctionDef)):
                    if function.name != "faults":  # it looks at values, and does nothing with them
                        self.of_function(function, {"self": {SHAPES[node.name]}} if node.name in SHAPES else {})
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.of_function(node, {})

    def of_function(self, function: Any, known: dict[str, set[Any]]) -> None:
        names = dict(known)
        arguments = function.args
        for one in (*arguments.args, *arguments.kwonlyargs, *arguments.posonlyargs):
            if one.annotation is not None:
                names.setdefault(one.arg, set()).update(annotated(one.annotation))
        for _ in range(2):  # a name may be given its value below the place where it is used
            for node in ast.walk(function):
                self.learn(node, names)
        for node in ast.walk(function):
            self.read(node, names)

    def learn(self, node: ast.AST, names: dict[str, set[Any]]) -> None:
        """What the names may hold after this statement or comprehension."""
        for name, shapes in self.given(node, names):
            if isinstance(name, ast.Name):
                names.setdefault(name.id, set()).update(shapes)

    def given(self, node: ast.AST, names: dict[str, set[Any]]) -> Iterator[tuple[ast.AST, set[Any]]]:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield target, self.shapes(node.value, names)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for part, value in zip(target.elts, node.value.elts, strict=False):
                        yield part, self.shapes(value, names)
        elif isinstance(node, ast.AnnAssign):
            yield node.target, annotated(node.annotation)
        elif isinstance(node, ast.For | ast.comprehension):
            iterated = [node.iter, *(node.iter.args if isinstance(node.iter, ast.Call) else ())]  # enumerate, zip …
            shapes = {shape for one in iterated for shape in self.shapes(one, names)}
            for target in node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]:
                yield target, shapes

    def shapes(self, node: ast.AST, names: dict[str, set[Any]]) -> set[Any]:
        """The sections that an expression may be."""
        if isinstance(node, ast.Name):
            return names.get(node.id, set())
        if isinstance(node, ast.Attribute):
            held = {section_of(hints_of(shape).get(node.attr)) for shape in self.shapes(node.value, names)}
            return (held or self.attributes.get(node.attr, set())) - {None}
        if isinstance(node, ast.BoolOp):
            return {shape for value in node.values for shape in self.shapes(value, names)}
        if isinstance(node, ast.IfExp):
            return self.shapes(node.body, names) | self.shapes(node.orelse, names)
        return set()

    def read(self, node: ast.AST, names: dict[str, set[Any]]) -> None:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            self.found |= {(shape, node.attr) for shape in self.shapes(node.value, names)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            for shape in self.shapes(node.args[0], names):
                self.found |= {(shape, name) for name in reached(shape, node.args[1])}


def annotated(annotation: ast.AST) -> set[Any]:
    """The sections that an annotation names."""
    text = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
    return {SHAPES[name] for name in SHAPES if name in str(text).replace("[", " ").replace("|", " ").split()}


def reached(shape: Any, name: ast.AST) -> set[str]:
    """The fields that `getattr` may mean: those that fit the constant parts of the name, else the sections within."""
    every = {entry.name for entry in fields(shape)}
    if isinstance(name, ast.JoinedStr):
        end = name.values[-1]
        return {one for one in every if isinstance(end, ast.Constant) and one.endswith(str(end.value))}
    inner = {one for one, hint in hints_of(shape).items() if section_of(hint)}
    return inner or every


@cache
def reads() -> set[tuple[Any, str]]:
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).as_posix() not in GENERIC
    }
    attributes: dict[str, set[Any]] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                attributes.setdefault(node.target.id, set()).update(annotated(node.annotation))
            if isinstance(node, ast.FunctionDef) and node.returns is not None:
                attributes.setdefault(node.name, set()).update(annotated(node.returns))
    found = Reads(attributes, set())
    for tree in trees.values():
        found.of_tree(tree)
    return found.found


def test_every_key_is_read() -> None:
    found = reads()
    unread = [
        path for path, shape, name in keys() if not any((base, name) in found for base in (shape, *shape.__mro__))
    ]
    assert unread == []


def test_the_search_would_find_a_key_that_nobody_reads() -> None:
    found = reads()
    assert ("nothing of this name", "floor") not in found
    assert (SHAPES["VipPolicy"], "floor") not in found

"""Which tests bear `@pytest.mark.spec(...)`: read from the source, so that no test has to be imported."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
Proofs = Mapping[str, tuple[str, ...]]


def proofs(tests: Path = ROOT / "tests") -> Proofs:
    """Clause id -> its tests as `tests/…/test_x.py::test_y`, in order. A mark of a module counts for each of its tests."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(tests.rglob("test_*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        everywhere = [clause for node in module.body if _sets_pytestmark(node) for clause in _clauses(node)]
        for test in test_functions(module):
            place = f"{file.relative_to(tests.parent).as_posix()}::{test.name}"
            for clause in dict.fromkeys([*everywhere, *(c for mark in test.decorator_list for c in _clauses(mark))]):
                found[clause].append(place)
    return {clause: tuple(places) for clause, places in sorted(found.items())}


def all_tests(tests: Path = ROOT / "tests") -> frozenset[str]:
    """Every test function as `tests/…/test_x.py::test_y`."""
    return frozenset(
        f"{file.relative_to(tests.parent).as_posix()}::{test.name}"
        for file in tests.rglob("test_*.py")
        for test in test_functions(ast.parse(file.read_text(encoding="utf-8")))
    )


def test_functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The test functions of a module, those of its classes too."""
    for node in module.body:
        for one in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)) and one.name.startswith("test_"):
                yield one


def _sets_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _clauses(node: ast.AST) -> Iterator[str]:
    """The ids in every `….mark.spec("ID", …)` at or below a node."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "spec":
            yield from (entry.value for entry in call.args if isinstance(entry, ast.Constant))

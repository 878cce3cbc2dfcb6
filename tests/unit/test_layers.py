"""Rules of the layers that import-linter cannot see."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import mamctl

PACKAGE = Path(mamctl.__file__).parent
# The pace of requests and the kept answers of catalogues have small SQLite files, apart from the store.
WITH_SQL = {"store/", "adapters/catalogues/", "adapters/http/", "adapters/sqlite_file.py", "sqlite.py"}


def test_sql_stands_in_the_store_only() -> None:
    places = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\.execute(many|script)?\(", path.read_text(encoding="utf-8"))
    }
    assert {place for place in places if not any(place.startswith(start) for start in WITH_SQL)} == set()


def test_no_folder_of_the_package_holds_more_than_twenty_modules() -> None:
    counts = {
        folder.relative_to(PACKAGE).as_posix(): sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        for folder in [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]
    }
    by_number = {"adapters/catalogues", "store/migrations"}  # one module for each catalogue, for each migration
    assert {name: count for name, count in counts.items() if count > 20 and name not in by_number} == {}


def test_no_circle_of_imports_those_for_types_and_inside_functions_included() -> None:
    modules = {_name_of(path): path for path in PACKAGE.rglob("*.py")}
    arrows = {name: set(_imported(name, path, modules)) for name, path in modules.items()}
    assert _circle(arrows) == ()


def test_a_circle_is_found_where_there_is_one() -> None:
    assert set(_circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def _circle(arrows: dict[str, set[str]]) -> tuple[str, ...]:
    """The modules of one circle, in the order in which they import each other; empty when there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def _name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(name: str, path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{name} has a relative import, which this test does not follow"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found = whole if whole in modules else node.module
                if found in modules and found != name:
                    yield found

"""docs/architecture.md names modules and functions that exist, and leaves no subject out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mamctl"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
# A module or folder below the package, and the name in it that stands right behind.
NAMED = sorted(set(re.findall(r"`((?!tests/)[a-z][\w./]*(?:\.py|/))`(?:\s+`(\w+)`)?", PAGE)))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda value: value or "-")
def test_what_the_page_names_is_there(path: str, name: str) -> None:
    assert (PACKAGE / path).exists()
    if name:
        assert name in defined(PACKAGE / path)


def test_every_subject_of_every_layer_is_on_the_page() -> None:
    paths = {path for path, _ in NAMED}
    for layer in ("domain", "jobs", "store", "adapters", "cli/commands"):
        for folder in (PACKAGE / layer).iterdir():
            subject = f"{layer}/{folder.name}/"
            if (folder / "__init__.py").exists() and folder.name not in {"migrations", "demo"}:
                assert subject in paths, f"docs/architecture.md says nothing of {subject}"


def defined(module: Path) -> set[str]:
    """The names that a module defines at its top."""
    names = set()
    for node in ast.parse(module.read_text()).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names

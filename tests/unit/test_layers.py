"""Rules of the layers that import-linter cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import mamctl

PACKAGE = Path(mamctl.__file__).parent
# The catalogues' pace and kept answers have SQLite files of their adapter, apart from the store.
WITH_SQL = {"store", "adapters/catalogues"}


def test_sql_stands_in_the_store_only() -> None:
    places = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\.execute(many|script)?\(", path.read_text(encoding="utf-8"))
    }
    assert {place for place in places if not any(place.startswith(f"{folder}/") for folder in WITH_SQL)} == set()


def test_no_folder_of_the_package_holds_more_than_twenty_modules() -> None:
    counts = {
        folder.relative_to(PACKAGE).as_posix(): sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        for folder in [PACKAGE, *(path for path in PACKAGE.rglob("*") if path.is_dir())]
    }
    # adapters/catalogues: one module for each catalogue.
    assert {name: count for name, count in counts.items() if count > 20 and name != "adapters/catalogues"} == {}

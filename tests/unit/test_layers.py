"""Rules of the layers that import-linter cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import mamctl

PACKAGE = Path(mamctl.__file__).parent
# The pace of requests and the catalogues' kept answers have small SQLite files, apart from the store.
WITH_SQL = {"store/", "adapters/catalogues/", "adapters/http/", "adapters/sqlite_file.py"}


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
    # adapters/catalogues: one module for each catalogue.
    assert {name: count for name, count in counts.items() if count > 20 and name != "adapters/catalogues"} == {}

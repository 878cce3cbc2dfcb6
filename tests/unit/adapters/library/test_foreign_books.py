"""Two hundred made-up books as people keep them; their right values were written down before anything was read.

A line of foreign_books.jsonl has `path`, perhaps `tags` and `files` (sidecars), and `gold` in the form of
bench.reading; a field that `gold` lacks is not stated anywhere, but the year is compared only where it is given.
`misread` names the fields that are read wrongly today: it may become shorter, never longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.reading import is_right

from mamctl.adapters.library.sidecars import read_sidecar
from mamctl.domain.library.audiobookshelf import explain
from mamctl.domain.library.other_book import find_other_book
from mamctl.domain.library.paths.observe import know, name_writers, observe_path
from mamctl.domain.library.tags import Tag, observe_tags
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Observation, Origin, Source

NOW = datetime(2026, 11, 25, tzinfo=UTC)
CASES = Path(__file__).with_name("foreign_books.jsonl")
FIELDS = ("title", "authors", "narrators", "series", "asin", "isbn", "abridged")


def read_book(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What tags, sidecars and path of a case say together, as a scan agrees on it, by the names of the fields."""
    path = case["path"]
    tags = {Tag(name): (text,) for name, text in case.get("tags", {}).items()}
    said = tuple(observe_tags(tags, Origin(Source.TAGS, "a.m4b", NOW), alone=True, writers=lambda: name_writers(path)))
    stated = [*said, *_sidecars(case, folder, tags, said)]
    return {one.field.value: one.value for one in agree((*stated, *observe_path(path, NOW, known=know(stated))))}


def _sidecars(
    case: dict[str, Any], folder: Path, tags: dict[Tag, tuple[str, ...]], said: tuple[Observation, ...]
) -> Iterator[Observation]:
    for name, content in case.get("files", {}).items():
        file = folder / name
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        known = tuple(explain(f"/library/{case['path']}", [tags], ())) if name == "metadata.json" else ()
        found = read_sidecar(str(file), NOW, known=known).observations
        if find_other_book(said, found, str(file), case["path"]) is None:
            yield from found


def test_nothing_is_read_wrongly_that_was_read_well(tmp_path):
    worse: list[tuple[Any, ...]] = []
    for number, line in enumerate(CASES.read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        folder = tmp_path / str(number)
        folder.mkdir()
        values = read_book(case, folder)
        compared = (*FIELDS, *(["year"] if "year" in case["gold"] else []))
        worse += [
            (case["path"], case.get("tags"), field, values.get(field))
            for field in compared
            if field not in case.get("misread", ()) and not is_right(field, values.get(field), case["gold"].get(field))
        ]
    assert worse == []

"""docs/json.md tells the truth: each recorded document has the keys and kinds of values that the page lists."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker

__all__ = ["tracker"]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/json.md").read_text()
RECORDED = sorted((ROOT / "tests/golden/json").glob("*.json"))
RECIPES = re.findall(r"^(mamctl .* \| jq .*)$", PAGE, re.MULTILINE)


def listed_keys(schema: str) -> list[dict[str, str]]:
    """The tables of one command: key and type."""
    name = schema.removeprefix("mamctl.").partition("/")[0].replace(".", " ").replace("_", "-")
    section = PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]
    tables = section.split("| key | type |\n")[1:]
    return [dict(re.findall(r"^\| `(.+?)` \| (.+) \|$", table, re.MULTILINE)) for table in tables]


def paths(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a document by its path, `books[].title`, with its value."""
    if name:
        yield name, value
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from paths(entry, f"{name}.{key}".lstrip("."))
    if isinstance(value, list):
        for entry in value:
            yield from (pair for pair in paths(entry, f"{name}[]") if pair[0] != f"{name}[]")


def wrong_keys(document: Any, listed: dict[str, str]) -> list[str]:
    """What the document has and the table does not say."""
    listed |= {f"{key}.*": "object" for key, kind in listed.items() if kind.startswith("object with values")}
    patterns = [(re.compile(re.escape(key).replace(r"\*", "[^.]+")), kind) for key, kind in listed.items()]
    free = [
        pattern
        for (pattern, kind), key in zip(patterns, listed, strict=True)
        if not kind.startswith("list of text") and not any(other.startswith((f"{key}.", f"{key}[")) for other in listed)
    ]
    wrong = []
    for name, value in paths(document):
        kind = next((kind for pattern, kind in patterns if pattern.fullmatch(name)), None)
        below_free = any((found := pattern.match(name)) and found.end() < len(name) for pattern in free)
        if kind is None and not below_free:
            wrong.append(f"{name} is not listed")
        if kind is not None and value is None and "null" not in kind and "any value" not in kind:
            wrong.append(f"{name} is null")
    return wrong


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_document_is_as_the_page_says(recorded: Path) -> None:
    document = json.loads(recorded.read_text())
    if document["schema"].startswith("mamctl.usage/") or document["data"] is None:
        return
    tables = listed_keys(document["schema"])
    found = [wrong_keys(document["data"], table) for table in tables]
    assert min(found, key=len) == []


def test_a_key_that_is_not_listed_is_found() -> None:
    table = {"a": "text", "b": "list of object", "b[].c": "whole number or null"}
    assert wrong_keys({"a": None, "b": [{"c": None, "d": 1}], "e": 1}, table) == [
        "a is null",
        "b[].d is not listed",
        "e is not listed",
    ]


@pytest.mark.real("jq")
def test_every_recipe_runs(tracker: PracticeTracker, tmp_path: Path) -> None:
    assert len(RECIPES) >= 5
    assert shutil.which("jq"), "apt-get install jq"
    tracker.world.clock.move_to(datetime.now(UTC))
    config = Member(tracker, tmp_path).config()
    environ = {
        **os.environ,
        "MAMCTL_CONFIG": str(config),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    for line in RECIPES:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line], check=False, env=environ, capture_output=True, text=True
        )
        assert done.returncode in (0, 3), (line, done.stderr)
        assert "jq:" not in done.stderr, (line, done.stderr)

"""The sample configuration names every key, and shows the default that really holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from mamctl.cli.commands.init import sample
from mamctl.config import load
from mamctl.config.describe import describe_keys, effective

_KEY = re.compile(r"^# ([a-z_]+ = )", re.MULTILINE)
LISTS = ("qbittorrent", "catalogues.custom")
ROOT = Path(__file__).parents[3]


def uncommented() -> str:
    return _KEY.sub(r"\1", sample())


def shown_keys() -> dict[str, Any]:
    sections = tomllib.loads(uncommented())
    return {f"{section}.{key}": value for section, keys in sections.items() for key, value in keys.items()}


@pytest.mark.spec("CFG-1")
def test_the_sample_has_every_key_and_no_other() -> None:
    keys = {key.key for key in describe_keys()}
    lists = {key for key in keys if "[]" in key}
    assert set(shown_keys()) == {key for key in keys - lists if key.count(".") == 1}
    for section, table, _ in (key.split(".") for key in keys - lists if key.count(".") == 2):
        assert table in sample().split(f"\n[{section}]")[1]  # tables of one shape are named, and one is shown
    assert {key for key in lists if key.partition("[]")[0] in LISTS} == lists
    for table in LISTS:
        shown = sample().split(f"#   [[{table}]]\n")[1].split("\n\n")[0]
        own = {key.rpartition(".")[2] for key in lists if key.startswith(f"{table}[]")}
        assert set(re.findall(r"^#   ([a-z_]+) = ", shown, re.MULTILINE)) == own


def test_each_default_shown_is_the_real_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    path = tmp_path / "mamctl.toml"
    path.write_text(uncommented())
    defaults = {key.key: key.default for key in describe_keys()}
    shown = {entry.key: entry.value for entry in effective(load(path, {}))}
    # A key without a default shows an example, and so does a list of tables.
    own = {key: value for key, value in defaults.items() if value not in (None, []) and "[]" not in key}
    assert {key: shown[key] for key in own} == own


def test_the_sample_as_it_stands_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mamctl.toml"
    path.write_text(sample())
    assert {entry.origin for entry in effective(load(path, {}))} == {"default"}


@pytest.mark.parametrize("key", ["login", "read_pages"])
def test_what_the_site_forbids_stands_below_its_own_words(key: str) -> None:
    above = sample().split(f"\n# {key} = ")[0]
    section = above[above.rindex("\n[") :]
    assert "You may not automate any site functions except those specifically" in section


def test_the_copy_at_the_root_is_the_same() -> None:
    assert (ROOT / "mamctl.toml").read_text() == sample()

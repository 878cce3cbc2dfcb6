"""The configuration as `config show` prints it and as the sample explains it."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from mamctl.config import load
from mamctl.config.describe import describe_keys, effective
from mamctl.config.sample import find_sample, sample_keys
from mamctl.config.toml_text import spell_value, toml_lines, toml_value
from mamctl.domain.change.differences import Difference

TEXT = """
[tracker]
daily_budget = 77
min_interval = "90s"
[[qbittorrent]]
name = "home"
url = "http://127.0.0.1:8080"
[[qbittorrent]]
name = 'se"cond'
url = "http://127.0.0.1:8081"
[library]
folders = ["/srv/a b", "/srv/ünï"]
[catalogues.audible]
interval = 2.5
[drift]
certain = 0.75
"""


def test_what_is_shown_is_a_configuration_that_means_the_same(tmp_path: Path) -> None:
    given = tmp_path / "mamctl.toml"
    given.write_text(TEXT.replace('se"cond', "second"))
    loaded = load(given)
    again = tmp_path / "again.toml"
    again.write_text("\n".join(toml_lines(effective(loaded))))
    assert [(entry.key, entry.value) for entry in effective(load(again))] == [
        (entry.key, entry.value) for entry in effective(loaded)
    ]
    assert tomllib.loads(again.read_text())["tracker"]["min_interval"] == "90s"


def test_only_what_was_set_comes_from_the_file(tmp_path: Path) -> None:
    """In a table of a list and in a section of a section too, where most keys have their default."""
    given = tmp_path / "mamctl.toml"
    given.write_text(TEXT.replace('se"cond', "second"))
    changed = [entry.key for entry in effective(load(given)) if entry.origin == "file"]
    assert changed == [
        "tracker.min_interval",
        "tracker.daily_budget",
        "qbittorrent[0].name",
        "qbittorrent[0].url",
        "qbittorrent[1].name",
        "qbittorrent[1].url",
        "library.folders",
        "catalogues.audible.interval",
        "drift.certain",
    ]


@pytest.mark.parametrize(
    ("value", "may_be", "text"),
    [
        (86_400.0, "seconds or text", '"1d"'),
        (90.0, "seconds or text", '"90s"'),
        (0.5, "seconds or text", '"0.5s"'),
        (0.0, "seconds or text", "0.0"),
        (1 << 30, "bytes or text", '"1 GiB"'),
        (1000, "bytes or text", "1000"),
        (1.05, "number", "1.05"),
        (True, "true or false", "true"),
        ('a"b\\c\n', "text", '"a\\"b\\\\c\\n"'),
        (["1h", "6h"], "list of text", '["1h", "6h"]'),
        ([3600.0], "list of seconds or text", '["1h"]'),
    ],
)
def test_values_have_their_unit(value: object, may_be: str, text: str) -> None:
    assert toml_value(value, may_be) == text
    tomllib.loads(f"key = {text}")


def test_every_key_has_a_meaning_and_an_example_in_the_sample() -> None:
    missing = [key.key for key in describe_keys() if (found := find_sample(key.key)) is None or not found.meaning]
    assert not missing, "say in mamctl.toml what they do"


def test_the_sample_explains_no_key_that_is_none() -> None:
    known = {key.key for key in describe_keys()}
    strange = [key for key in sample_keys() if "*" not in key and key not in known]
    assert not strange


def test_a_span_is_exact() -> None:
    assert toml_value(timedelta(hours=36).total_seconds(), "seconds or text") == '"36h"'


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("queue.disk_reserve", 50 << 30, "50 GiB"),
        ("queue.disk_reserve", 1_500_000_000, "1.40 GiB"),
        ("queue.disk_reserve", 0, "0"),
        ("ratio.once", 240.0, "240.0"),  # no such key any more
        ("report.since", 30 * 86_400.0, "30d"),
        ("qbittorrent[1].timeout", 90.0, "90s"),
        ("ratio.floor", 1.05, "1.05"),
        ("vip.auto_renew", True, "true"),
        ("library.folders", ["/srv/books", "/mnt/more"], "/srv/books, /mnt/more"),
        ("tracker.login", "session", "session"),
    ],
)
def test_a_changed_value_is_spelt_with_its_unit(key: str, value: object, text: str) -> None:
    assert spell_value(key, value) == text
    assert Difference(key, [], value).spell(spell_value) == f"{key}: (none) → {text}"

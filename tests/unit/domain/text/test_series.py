"""Series strings of every form give their names and places, and lose no letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.text.normalize import fold
from mamctl.domain.text.series import fold_series, join_series, parse_position, parse_series


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Lantern Cycle #2", [("Lantern Cycle", "2")]),
        ("Lantern Cycle, Book 2", [("Lantern Cycle", "2")]),
        ("(Lantern Cycle, #1-3)", [("Lantern Cycle", "1-3")]),
        ("(Lantern#1)", [("Lantern", "1")]),
        ("(Lantern,  #1)", [("Lantern", "1")]),
        ("Lantern Cycle #0.1 - 0.4", [("Lantern Cycle", "0.1-0.4")]),
        ("Lantern Cycle #0.5", [("Lantern Cycle", "0.5")]),
        ("A, #1; B, #4", [("A", "1"), ("B", "4")]),
        ("Lantern Cycle #2; Other #1", [("Lantern Cycle", "2"), ("Other", "1")]),
        ("Lantern Cycle # 1 ", [("Lantern Cycle", "1")]),
        ("Lantern Cycle, Book One", [("Lantern Cycle", "1")]),
        ("Lantern Cycle, Book II", [("Lantern Cycle", "2")]),
        ("Lantern Cycle Band 3", [("Lantern Cycle", "3")]),
        ("Lantern Cycle, Tome 4", [("Lantern Cycle", "4")]),
        ("灯の書 第2巻", [("灯の書", "2")]),
        ("Die Flußsage, 3. Band", [("Die Flußsage", "3")]),
        ("Fener, 2. Kitap", [("Fener", "2")]),
        ("Latarnia, t. 2", [("Latarnia", "2")]),
        ("Фонарь, т. 2", [("Фонарь", "2")]),
        ("Chemin du sel, T2", [("Chemin du sel", "2")]),
        ("Chemin du sel T2", [("Chemin du sel", "2")]),
        ("Lantern Cycle, Deel 5", [("Lantern Cycle", "5")]),
        ("Book 2 of the Lantern Cycle", [("Lantern Cycle", "2")]),
        ("Lantern Cycle Book 2.0 (Unabridged)", [("Lantern Cycle", "2")]),
        ("Area 51", [("Area 51", None)]),
        ("The Book of Three", [("The Book of Three", None)]),
        ("Цикл, книга 2", [("Цикл", "2")]),
        ("Unknown", []),
        ("#3", []),
        ("", []),
    ],
)
def test_a_series_is_read(text, entries):
    assert [(entry.name, entry.position) for entry in parse_series(text)] == entries


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("02", "2"), ("2.0", "2"), ("1.5", "1.5"), ("1-3", "1-3"), ("Book 1", "1"), ("Book One", "1"), ("II", "2"),
        ("2, Dramatized Adaptation", "2"), ("", None), ("soon", None),
    ],
)  # fmt: skip
def test_a_position_is_read(text, position):
    assert parse_position(text) == position


@given(st.text(max_size=80))
def test_reading_never_raises_and_is_stable(text):
    entries = parse_series(text)
    parse_position(text)
    assert parse_series(f" {text}  ") == entries
    assert all(entry.name.strip() for entry in entries)


NAMES = st.sampled_from(["Lantern Cycle", "Öde Türme", "Хроники", "Winter’s End"])


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True), st.sampled_from(["1", "2.5", "10", "1-3"]))
def test_what_is_joined_is_read_again(names, position):
    text = "; ".join(f"{name} #{position}" for name in names)
    assert join_series(parse_series(text)) == tuple(text.split("; "))


@given(NAMES)
def test_names_fold_alike(name):
    assert fold_series(f"The {name.upper()} Series") == fold_series(name)
    assert fold(name) in fold_series(f"the {name}")

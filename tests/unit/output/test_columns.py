"""A table in the columns of a terminal: what may be shortened is, what may not never is."""

from __future__ import annotations

import re
import textwrap
from random import Random

import pytest
import wcwidth
from hypothesis import given
from hypothesis import strategies as st

from mamctl.output.columns import (
    GAP,
    LEAST,
    LEAST_WRAPPED,
    is_code,
    is_narrow,
    lay_out,
    pad,
    shorten,
    width,
    wrap_words,
)

TITLES = ("The Salt Road and the Long Way Home Again", "塩の道と長い帰り道の物語", "Солёная дорога и долгий путь домой")
WHEN = "2026-11-29 01:44 UTC"
ROWS = [("id", "title", "when", "record"),
        *((str(n), title, WHEN, f"audible:B0{n:08}") for n, title in enumerate(TITLES, 1))]  # fmt: skip


@pytest.mark.parametrize("room", [62, 80, 100, 1_000_000])
def test_ids_and_dates_are_whole_and_the_lines_fit(room: int) -> None:
    plan = lay_out(ROWS, room)
    assert plan.shown == (0, 1, 2, 3)
    assert sum(plan.widths) + GAP * 3 <= room
    assert (plan.widths[2], plan.widths[3]) == (20, 18)


def test_a_wide_terminal_shortens_nothing() -> None:
    assert lay_out(ROWS, 200).widths == tuple(max(width(row[n]) for row in ROWS) for n in range(4))


def test_the_widest_column_gives_way_first() -> None:
    rows = [("a", "b"), ("word " * 8, "word " * 3)]
    assert lay_out(rows, 40).widths == (23, 15)


def test_optional_columns_go_in_their_order_when_shortening_is_not_enough() -> None:
    rows = [("id", "title", "authors", "series"), ("1234", *("many words " * 4,) * 3)]
    least = 4 + 2 * (LEAST + GAP)
    assert lay_out(rows, least, optional=(3, 2)).shown == (0, 1, 2)
    assert lay_out(rows, least - 1, optional=(3, 2)).shown == (0, 1)
    assert lay_out(rows, 5, optional=(3, 2)).shown == (0, 1)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("日本語", 6), ("e\u0301", 1), ("नमस्ते", 4), ("👩‍👩‍👧", 2), ("\u200b", 0), ("한국", 4)],
)
def test_width_is_what_a_terminal_takes(text: str, columns: int) -> None:
    assert width(text) == columns


def test_what_is_known_to_be_narrow_takes_one_column_each() -> None:
    narrow = [letter for letter in map(chr, range(0x10000)) if is_narrow(letter) and letter >= " " and letter != "\x7f"]
    assert len(narrow) > 600
    assert {wcwidth.wcwidth(letter) for letter in narrow} == {1}


def test_narrow_words_are_wrapped_alike_with_and_without_a_table_of_scripts() -> None:
    dice, words = Random(1), "a bb dddddddd e-f x/y “q” … — (z) -- a--b 12".split()
    for _ in range(500):
        text = " ".join(dice.choices(words, k=dice.randint(0, 12)))
        room, indent = dice.randint(3, 30), " " * dice.randint(0, 1)
        how = {"subsequent_indent": indent, "break_long_words": False, "break_on_hyphens": False}
        assert textwrap.wrap(text, room, **how) == wcwidth.wrap(text, room, **how)


def test_a_wide_letter_is_never_cut_in_two() -> None:
    assert shorten("日本語の本", 6) == "日本…"
    assert shorten("日本語の本", 7) == "日本語…"
    assert shorten("👩‍👩‍👧 family", 4) == "👩‍👩‍👧…"


def test_the_place_in_a_series_stays() -> None:
    assert shorten("The Lantern Cycle of the Long Way Home #12", 14) == "The Lante… #12"
    assert shorten("Some #hashtags are not places", 14) == "Some #hashtag…"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40), st.integers(2, 30))
def test_shortened_text_fits_and_begins_as_the_whole(text: str, columns: int) -> None:
    short = shorten(text, columns)
    assert width(short) <= columns
    start, _, end = short.rpartition("…")
    assert short == text or (text.startswith(start) and text.endswith(end))
    assert width(pad(short, columns)) == columns


@given(st.lists(st.tuples(*[st.text("ab 1", max_size=30)] * 4), min_size=1, max_size=5), st.integers(1, 120))
def test_a_layout_is_never_wider_than_the_texts(rows: list[tuple[str, ...]], room: int) -> None:
    plan = lay_out([("a", "b", "c", "d"), *rows], room, optional=(3,))
    for n, wide in zip(plan.shown, plan.widths, strict=True):
        longest = max(1, *(width(row[n]) for row in rows))
        assert min(longest, LEAST) <= wide <= longest
        assert wide == longest or any(re.search(r"\S* \S*", row[n]) for row in rows)


@pytest.mark.parametrize("room", [40, 60, 80])
def test_prose_is_broken_between_words_and_a_path_stays_whole(room: int) -> None:
    path = "/srv/" + "long-folder/" * 8 + "book.m4b"
    text = f"! the file {path} is shorter than what its header says, so that it cannot be complete"
    lines = wrap_words(text, room)
    assert " ".join(line.strip() for line in lines) == text
    assert [line for line in lines if width(line) > room] == [line for line in lines if path in line]
    assert all(line.startswith("  ") for line in lines[1:])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("sent; to undo it: mamctl abs undo r26", ["sent; to undo it:", "mamctl abs undo r26"]),
        ("  → to let it: mamctl config set ratio.source lowest", ["  → to let it:",
         "    mamctl config set ratio.source lowest"]),
        ("  → if so: mamctl meta set 5 title 'The Lost World, Illustrated'", ["  → if so:",
         "    mamctl meta set 5 title 'The Lost World, Illustrated'"]),
        ("see the mail and mamctl status; does cron run?", ["see the mail and", "mamctl status; does cron", "run?"]),
        ("  → ask `mamctl ratio watch` every hour", ["  → ask", "    `mamctl ratio watch`", "    every hour"]),
        ("  → mkdir -p /srv/audiobooks/to/be/filed", ["  → mkdir -p /srv/audiobooks/to/be/filed"]),
        ("look there: mamctl meta list lists them; or wait", ["look there:", "mamctl meta list lists",
         "them; or wait"]),
    ],
)  # fmt: skip
def test_a_command_is_never_broken(text: str, lines: list[str]) -> None:
    assert wrap_words(text, 24, whole_commands=True) == lines


def test_in_a_column_a_command_is_broken_where_it_does_not_fit() -> None:
    text = "made by mamctl change checkpoint"
    assert wrap_words(text, 24, hang=0) == ["made by", "mamctl change checkpoint"]
    assert wrap_words(text, 16, hang=0) == ["made by mamctl", "change", "checkpoint"]


def test_a_path_keeps_its_last_names() -> None:
    path = "/srv/books/Jules Verne/Around the World/metadata.json"
    assert shorten(path, 32) == "…/Around the World/metadata.json"
    assert shorten(path, 20) == "…/metadata.json"
    assert shorten(path, 8) == "…ta.json"


def test_a_column_of_paths_gives_way() -> None:
    rows = [("done", "file"), ("create", "/srv/audiobooks/verne/around-the-world/metadata.json")]
    assert lay_out(rows, 40).widths == (6, 32)


def test_a_value_hangs_below_its_beginning() -> None:
    assert wrap_words("  name  one two three", 16, hang=8) == ["  name  one two", "        three"]


def test_a_reason_becomes_narrow_to_stand_on_several_lines() -> None:
    rows = [
        ("id", "title", "why"),
        ("12", "The Salt Road and the Long Way Home", "no slot: a paid download would take"),
    ]
    assert lay_out(rows, 60, elastic=(1,), wrapped=(2,)).widths == (2, 27, 27)
    assert lay_out(rows, 2 * GAP + 2 + LEAST + LEAST_WRAPPED, elastic=(1,), wrapped=(2,)).widths == (
        2,
        LEAST,
        LEAST_WRAPPED,
    )


def test_an_id_in_a_column_of_prose_is_not_cut() -> None:
    rows = [("title", "where"), ("word " * 8, "/library/a long path/of a book"), ("word", "open_library:OL12345678W")]
    assert lay_out(rows, 40, elastic=(0, 1)).widths == (LEAST, 24)
    assert not is_code("1984, read by nobody")
    assert not is_code("/library/1984")

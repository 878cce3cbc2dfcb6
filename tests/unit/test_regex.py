"""Regular expressions that are compiled late are all right, and behave as compiled ones."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import mamctl
from mamctl.regex import regex


def test_every_regular_expression_of_the_program_can_be_compiled() -> None:
    found = 0
    root = Path(mamctl.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if " regex(" not in path.read_text(encoding="utf-8"):
            continue
        module = importlib.import_module(".".join(("mamctl", *path.relative_to(root).with_suffix("").parts)))
        for pattern in _within(vars(module).values()):
            re.compile(pattern.pattern, pattern._flags)
            found += 1
    assert found > 300


def _within(values) -> Iterator[regex]:
    for value in values:
        if isinstance(value, regex):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _within(value)
        elif isinstance(value, dict):
            yield from _within(value.values())


def test_it_is_used_like_a_compiled_one() -> None:
    words = regex(r"(?P<first>[a-z])[a-z]*", re.IGNORECASE)
    assert words.match("One two", 4)["first"] == "t"
    assert words.fullmatch("one two") is None
    assert words.sub("x", "One two", 1) == "x two"
    assert words.pattern.endswith("*")
    assert words.flags & re.IGNORECASE
    assert words.groupindex == {"first": 1}


def test_bytes_are_searched_too() -> None:
    assert regex(rb"a+").search(b"baab")[0] == b"aa"


def test_what_a_pattern_needs_spares_its_compiling() -> None:
    costly = regex(r"(?P<label>book) (?P<number>\d+)", re.IGNORECASE, needs=regex("book", re.IGNORECASE))
    assert [costly.search("The Salt Road"), costly.match("x"), costly.fullmatch("")] == [None] * 3
    assert "search" not in vars(costly)
    assert costly.search("Salt, Book 2")["number"] == "2"
    assert "search" in vars(costly)
    assert costly.match("Salt, Book 2", 6)["number"] == "2"
    assert costly.search("booking") is None


def test_a_number_in_words_ends_where_its_words_end() -> None:
    from mamctl.domain.text.series import LABELLED

    found = re.compile(LABELLED, re.IGNORECASE)
    cases = {
        "Book Twenty-One of": "Twenty-One",
        "Book one hundred and five": "one hundred and five",
        "book two and": "two",
        "#two": "two",
        "Book - two": None,
        "Book and two": None,
        "Book twofive": None,
        "Book one two three one two three": "one two three one two",
    }
    matches = {text: found.match(text) for text in cases}
    assert {text: match and match["position"] for text, match in matches.items()} == cases

"""Regular expressions that are compiled late are all right, and behave as compiled ones."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import mamctl
from mamctl.domain.text.numbers import COUNTED
from mamctl.domain.text.series import LABELLED
from mamctl.regex import Rare, regex

WORDS = (
    "Book",
    "#",
    "Vol.",
    "2",
    "IV",
    "One",
    "twenty",
    "and",
    "Two",
    "Tone",
    "twoo",
    "fünf",
    "Ten.",
    "zweiter",
    "of",
    "3",
)
_WHOLE = re.compile(LABELLED, re.IGNORECASE)


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
    assert "sub" not in vars(costly)  # which compiling brings
    assert costly.search("Salt, Book 2")["number"] == "2"
    assert "sub" in vars(costly)
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


def test_a_rare_alternative_is_compiled_with_the_first_text_that_may_hold_it() -> None:
    number = regex(
        r"book (?P<n>\d+|(?:one|two))", re.IGNORECASE, rare=Rare("(?:one|two)", lambda text: "o" in text[5:])
    )
    assert number.search("Book 2")["n"] == "2"
    assert number.fullmatch("book x") is None
    assert [found["n"] for found in number.finditer("Book 1, book 3")] == ["1", "3"]
    assert number.search("A Book Two")["n"] == "Two"
    assert number.search("Book 2")["n"] == "2"
    assert number.sub("x", "book one") == "x"


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), st.sampled_from((" ", "-", "_", ". ", ", ")))
def test_a_label_matches_the_same_whether_the_words_of_numbers_are_compiled_or_not(words: list[str], gap: str) -> None:
    text = gap.join(words)
    for method in ("search", "match", "fullmatch"):
        late = regex(LABELLED, re.IGNORECASE, rare=COUNTED)
        expected, found = getattr(_WHOLE, method)(text), getattr(late, method)(text)
        assert (found and (found.span(), found["position"])) == (expected and (expected.span(), expected["position"]))

"""Every argument and option with a value is completed by the shell, or it is on the list that says why not."""

from __future__ import annotations

import contextlib
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest

from mamctl.cli.shells import split_line
from mamctl.store.choices import offered_words
from mamctl.store.database import open_store
from tests.kit.commands import every_verb
from tests.kit.stocked_library import add_book

# By its metavar or its name. The shell's own files are the best offer for a path; everything here is free.
NOT_COMPLETED = {
    "WORDS…": "words of a title",
    "ID | WORDS…": "a torrent of the site, which only a request would list",
    "[WORD]...": "words of a book",
    "TITLE": "a new title",
    "TIME": "any span of time",
    "DATE": "any date",
    "URL": "any address",
    "PATH": "a path that need not exist",
    "PATH...": "a path that need not exist",
    "LABEL": "a new label",
    "S": "any length",
    "N": "any number",
    "CATALOGUE:ID": "a record, which meta match prints to be copied",
    "title": "a new title",
    "language": "any language's name",
    "note": "free text",
    "limit": "a count",
    "max_changes": "a count",
    "torrent_id": "a torrent of the site, which only a request would list",
    "asin": "an id that is copied from elsewhere",
    "isbn": "an id that is copied from elsewhere",
}


def test_every_value_is_completed_or_the_list_says_why_not() -> None:
    unknown = [
        f"{' '.join(path)} {one.opts[0]} ({one.metavar})"
        for path, command in every_verb()
        for one in command.params
        if not _is_completed(one) and one.metavar not in NOT_COMPLETED and one.name not in NOT_COMPLETED
    ]
    assert not unknown, f"give it a completer in cli/completion.py, or a reason here: {unknown}"


def test_the_list_names_nothing_that_is_completed_or_gone() -> None:
    free = {name for _, command in every_verb() for one in command.params if not _is_completed(one)
            for name in (one.metavar, one.name)}  # fmt: skip
    assert set(NOT_COMPLETED) <= free


def _is_completed(parameter: Any) -> bool:
    if getattr(parameter, "is_flag", False) or parameter.name == "help":
        return True
    if parameter._custom_shell_complete is not None:
        return True
    hint = parameter.type_descriptor.annotation
    kinds = [one for one in (hint, *get_args(hint)) if isinstance(one, type)]
    return any(issubclass(kind, Enum | Path) for kind in kinds)


@pytest.mark.parametrize(
    ("line", "words", "quote"),
    [
        ("mamctl vip ", ["mamctl", "vip", ""], ""),
        ("mamctl vip ch", ["mamctl", "vip", "ch"], ""),
        (r"show The\ Way\ ", ["show", "The Way "], ""),
        ("show 'The Way ", ["show", "The Way "], "'"),
        ('show "The "', ["show", "The "], ""),
        ('show "The \\"Way', ["show", 'The "Way'], '"'),
        ("show '' x", ["show", "", "x"], ""),
        ("show The\\", ["show", "The"], ""),
        ("show\n--author\n=\n", ["show", "--author", "=", ""], ""),
        ("", [""], ""),
    ],
)
def test_a_line_is_read_to_the_cursor_as_a_shell_would_read_it(line: str, words: list[str], quote: str) -> None:
    assert split_line(line) == (words, quote)


def test_names_of_the_library_are_offered_each_once(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with contextlib.closing(open_store(path)) as db:
        add_book(db, 1, title="Salt Road", authors=["Mara Vell", "Jo Penn"], narrators=["Marc Thom"],
                 series=[{"name": "Lantern Cycle", "position": "1"}])  # fmt: skip
        add_book(db, 2, title="Salt Road", authors=["Mara Vell"], series=[{"name": "Lantern Cycle", "position": None}])
        add_book(db, 3, title="Gone", authors=["Mary Gone"])
        add_book(db, 4, title="Two\nlines")
        db.execute("UPDATE books SET gone_at = '2026-11-29T00:00:00Z' WHERE id = 3")
        db.executemany(
            "INSERT INTO categories (id, name, main, known, first_seen_at) VALUES (?, ?, ?, 1, '2026-11-29T00:00:00Z')",
            [(1, "Crime", "Audio"), (2, "Crime", "E-Books"), (3, "Science Fiction", "Audio")],
        )
    assert offered_words(path, "author", "Mar") == [("Mara Vell", "2 books")]
    assert offered_words(path, "author", "") == [("Jo Penn", "1 book"), ("Mara Vell", "2 books")]
    assert offered_words(path, "narrator", "M") == [("Marc Thom", "1 book")]
    assert offered_words(path, "series", "Lan") == [("Lantern Cycle", "2 books")]
    assert offered_words(path, "title", "Sa") == offered_words(path, "title", "sA") == [("Salt Road", "book 1")]
    assert offered_words(path, "title", "%") == offered_words(path, "title", "_a") == []
    assert (
        offered_words(path, "title", "")
        == offered_words(path, "title", "G")
        == offered_words(path, "title", "Two")
        == []
    )
    assert [word for word, _ in offered_words(path, "category_name", "A")][:1] == ["Audio Crime"]
    assert ("Science Fiction", "category 3") in offered_words(path, "category_name", "Sci")

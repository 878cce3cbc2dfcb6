"""How the problems of a library are shown: what can be done about a kind is said once."""

from __future__ import annotations

from io import StringIO

from mamctl.cli.commands.meta.problems import ProblemsData, render_problems
from mamctl.domain.problem import Problem
from mamctl.output.screen import Screen


def shown(*problems: Problem) -> list[str]:
    kinds: dict[str, int] = {}
    for problem in problems:
        kinds[problem.code] = kinds.get(problem.code, 0) + 1
    stream = StringIO()
    render_problems(Screen(stream), ProblemsData(dict(sorted(kinds.items())), problems))
    return stream.getvalue().split("\n\n")


def test_a_remedy_of_several_books_stands_once_above_them_and_one_of_a_single_book_below_it():
    _, damaged, doubtful, length = shown(
        Problem("damaged_file", "/a: cut", "/a", "get this file again"),
        Problem("doubtful_title", "/a: unsure", "/a", "mamctl meta set 1 title VALUE"),
        Problem("length_differs", "/c: longer", "/c", "look at its files"),
        Problem("doubtful_title", "/b: unsure", "/b", "mamctl meta set 2 title VALUE"),
        Problem("length_differs", "/d: shorter", "/d", "check whether parts are missing"),
        Problem("damaged_file", "12 errors", "/b", "get this file again"),
        Problem("length_differs", "/e: shorter", "/e", "check whether parts are missing"),
    )  # fmt: skip
    assert damaged.splitlines() == ["damaged_file", "  → get this file again", "! /a: cut", "! /b: 12 errors"]
    assert doubtful.splitlines() == [
        "doubtful_title",
        "! /a: unsure", "  → mamctl meta set 1 title VALUE",
        "! /b: unsure", "  → mamctl meta set 2 title VALUE",
    ]  # fmt: skip
    assert length.splitlines() == [
        "length_differs",
        "  → check whether parts are missing", "! /d: shorter", "! /e: shorter",
        "! /c: longer", "  → look at its files",
    ]  # fmt: skip


def test_problems_without_a_remedy_are_listed_alone():
    assert shown(Problem("odd", "x"), Problem("odd", "y"))[1].splitlines() == ["odd", "! x", "! y"]


def test_a_sound_library_is_said_to_be_sound():
    assert shown() == ["Nothing in the library needs your attention.\n"]

"""A table in a pipe: each row whole on one line, the columns aligned however many rows there are."""

from __future__ import annotations

import io
import re

import pytest

from mamctl.output.columns import width
from mamctl.output.screen import Screen

_MANY = 1_100  # more than are looked at together


def printed(rows: list[tuple[object, ...]], right: tuple[int, ...] = ()) -> list[str]:
    stream = io.StringIO()
    Screen(stream).table(("id", "title", "length"), iter(rows), right=right)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("odd", "shown"),
    [
        ("日本の夜", "日本の夜"),
        ("\x1b[31mred", "�[31mred"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("–", "–"),
        (None, "–"),
        ("", ""),
        ("a" * 300, "a" * 199 + "…"),
        (7, "7"),
        ("100 %s", "100 %s"),
    ],
)
@pytest.mark.parametrize("place", [0, 3, _MANY - 1])
def test_an_odd_cell_anywhere_leaves_every_column_aligned(odd: object, shown: str, place: int) -> None:
    rows: list[tuple[object, ...]] = [(number, f"Book {number}", "1:00:00") for number in range(_MANY)]
    rows[place] = (place, odd, "12:00:00")
    lines = printed(rows, right=(0, 2))
    wide = max(width(shown), len("Book 1099"))
    for number, line in enumerate(lines[1:]):
        found = re.fullmatch(r" *(\d+)  (.*)  ( 1:00:00|12:00:00)", line)
        assert found, line
        assert width(found[2]) == wide
        assert int(found[1]) == number
        assert found[2].rstrip() == (shown if number == place else f"Book {number}")


def test_a_table_without_rows_has_its_headers() -> None:
    assert printed([]) == ["id  title  length"]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.mark.parametrize(("stream", "verbose", "lines"), [
    (Terminal(), False, ["id  title", "0   Book", "1   Book", "… and 1,198 more: --verbose has them all"]),
    (Terminal(), True, 1_201),
    (io.StringIO(), False, 1_201),
])  # fmt: skip
def test_a_terminal_shows_the_first_of_very_many_rows(
    stream: io.StringIO, verbose: bool, lines: list[str] | int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    Screen(stream, verbose=verbose).table(("id", "title"), ((n, "Book") for n in range(1_200)), most=2)
    shown = stream.getvalue().splitlines()
    assert (shown if isinstance(lines, list) else len(shown)) == lines

"""Text output: headings, pairs and tables; coloured on a terminal, aligned plain text elsewhere."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import chain, islice, zip_longest
from typing import NamedTuple, TextIO

from mamctl.domain.problem import Problem
from mamctl.output.columns import fit, is_narrow, lay_out, pad, shorten, width, wrap_words
from mamctl.regex import regex

# Control characters, and the bidirectional overrides that could make a title rewrite the line around it.
_HARMFUL = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONGEST = 200
_AT_ONCE = 500  # rows of a table that are made text together
_UNBOUNDED = 1_000_000
LONG = 15  # rows of a table that a line below sums up
_LONGEST_LINE = 1000  # a path alone may be hundreds of characters long, and the reason stands behind it


class Tone(StrEnum):
    """How a line is meant; a colour on a terminal, nothing elsewhere."""

    PLAIN = ""
    GOOD = "green"
    WARN = "yellow"
    BAD = "red"
    DIM = "bright_black"
    COMMAND = "bold cyan"


def clean(value: object, longest: int = _LONGEST) -> str:
    """A value as one safe line of text: no control characters, no terminal tricks, of bearable length."""
    text = "–" if value is None else str(value)
    if not text.isprintable():  # nearly every text is, and nothing printable does harm
        text = _HARMFUL.sub("�", text.replace("\n", " ").replace("\t", " "))
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= longest else text[: longest - 1] + "…"


class _Column(NamedTuple):
    """Some cells of a column as text, the width of the widest, and whether each character is one column wide."""

    texts: list[str]
    widest: int
    narrow: bool


def _clean_column(cells: Sequence[object]) -> _Column:
    """The cells as `clean` makes them. Nearly all are short and harmless, which one test of them all shows."""
    texts = [cell if cell.__class__ is str else clean(cell) for cell in cells]
    together, longest = "".join(texts), max(map(len, texts))
    if not together.isprintable() or longest > _LONGEST:
        texts = [clean(text) for text in texts]
        together, longest = "".join(texts), max(map(len, texts))
    narrow = is_narrow(together)
    return _Column(texts, longest if narrow else max(map(width, texts)), narrow)


class Screen:
    """Writes to `stream`; `rich` is loaded only when the stream is a terminal.

    A command that renders its data may ask whether every figure is wanted (`verbose`) and whether it was a dry run.
    """

    def __init__(self, stream: TextIO | None = None, *, verbose: bool = False, dry_run: bool = False) -> None:
        self.verbose, self.dry_run = verbose, dry_run
        self.stream = stream or sys.stdout
        self.terminal = self.stream.isatty()
        self._console = _console(self.stream) if self.terminal else None

    def choose(self, done: str, would: str) -> str:
        """What was done; in a dry run, what would be."""
        return would if self.dry_run else done

    def heading(self, text: str) -> None:
        """A section's title."""
        self._prose(clean(text, _LONGEST_LINE), "bold")

    def line(self, text: str = "", tone: Tone = Tone.PLAIN) -> None:
        """Prose, on as many lines as the terminal's width asks for, broken at words; one line elsewhere."""
        self._prose(clean(text, _LONGEST_LINE) if text else "", tone.value)

    def pairs(self, rows: Iterable[tuple[str, object]]) -> None:
        """Names and values, aligned."""
        shown = [(name, clean(value)) for name, value in rows]
        wide = max((width(name) for name, _ in shown), default=0)
        for name, value in shown:
            self._prose(f"  {pad(name, wide)}  {value}", hang=wide + 4)

    def table(
        self,
        headers: Sequence[str],
        rows: Iterable[Sequence[object]],
        right: Sequence[int] = (),
        *,
        elastic: Sequence[int] | None = None,
        optional: Sequence[int] = (),
        wrapped: Sequence[int] = (),
        most: int | None = None,
    ) -> None:
        """Rows under headers; the columns numbered in `right` are flush right.

        On a terminal the table fits its width as `lay_out` says and, unless every figure is wanted, has at most `most`
        rows; elsewhere nothing is shortened or left out, and a row is one line.
        """
        if not self.terminal:
            self._plain_table(headers, rows, right)
            return
        remaining = iter(rows)
        cells = [[clean(cell) for cell in row] for row in islice(remaining, None if self.verbose else most)]
        plan = lay_out(
            [headers, *cells], terminal_columns(), right=right, elastic=elastic, optional=optional, wrapped=wrapped
        )
        for number, row in enumerate([headers, *cells]):
            if not wrapped:
                fitted = [fit(row[n], wide, right=n in right) for n, wide in zip(plan.shown, plan.widths, strict=True)]
                self._write("  ".join(fitted).rstrip(), "" if number else "bold")
                continue
            texts = [
                wrap_words(row[n], wide, hang=0) if n in wrapped else [shorten(row[n], wide)]
                for n, wide in zip(plan.shown, plan.widths, strict=True)
            ]
            for line in zip_longest(*texts, fillvalue=""):
                placed = zip(line, plan.shown, plan.widths, strict=True)
                padded = (pad(text, wide, right=n in right) for text, n, wide in placed)
                self._write("  ".join(padded).rstrip(), "" if number else "bold")
        if more := sum(1 for _ in remaining):
            self._write(f"… and {more:,} more: --verbose has them all", Tone.DIM.value)

    def _plain_table(self, headers: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[int]) -> None:
        """Every row whole on one line. Cells are held as the text of each column until all widths are known: there may
        be very many."""
        widths = [0] * len(headers)
        held: list[tuple[bool, list[str]]] = []
        remaining = chain([headers], rows)
        while some := list(islice(remaining, _AT_ONCE)):
            columns = [_clean_column(column) for column in zip(*some, strict=True)]
            widths = [max(wide, column.widest) for wide, column in zip(widths, columns, strict=True)]
            narrow = all(column.narrow for column in columns)
            held.append((narrow, ["\n".join(column.texts) for column in columns]))  # no cell has a line break
        form = "  ".join(f"%{'' if n in right else '-'}{wide}s" for n, wide in enumerate(widths))

        def fill(cells: tuple[str, ...]) -> str:
            if is_narrow("".join(cells)):
                return form % cells
            placed = enumerate(zip(cells, widths, strict=True))
            return "  ".join(pad(cell, wide, right=n in right) for n, (cell, wide) in placed)

        for narrow, texts in held:
            cells = zip(*(text.split("\n") for text in texts), strict=True)
            lines = map(str.rstrip, map(form.__mod__ if narrow else fill, cells))
            self.stream.write("\n".join(lines) + "\n")

    def problems(self, problems: Iterable[Problem], *, remedies: bool = True) -> None:
        """Each problem, with its remedy below it where these are wanted."""
        for problem in problems:
            subject = "" if problem.subject is None or problem.subject in problem.message else f"{problem.subject}: "
            self._prose(f"! {clean(subject + problem.message, _LONGEST_LINE)}", Tone.WARN.value)
            if remedies and problem.remedy:
                self.remedy(problem.remedy)

    def remedy(self, remedy: str) -> None:
        """What can be done about the problem above it, or about those below."""
        self._prose(f"  → {clean(remedy, _LONGEST_LINE)}", Tone.DIM.value)

    def fit(self, text: str) -> str:
        """`text` shortened to the terminal's width; as it is elsewhere."""
        return shorten(clean(text, _LONGEST_LINE), terminal_columns()) if self.terminal else text

    def flow(self, parts: Iterable[str], *, indent: int = 0, style: str = "") -> None:
        """Parts with " · " between them, on as many lines as the terminal's width asks for; one line elsewhere."""
        room = terminal_columns() if self.terminal else _UNBOUNDED
        line = ""
        for part in (clean(one) for one in parts):
            longer = f"{line} · {part}" if line else " " * indent + part
            if line and width(longer) > room:
                self._write(line, style)
                longer = " " * indent + part
            line = longer
        self._write(line, style)

    def raw(self, text: str) -> None:
        """Text made by the program itself, e.g. a plot, as it is."""
        self.stream.write(text + "\n")

    def _prose(self, text: str, style: str = "", *, hang: int | None = None) -> None:
        """A paragraph whose further lines begin in column `hang`, or below its first word."""
        room = terminal_columns() if self.terminal else _UNBOUNDED
        for line in wrap_words(text, room, hang=hang, whole_commands=True):
            self._write(line, style)

    def _write(self, text: str, style: str = "") -> None:
        if self._console is None:
            self.stream.write(text + "\n")
        else:
            self._console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def terminal_columns() -> int:
    """The width of the terminal: as the variable COLUMNS says, or the terminal itself, or 80."""
    return shutil.get_terminal_size().columns


def _console(stream: TextIO):  # type: ignore[no-untyped-def]  # noqa: ANN202 - rich is not loaded here
    from rich.console import Console

    return Console(file=stream)

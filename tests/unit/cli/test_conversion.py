"""A command that spares Typer's converters gets the very values that Typer would have given it."""

from __future__ import annotations

import re
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

from mamctl.cli.help import PlainCommand


class Kind(StrEnum):
    ONE = "one"
    TWO = "two"


def half(text: str) -> Fraction:
    """A parser of the program's own."""
    if text == "zero":
        raise typer.BadParameter("'zero' has no half")
    return Fraction(text) / 2


_REPEATED = re.compile(r"(?<=: )“[^”]*”: ")  # what was typed, which Typer itself does not say


def outcome(kind: type[TyperCommand], words: list[str], *, repeated: bool = False) -> tuple[object, Any]:
    """The values that the command's function is called with, or the error; with what it repeats when `repeated`."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    seen: list[object] = []

    @app.command(cls=kind)
    def run(
        title: str,
        more: Annotated[list[str] | None, typer.Argument()] = None,
        number: Annotated[int, typer.Option("--number", min=1, max=9)] = 3,
        share: Annotated[float | None, typer.Option("--share")] = None,
        flag: Annotated[bool, typer.Option("--flag/--no-flag")] = False,
        maybe: Annotated[bool | None, typer.Option("--maybe/--no-maybe")] = None,
        text: Annotated[str, typer.Option("--text")] = "",
        tag: Annotated[list[str] | None, typer.Option("--tag")] = None,
        file: Annotated[Path | None, typer.Option("--file")] = None,
        there: Annotated[Path | None, typer.Option("--there", exists=True)] = None,
        folder: Annotated[list[Path] | None, typer.Option("--folder")] = None,
        mode: Annotated[Literal["a", "b"], typer.Option("--mode")] = "a",
        kind: Annotated[Kind, typer.Option("--kind")] = Kind.ONE,
        kinds: Annotated[list[Kind] | None, typer.Option("--kinds")] = None,
        any_number: Annotated[int | None, typer.Option("--any")] = None,
        share_of: Annotated[Fraction | None, typer.Option("--half", parser=half)] = None,
        part: Annotated[Fraction, typer.Option("--part", parser=half)] = "1/3",
    ) -> None:
        seen.append((title, more, number, share, flag, maybe, text, tag, file, there, folder, mode, kind, kinds,
                     any_number, share_of, part))  # fmt: skip

    try:
        typer.main.get_command(app).main(words, prog_name="x", standalone_mode=False)
    except TyperException as error:
        message = error.format_message()
        return type(error).__name__, message if repeated else _REPEATED.sub("", message)
    return seen, [[type(value) for value in row] for row in seen]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "t",
        "t a b --tag x --tag y --text z",
        "t --number 5 --share 0.5 --flag --maybe",
        "t --number 0",
        "t --number five",
        "t --no-flag --no-maybe",
        "t --file /nonexistent/x --folder a --folder b",
        "t --file /",
        "t --there /",
        "t --there /nonexistent",
        "t --mode b --kind two",
        "t --mode c",
        "t --kind three",
        "t --text= --file=",
        "t --bogus",
        "t --number 9 --any -12 --kinds two --kinds one",
        "t --number 10",
        "t --number 007 --any +5",
        "t --any 1_000",
        "t --any ５",
        "t --any -0",
        "t --any 5.0",
        "t --any=",
        "t --kinds one --kinds three",
        "t --kind ONE",
        "t --half 3/4 --part 1",
        "t --half x",
        "t --half zero",
    ],
)
def test_as_typer_has_it(words: str) -> None:
    assert outcome(PlainCommand, words.split()) == outcome(TyperCommand, words.split())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("t --number a", "'--number': “a”: Input should be a valid integer"),
        ("t --number=", "'--number': “”: Input should be a valid integer"),
        ("t --kinds one --kinds three", "'--kinds': Value error, 'three' is not one of"),
        ("t --half zero", "'--half': 'zero' has no half"),
        ("t --half x", "'--half': Value error, Invalid literal for Fraction: 'x'"),
        ("t --any 1234567890123456789", "'--any': “1234567890123456789”: must be at most 999999999999999999"),
    ],
)
def test_a_complaint_repeats_what_was_typed_once(words: str, complaint: str) -> None:
    assert complaint in outcome(PlainCommand, words.split(), repeated=True)[1]

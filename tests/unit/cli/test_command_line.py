"""The words of a command line: what may stand before the command, and what is said about a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.exceptions import TyperException

from mamctl.cli.app import app
from mamctl.cli.command_line import Misuse, arrange, explain_misuse
from tests.unit.cli.test_help import COMMANDS

_TAKES_ANYTHING = (bool, str, Path, list[str], list[Path])


@pytest.mark.parametrize(
    ("words", "arranged"),
    [
        ("--json vip check", "vip check --json"),
        ("vip --json check -n", "vip check --json -n"),
        ("--config f.toml -qv meta list lantern", "meta list --config f.toml -qv lantern"),
        ("--config=f.toml status --json", "status --config=f.toml --json"),
        ("help vip check", "vip check --help"),
        ("help", "--help"),
        ("meta scan -- --json", "meta scan -- --json"),
        ("--json", "--json"),  # there is no command yet: the parser says so
        ("--json vip", "--json vip"),
        ("--bogus vip check", "--bogus vip check"),
        ("", ""),
    ],
)
def test_common_options_may_stand_before_the_command(words: str, arranged: str) -> None:
    assert arrange(words.split()) == arranged.split()


@pytest.mark.parametrize(
    ("words", "message", "remedy"),
    [
        ("meta lst", "there is no command lst; did you mean list or set?", "mamctl meta --help"),
        ("met scan", "there is no command met; did you mean meta?", "mamctl --help"),
        ("thaw", "there is no command thaw; did you mean mamctl ratio thaw?", "mamctl --help"),
        ("bogus", "there is no command bogus", "mamctl --help"),
        ("vip check --jsn", "there is no option --jsn; did you mean --json?", "mamctl vip check --help"),
        ("meta show", "BOOK is missing", "mamctl meta show --help"),
        ("vip check now please", "unexpected argument: now please", "mamctl vip check --help"),
        ("vip pending remove x", "PENDING must be a whole number, not “x”", "mamctl vip pending remove --help"),
        ("meta list --limit -1", "--limit must be at least 0, not “-1”", "mamctl meta list --help"),
        ("rules event add holiday", "KIND must be freeleech or bonus, not “holiday”", "mamctl rules event add --help"),
        ("rules event add it's", "KIND must be freeleech or bonus, not “it's”", "mamctl rules event add --help"),
        ("vip check --bogus", "there is no option --bogus", "mamctl vip check --help"),
        ("meta list --lmit 3", "there is no option --lmit; did you mean --limit?", "mamctl meta list --help"),
        ("vip settle", "--applied or --not-applied is missing", "mamctl vip settle --help"),
        ("demo --serve", "--serve needs a value", "mamctl demo --help"),
    ],
)
def test_a_wrong_word_is_named_with_what_was_probably_meant(words: str, message: str, remedy: str) -> None:
    misuse = refused(words.split())
    assert (misuse.message, misuse.remedy) == (message, remedy)
    assert "pydantic" not in misuse.message
    assert "Input should" not in misuse.message
    assert not misuse.usage or misuse.usage.startswith("Usage: mamctl ")


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("meta show", "BOOK"), ("meta scan", "PATH"), ("rules show", "CATEGORY"), ("rules import", "FILE"),
        ("ratio ask", "TITLE"), ("drift undo", "RUN|CHANGE"), ("config explain", "KEY"), ("meta parse-path", "PATH"),
    ],
)  # fmt: skip
def test_an_empty_argument_is_refused(words: str, name: str, blank: str) -> None:
    """It is a variable of a script that was never set, and must not mean all there is, or this folder."""
    assert refused([*words.split(), blank]).message == f"{name} is empty"


def test_the_name_of_a_command_that_is_empty_is_called_so() -> None:
    assert refused([""]).message == "the name of a command is empty"


def test_what_was_typed_is_repeated_in_part_where_it_is_long() -> None:
    assert len(refused(["ratio", "history", "--since", "a" * 10_000]).message) <= 400


def test_a_number_that_the_database_cannot_hold_is_refused() -> None:
    message = refused(["vip", "history", "--limit", "9" * 30]).message
    assert message == f"--limit must be at most 999999999999999999, not “{'9' * 30}”"


@pytest.mark.parametrize("words", [["meta", "show"], ["queue", "find"], ["meta", "scan"], ["report", "--output"]])
def test_a_word_longer_than_any_path_is_refused(words: list[str]) -> None:
    assert refused([*words, "x" * 5_000]).message.endswith(" takes at most 4,096 characters, not 5,000")


def test_every_word_that_cannot_be_read_is_repeated() -> None:
    """Whatever the parameter: a number, a choice, a span of time, alone or one of several."""
    bad = "mountain-of-glass"
    tried = 0
    for words, command in COMMANDS.items():
        for param in command.params:
            if param.type_descriptor.annotation in _TAKES_ANYTHING:
                continue
            tried += 1
            given = [param.opts[0]] if param.opts[0].startswith("-") else []
            message = refused([*words, *given, bad]).message
            assert f"“{bad}”" in message, (words, given, message)
            assert bad * 5 not in refused([*words, *given, bad * 100]).message
    assert tried > 20


def refused(words: list[str]) -> Misuse:
    with pytest.raises(TyperException) as failure:
        app(words, standalone_mode=False, prog_name="mamctl")
    return explain_misuse(failure.value.format_message(), getattr(failure.value, "ctx", None))


def test_a_message_without_a_command_is_told_as_it_is() -> None:
    assert explain_misuse("Something else.", None).message == "something else"

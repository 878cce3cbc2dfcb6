"""The words of a command line: what may stand before the command, and what is said about a wrong one."""

from __future__ import annotations

import pytest
from typer.exceptions import TyperException

from mamctl.cli.app import app
from mamctl.cli.command_line import arrange, explain_misuse


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
        ("vip pending remove x", "PENDING must be a whole number", "mamctl vip pending remove --help"),
        ("meta list --limit -1", "--limit must be at least 0", "mamctl meta list --help"),
        ("rules event add holiday", "KIND must be one of freeleech, bonus", "mamctl rules event add --help"),
    ],
)
def test_a_wrong_word_is_named_with_what_was_probably_meant(words: str, message: str, remedy: str) -> None:
    with pytest.raises(TyperException) as failure:
        app(words.split(), standalone_mode=False, prog_name="mamctl")
    misuse = explain_misuse(failure.value.format_message(), getattr(failure.value, "ctx", None))
    assert (misuse.message, misuse.remedy) == (message, remedy)
    assert "pydantic" not in misuse.message
    assert "Input should" not in misuse.message
    assert not misuse.usage or misuse.usage.startswith("Usage: mamctl ")


def test_a_message_without_a_command_is_told_as_it_is() -> None:
    assert explain_misuse("Something else.", None).message == "something else"

"""docs/troubleshooting.md quotes what the program can print, word for word, and names commands that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/troubleshooting.md").read_text()
REFERENCE = (ROOT / "docs/cli.md").read_text()
HEADINGS = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
_ELSEWHERE = ("(your shell)", "(pip)")


@cache
def texts() -> frozenset[str]:
    """Every literal text of the program, and the literal parts of those that are filled in."""
    found: set[str] = set()
    for file in (ROOT / "src/mamctl").rglob("*.py"):
        if "practice" not in file.parts:
            found |= {
                node.value.strip(" :;,")
                for node in ast.walk(ast.parse(file.read_text()))
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return frozenset(found)


def is_printed(quoted: str) -> bool:
    """Whether the program has these words, with something in place of each “…”."""
    parts = [part.strip(" :;,“”'") for part in quoted.split("…")]
    return any(parts) and all(is_literal(part) for part in parts if part)


def is_literal(part: str) -> bool:
    """Whether the words stand in one text of the program, or in one that is put behind another."""
    if any(part in text for text in texts()):
        return True
    head, _, tail = part.partition(" ")
    return head in texts() and " " in tail and any(text.startswith(tail) for text in texts())


def quotes(heading: str) -> list[str]:
    """The messages of a heading; one may itself quote something."""
    return re.findall(r"“((?:[^“”]|“[^“”]*”)+)”", heading)


def test_the_page_has_messages() -> None:
    assert len(HEADINGS) >= 40
    assert sum(len(quotes(heading)) for heading in HEADINGS) >= 40


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_heading_is_what_somebody_sees(heading: str) -> None:
    if heading.endswith(_ELSEWHERE):
        return
    wrong = [quoted for quoted in quotes(heading) if not is_printed(quoted)]
    codes = re.findall(r"`([a-z_]+)`", heading)
    assert quotes(heading) or codes
    assert wrong + [code for code in codes if code not in texts()] == []


def test_a_message_that_is_never_printed_is_found() -> None:
    assert not is_printed("the tracker is on holiday: …")


def test_every_remedy_is_a_command_with_options_that_it_has() -> None:
    commands = re.findall(r"`mamctl ([^`]+)`", PAGE)
    assert len(set(commands)) >= 15
    for command in commands:
        words = command.split()
        name = next(
            (part for count in (3, 2, 1) if f"\n## mamctl {(part := ' '.join(words[:count]))}\n" in REFERENCE), None
        )
        assert name is not None, command
        section = REFERENCE.split(f"\n## mamctl {name}\n")[1].split("\n## ")[0]
        assert [word for word in words if word.startswith("--") and word not in section] == [], command

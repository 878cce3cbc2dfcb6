"""No text of the program uses the wordings that native speakers stumbled over; docs/ is held to the same list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BANNED = (
    r"to be had", r"\banew\b", r"for want of", r"\bnobody (?:says|is asked|answers)", r"\bwhoever\b",
    r"\bwas never (?:looked|read|asked|checked)", r"\bwas (?:never )?looked at\b", r"nothing was corrected yet",
    r"\bis active since\b", r"\bran last\b", r"no such correction stands", r"made, told and undone",
    r"\bit is no (?:text|torrent|JSON)", r"\bwell again:", r"\bsay --\w", r"go on by themselves", r"\bput back\b",
    r"\blooks? like people\b", r"\bleaves? (?:it|them) alone\b",
    r"\bon your word\b", r"\bat most so many\b", r"\bwhere an? \w+ belongs", r"\bfound whole\b", r"\bis itself again\b",
    r"\bcome before\b.*\bin trust\b", r"\bthe way back(?: from here)?:", r"\bseeds on\b", r"\bsee that\b",
)  # fmt: skip
_BANNED = re.compile("|".join(BANNED), re.IGNORECASE)


def _texts(file: Path) -> Iterator[tuple[int, str]]:
    """The literals of a module that reach a reader: no comments, and docstrings of commands alone."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    notes = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr) and not _is_command(node)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.lineno, node.value


def _is_command(node: ast.AST) -> bool:
    return any("command(" in ast.unparse(one) for one in getattr(node, "decorator_list", ()))


def test_no_message_and_no_help_text_is_odd_english() -> None:
    odd = [
        f"{file.relative_to(ROOT)}:{line}: {text.strip()[:100]}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        if "migrations" not in file.parts and "practice" not in file.parts
        for line, text in _texts(file)
        if _BANNED.search(text)
    ]
    assert not odd, "\n".join(odd)


@pytest.mark.parametrize("kind", ["*.md", "docs/*.md", "src/mamctl/mamctl.toml"])
def test_no_document_is_odd_english(kind: str) -> None:
    odd = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in sorted(ROOT.glob(kind))
        if file.name != "CHANGELOG.md"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if _BANNED.search(line)
    ]
    assert not odd, "\n".join(odd)


def _lines_shown(file: Path) -> Iterator[tuple[int, str]]:
    """How each line begins that a module gives to a screen, as far as it is written there."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "line"
            and node.args
        ):
            first = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def test_a_line_that_stands_alone_begins_with_a_capital() -> None:
    """But for what is typed as it stands, for problems and their remedies, and for lines below another."""
    small = [
        f"{file.relative_to(ROOT)}:{line}: {text[:80]}"
        for file in sorted((ROOT / "src/mamctl/cli").rglob("*.py"))
        for line, text in _lines_shown(file)
        if text[:1].islower() and not text.startswith("mamctl")
    ]
    assert not small, "\n".join(small)

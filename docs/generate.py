"""Writes the documents that the program itself knows best: `python docs/generate.py` (or `make docs`)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from spec_page import clauses_json, spec_page

from mamctl.cli.app import app
from mamctl.config.describe import Key, describe_keys
from mamctl.config.sample import find_sample
from mamctl.config.toml_text import toml_value
from mamctl.errors import EXIT_MEANINGS
from mamctl.practice.failures import FailureForm
from mamctl.store.migrate import schema_text

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
from json_reference import json_page

from bench.frame.page import performance_page

DOCS = Path(__file__).parent


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in EXIT_MEANINGS.items())
    return f"# Exit codes\n\n| exit | meaning |\n|---|---|\n{rows}"


def configuration() -> str:
    """Every key, by its section, with its meaning and an example."""
    parts = [
        "# Configuration\n\n`mamctl.toml` is the commented sample; `mamctl config explain KEY` says the same of one"
        " key, and what holds now.\n"
    ]
    for section, keys in groupby(describe_keys(), key=lambda key: key.key.split(".")[0]):
        parts.append(f"\n## {section.removesuffix('[]')}\n\n{_KEY_HEADER}")
        parts += [_key_row(key) for key in keys if not _REPEATED.match(key.key)]
    return "".join(parts)


_KEY_HEADER = "| key | meaning | may be | default | example |\n|---|---|---|---|---|\n"
# The table of one catalogue stands for those of all, and the address of one job for each job's.
_REPEATED = re.compile(r"catalogues\.(?!audible\.|custom)\w+\.|notify\.heartbeat_urls\.(?!vip$)")


def _key_row(key: Key) -> str:
    sample = find_sample(key.key)
    default = "" if key.default in (None, "") else f"`{toml_value(key.default, key.may_be)}`"
    example = (
        f"`{sample.example}`"
        if sample and sample.example not in ('""', "", toml_value(key.default, key.may_be))
        else ""
    )
    cells = (f"`{key.key}`", sample and sample.meaning, key.may_be, default, example)
    return f"| {' | '.join(map(_cell, cells))} |\n"


def cli() -> str:
    """Every command with its help."""
    return "# Commands\n" + "".join(_commands(typer.main.get_command(app), "mamctl"))


def reliability() -> str:
    """docs/reliability.md as it is, with its counts: of tests in what each row names, and of failures by commands."""
    page = (DOCS / "reliability.md").read_text()
    commands = len(re.findall(r"^## mamctl (?!demo)", cli(), re.MULTILINE))
    page = re.sub(r"\d+ forms × \d+ commands", f"{len(FailureForm)} forms × {commands} commands", page)
    return re.sub(r"^(\|.*\| )\d+\+?( \|)$", _with_count, page, flags=re.MULTILINE)


def _with_count(row: re.Match[str]) -> str:
    paths = {DOCS.parent / path for path in re.findall(r"`(tests/[\w/.]+)`", row[1])}
    count = sum(map(_count_tests, paths))
    # In tens, so that a test more does not change the page each time.
    return f"{row[1]}{count if count < 20 else f'{count // 10 * 10}+'}{row[2]}"


def _count_tests(path: Path) -> int:
    """Test functions in a file, or in all files below a folder. Raises FileNotFoundError."""
    files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
    if not files:
        raise FileNotFoundError(path)
    return sum(len(re.findall(r"^ *(?:async )?def test_", file.read_text(), re.MULTILINE)) for file in files)


def _commands(command: Any, path: str) -> Iterator[str]:
    context = command.make_context(path, [], resilient_parsing=True, help_option_names=["-h", "--help"])
    group = hasattr(command, "list_commands")
    if not group or getattr(command, "own_command", False):
        yield f"\n## {path}\n\n```text\n{command.get_help(context).strip()}\n```\n"
    if not group:
        return
    for name in command.list_commands(context):
        yield from _commands(command.get_command(context, name), f"{path} {name}")


def _cell(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text.replace("|", "\\|")


DOCUMENTS = {
    "../src/mamctl/domain/spec/clauses.json": clauses_json,
    "exit-codes.md": exit_codes,
    "configuration.md": configuration,
    "cli.md": cli,
    "json.md": json_page,
    "performance.md": performance_page,
    "reliability.md": reliability,
    "spec.md": spec_page,
    "../src/mamctl/store/schema.sql": schema_text,
}

if __name__ == "__main__":
    for name, make in DOCUMENTS.items():
        (DOCS / name).write_text(make(), encoding="utf-8")

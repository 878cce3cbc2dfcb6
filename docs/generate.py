"""Writes the documents that the program itself knows best: `python docs/generate.py` (or `make docs`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from mamctl.cli.app import app
from mamctl.config.describe import describe_keys
from mamctl.errors import EXIT_MEANINGS

DOCS = Path(__file__).parent


def exit_codes() -> str:
    """The table of exit codes."""
    rows = "".join(f"| {int(code)} | {meaning} |\n" for code, meaning in EXIT_MEANINGS.items())
    return f"# Exit codes\n\n| exit | meaning |\n|---|---|\n{rows}"


def configuration() -> str:
    """The table of keys."""
    rows = "".join(f"| `{k.key}` | {_cell(k.may_be)} | {_cell(k.default)} |\n" for k in describe_keys())
    return (
        f"# Configuration\n\nmamctl.toml is the commented sample.\n\n| key | may be | default |\n|---|---|---|\n{rows}"
    )


def cli() -> str:
    """Every command with its help."""
    return "# Commands\n" + "".join(_commands(typer.main.get_command(app), "mamctl"))


def _commands(command: Any, path: str) -> Iterator[str]:
    context = command.make_context(path, [], resilient_parsing=True)
    if not hasattr(command, "list_commands"):
        yield f"\n## {path}\n\n```text\n{command.get_help(context).strip()}\n```\n"
        return
    for name in command.list_commands(context):
        yield from _commands(command.get_command(context, name), f"{path} {name}")


def _cell(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return text.replace("|", "\\|")


DOCUMENTS = {"exit-codes.md": exit_codes, "configuration.md": configuration, "cli.md": cli}

if __name__ == "__main__":
    for name, make in DOCUMENTS.items():
        (DOCS / name).write_text(make(), encoding="utf-8")

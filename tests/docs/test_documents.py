"""The documents tell the truth: generated ones are fresh, links resolve, every command shown really runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mamctl.practice.tracker import PracticeTracker
from tests.member import Member
from tests.practice_fixtures import tracker
from tests.seedbox import seedbox

__all__ = ["tracker"]

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
NEEDS_MORE = ("mamctl meta", "mamctl cron install")  # the library has tests of its own; a crontab is the machine's


def blocks(page: Path) -> list[str]:
    text = page.read_text()
    return [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


COMMANDS = sorted(
    {
        line.strip().removeprefix("$ ")
        for page in PAGES
        if page.name != "cli.md"
        for line in blocks(page)
        if line.strip().removeprefix("$ ").startswith("mamctl ")
        and not line.strip().removeprefix("$ ").startswith(NEEDS_MORE)
    }
)


def test_generated_documents_are_fresh() -> None:
    environ = {**os.environ, "HOME": "/nonexistent", "COLUMNS": "100", "TERM": "dumb"}
    environ.pop("XDG_STATE_HOME", None)
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT / 'docs')!r}); import generate, pathlib\n"
        "for name, make in generate.DOCUMENTS.items():\n"
        "    if (generate.DOCS / name).read_text() != make(): print(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "", "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_documents_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_there_are_commands_to_try() -> None:
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_shown_runs(line: str, tracker: PracticeTracker, tmp_path: Path, mamctl, monkeypatch) -> None:
    tracker.world.clock.move_to(datetime.now(UTC))
    words = shlex.split(line)[1:]
    with seedbox(tmp_path / "box") as box:
        if words[0] != "init":
            config = Member(tracker, tmp_path).config(qbittorrent=box.client_tables())
            monkeypatch.setenv("MAMCTL_CONFIG", str(config))
        assert mamctl(*words).code in (0, 3)


def test_every_command_named_in_the_readme_exists() -> None:
    reference = (ROOT / "docs" / "cli.md").read_text()
    for command in re.findall(r"`(mamctl [a-z -]+?)(?: --[^`]*)?`", (ROOT / "README.md").read_text()):
        assert f"## {command.strip()}" in reference, command


def test_the_crontab_example_is_what_cron_show_prints(mamctl, tmp_path: Path, monkeypatch) -> None:
    everything = tmp_path / "mamctl.toml"
    client = '[[qbittorrent]]\nname = "home"\nurl = "http://127.0.0.1:8080"\n'
    everything.write_text(f'[library]\nfolders = ["/srv/audiobooks"]\n{client}')
    monkeypatch.setenv("MAMCTL_CONFIG", str(everything))
    shown = mamctl("cron", "show").out
    where = re.search(r"^0 12 \* \* \* (.*?) vip check", shown, re.MULTILINE)
    assert where is not None
    assert (ROOT / "crontab.example").read_text() == shown.replace(where[1], "/usr/local/bin/mamctl")

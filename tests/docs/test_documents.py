"""The documents tell the truth: generated ones are fresh, links resolve, every command shown really runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from bencode2 import bencode

from mamctl.config import load
from mamctl.practice.tracker import PracticeTracker
from tests.kit.member import Member
from tests.kit.practice_fixtures import tracker
from tests.kit.seedbox import seedbox
from tests.kit.speech import model_folder

__all__ = ["tracker"]

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
# A crontab is the machine's; a download needs a book on the site: tests/story/cli/queue has one.
CHANGES_PAGE = "changes.md"  # test_changes_page runs its commands, in their order
OPERATIONS_PAGE = "operations.md"  # and test_operations_page those of this one
NEEDS_MORE = (
    "mamctl cron install", "mamctl queue find", "mamctl queue add", "mamctl queue show", "mamctl queue check",
    "mamctl queue unfile",
)  # fmt: skip
# test_catalogue_commands runs these, where there are catalogues.
CATALOGUE_GROUPS = (
    *(f"mamctl meta {name}" for name in ("scan --enrich", "enrich", "match", "catalogues", "series")),
    "mamctl drift",
)


def blocks(page: Path) -> list[str]:
    text = page.read_text()
    return [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]


COMMANDS = sorted(
    {
        # What follows three blanks explains the command.
        re.split(r" {3,}", line.strip().removeprefix("$ "))[0]
        for page in PAGES
        if page.name not in ("cli.md", CHANGES_PAGE, OPERATIONS_PAGE)
        for line in blocks(page)
        if line.strip().removeprefix("$ ").startswith("mamctl ")
        and " | jq " not in line  # test_json_page runs these
        and not line.strip().removeprefix("$ ").startswith((*NEEDS_MORE, *CATALOGUE_GROUPS))
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
    assert len(LIBRARY_COMMANDS) >= 10


LIBRARY_COMMANDS = [line for line in COMMANDS if line.startswith("mamctl meta ")]


@pytest.fixture
def library_at_hand(audio_kit: Path, tmp_path: Path, mamctl, monkeypatch) -> None:
    """A configured and scanned library of one book, and beside it what the documents' commands name."""
    book = tmp_path / "library/Mara Vell/Lantern Cycle/The Salt Road"
    book.mkdir(parents=True)
    shutil.copy(audio_kit / "m4b.m4b", book / "salt.m4b")
    (tmp_path / "The Salt Road").symlink_to(book)
    (tmp_path / "book.nfo").write_text("Title: The Salt Road\n")
    listed = [{"length": (book / "salt.m4b").stat().st_size, "path": ["salt.m4b"]}]
    (tmp_path / "book.torrent").write_bytes(bencode({"info": {"name": "The Salt Road", "files": listed}}))
    config = tmp_path / "mamctl.toml"
    config.write_text(
        f'[library]\nfolders = ["{tmp_path}/library"]\n[store]\npath = "{tmp_path}/mamctl.db"\n'
        f'[alerts]\ndisk_free = 0\n[speech]\nmodel = "{model_folder()}"\n'
    )
    monkeypatch.setenv("MAMCTL_CONFIG", str(config))
    monkeypatch.chdir(tmp_path)
    assert mamctl("meta", "scan").code == 0


@pytest.mark.real("ffmpeg")
@pytest.mark.parametrize("line", LIBRARY_COMMANDS)
def test_every_library_command_shown_runs(line: str, library_at_hand: None, mamctl) -> None:
    assert mamctl(*shlex.split(line)[1:]).code == 0


@pytest.mark.parametrize("line", sorted(set(COMMANDS) - set(LIBRARY_COMMANDS)))
def test_every_command_shown_runs(line: str, tracker: PracticeTracker, tmp_path: Path, mamctl, monkeypatch) -> None:
    tracker.world.clock.move_to(datetime.now(UTC))
    words = shlex.split(line)[1:]
    with seedbox(tmp_path / "box") as box:
        if words[0] != "init":
            config = Member(tracker, tmp_path).config(qbittorrent=box.client_tables())
            monkeypatch.setenv("MAMCTL_CONFIG", str(config))
        assert mamctl(*words).code in (0, 3)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_piece_of_a_configuration_is_sound(page: Path, tmp_path: Path) -> None:
    for number, text in enumerate(re.findall(r"^ *```toml\n(.*?)```", page.read_text(), re.DOTALL | re.MULTILINE)):
        config = tmp_path / f"{number}.toml"
        config.write_text(dedent(text))
        load(config)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_in_the_text_exists(page: Path) -> None:
    reference = (ROOT / "docs" / "cli.md").read_text()
    for command in re.findall(r"`(mamctl(?: [a-z][a-z-]*(?=[ `])){1,3})", page.read_text()):
        assert f"## {command}" in reference, command


def test_every_kind_of_problem_of_the_library_is_explained() -> None:
    from mamctl.domain.library.problem_kinds import KINDS

    table = (ROOT / "docs" / "metadata.md").read_text().split("## What needs your attention")[1].split("\n## ")[0]
    assert sorted(re.findall(r"`([a-z]+_[a-z]+)`", table)) == sorted(KINDS)


def test_the_crontab_example_is_what_cron_show_prints(mamctl, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("XDG_STATE_HOME")
    everything = tmp_path / "home/.config/mamctl/mamctl.toml"
    everything.parent.mkdir(parents=True)
    client = '[[qbittorrent]]\nname = "home"\nurl = "http://127.0.0.1:8080"\n'
    everything.write_text(
        f'[tracker]\nregister_address = true\n[library]\nfolders = ["/srv/audiobooks"]\n'
        f'[speech]\nnightly = true\n[report]\noutput = "/srv/www/mamctl.html"\nmetrics = "/srv/mamctl.prom"\n{client}'
        '[audiobookshelf]\nurl = "http://127.0.0.1:13378"\n'
    )
    shown = mamctl("cron", "show").out.replace(f"HOME={tmp_path}/home ", "")  # that cron has another home is the test's
    where = re.search(r"^0 12 \* \* \* MAMCTL_SCHEDULED=1 (.*?) vip check", shown, re.MULTILINE)
    assert where is not None
    assert (ROOT / "crontab.example").read_text() == shown.replace(where[1], "/usr/local/bin/mamctl")

"""What every command prints is what the golden files say; `make golden` renews them, and the diff is read in review."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path

import pytest

from tests.golden.record import HERE, TOURS, files_of, kept, record
from tests.kit.commands import commands_with, every_call

pytestmark = [pytest.mark.xdist_group("golden"), pytest.mark.slow]
_NEVER_REAL = {"run"}  # recorded as a dry run alone: it would go on until a signal
_FOR_PROGRAMS = {"report.metrics.would.txt"}
_DONE = (
    "added accepted applied changed completed corrected filed forgotten frozen installed paused queued registered"
    " released removed renewed replaced restored resumed saved sent settled started tagged undone untagged updated"
    " verified written"
)
_CLAIM = re.compile(rf"(?i)^(wrote|{'|'.join(_DONE.split())})\b|\b\d+ ({'|'.join(_DONE.split())})\b")
_NO_CLAIM = re.compile("would| categories")  # what has changed in the categories has changed on the site
_RENEW = "if this is meant: make golden, and read its diff"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every command, recorded now in every form, each list whole."""
    folder = tmp_path_factory.mktemp("golden")
    record(folder)
    return folder


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_command_has_a_golden_file(form: str) -> None:
    commands = {".".join(path) for path, _ in every_call(Path("any"))}
    files = {path.stem for path in (HERE / form).iterdir()}
    assert commands <= files, f"make golden records {sorted(commands - files)}"


@pytest.mark.parametrize("tour", TOURS)
@pytest.mark.timeout(300)
def test_every_command_prints_what_its_golden_file_says(tour: str, recorded: Path) -> None:
    now, golden = kept(recorded, tour), files_of(HERE, tour)
    changed = [name for name in sorted({*now, *golden}) if now.get(name) != golden.get(name)]
    if changed:
        shown = "\n".join(_difference(name, golden.get(name, ""), now.get(name, "")) for name in changed)
        pytest.fail(f"{_RENEW}\n{shown}", pytrace=False)


def test_every_dry_run_is_announced_and_claims_nothing() -> None:
    """As it ran in the practice world: the first line says so, and the rest speaks of what would happen."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in (HERE / "text").glob("*.would.txt")}
    played = {f"{name.replace(' ', '.')}.would.txt" for name in commands_with("--dry-run") - _NEVER_REAL}
    assert played == set(texts)
    for name, text in texts.items():
        _, first, *rest = text.splitlines()
        if first.startswith("mamctl: ") or name in _FOR_PROGRAMS:  # refused, or to be piped
            continue
        assert first == "Dry run: nothing is changed. This is what would happen:", name
        claimed = [line for line in rest if _CLAIM.search(line) and not _NO_CLAIM.search(line)]
        assert not claimed, f"{name} claims what a dry run does not do: {claimed}"


def test_every_golden_document_has_the_whole_envelope() -> None:
    for path in sorted((HERE / "json").iterdir()):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert list(document) == ["schema", "status", "exit_code", "dry_run", "data", "problems"], path.name


def _difference(name: str, golden: str, now: str) -> str:
    lines = difflib.unified_diff(golden.splitlines(), now.splitlines(), name, f"{name} now", n=1, lineterm="")
    return "\n".join(lines)

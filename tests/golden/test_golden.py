"""What every command prints is what the golden files say; `make golden` renews them, and the diff is read in review."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path

import pytest

from mamctl.errors import ExitCode
from mamctl.output.columns import width
from tests.golden.record import COLUMNS, HERE, TOURS, files_of, kept, record
from tests.golden.stock import BOOKS
from tests.golden.world import PIPED
from tests.kit.commands import commands_with, every_call, every_verb

pytestmark = [pytest.mark.xdist_group("golden"), pytest.mark.slow]
_FORESEEN = {code.value for code in ExitCode} - {ExitCode.BUG.value}
# What is pasted or written to a file, the demo, which is recorded in a pipe, and the list of remedies.
_NOT_LAID_OUT = ("config.show", "cron.", "demo", "remedies", "report.metrics", "systemd.show")
_HARD = re.compile(r"\d[\d.,:%-]{2,}…|[a-z_]+:[A-Z0-9]+…")
_LONGEST_CELL = 200  # letters; only JSON has more of a value
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


@pytest.mark.parametrize(("added", "columns"), [one for one in COLUMNS.items() if one[1] != PIPED])
def test_no_line_is_wider_than_its_terminal(added: str, columns: int, recorded: Path) -> None:
    """Except for what is to be pasted or copied whole: files, commands, and words that are wider themselves."""
    wide = [
        f"{path}: {line}"
        for path, text in _shown(recorded, added).items()
        for line in text.splitlines()[1:]
        if width(line) > columns and not line.startswith("  → ") and width(line.split()[-1]) <= columns // 2
    ]
    assert not wide


@pytest.mark.parametrize("added", COLUMNS)
def test_no_id_figure_or_date_is_cut_or_broken(added: str, recorded: Path) -> None:
    """Each word on a terminal is one of the piped text too; what is shortened is no figure and no id."""
    piped = _shown(recorded, "-piped")
    for path, text in _shown(recorded, added).items():
        words = set(text.split())
        shortened = {word for word in words if word.endswith("…") or word.startswith("…")}
        assert words - shortened <= set(piped[path].split()), path
        assert not [word for word in shortened if _HARD.match(word)], path


@pytest.mark.parametrize("added", COLUMNS)
def test_no_command_is_broken_over_two_lines(added: str, recorded: Path) -> None:
    """It is to be copied: no line ends between `mamctl` and the words of one of its commands."""
    verbs = {path for path, _ in every_verb()}
    nouns = {path[0] for path in verbs if len(path) > 1} - {path[0] for path in verbs if len(path) == 1}
    begin = re.compile(rf"(?<!by )(?<!to )\bmamctl(?: (?:{'|'.join(sorted(nouns))}))?$")
    broken = [
        f"{path}: {line}" for path, text in _shown(recorded, added).items() for line in text.splitlines()
        if begin.search(line)
    ]  # fmt: skip
    assert not broken


def test_a_pipe_has_everything_and_nothing_else(recorded: Path) -> None:
    for path, text in _shown(recorded, "-piped").items():
        assert "\x1b" not in text, path
        for line in text.splitlines():
            assert "…  " not in line or len(line) > _LONGEST_CELL, f"{path}: {line}"


@pytest.mark.parametrize("added", COLUMNS)
def test_the_last_column_stands_below_its_header_behind_titles_of_every_script(added: str, recorded: Path) -> None:
    header, *lines = _shown(recorded, added)["stocked/meta.list.txt"].splitlines()[1:]
    rows = [line.rpartition("  ") for line in lines if re.match(r" *\d+  ", line)]
    assert len(rows) == BOOKS
    assert {width(before) + 2 for before, _, _ in rows} == {header.index("catalogues")}


def test_every_golden_document_has_the_whole_envelope() -> None:
    for path in sorted((HERE / "json").iterdir()):
        document = json.loads(path.read_text(encoding="utf-8"))
        assert list(document) == ["schema", "status", "exit_code", "dry_run", "data", "problems"], path.name


def test_every_command_that_the_program_advises_runs() -> None:
    """One may be refused for what has changed since; none is misspelt, and none ends as a bug."""
    lines = (HERE / "text/remedies.txt").read_text(encoding="utf-8").splitlines()[1:-1]
    assert len(lines) > 15
    assert not [line for line in lines if "Usage:" in line or int(line.split()[0]) not in _FORESEEN]


def _shown(recorded: Path, added: str) -> dict[str, str]:
    """What is printed for people in this form, by tour and name."""
    texts = {}
    for main in ("text", "stocked"):
        for file in (recorded / f"{main}{added}").iterdir():
            if not file.name.startswith(_NOT_LAID_OUT):
                texts[f"{main}/{file.name}"] = file.read_text(encoding="utf-8")
    return texts


def _difference(name: str, golden: str, now: str) -> str:
    lines = difflib.unified_diff(golden.splitlines(), now.splitlines(), name, f"{name} now", n=1, lineterm="")
    return "\n".join(lines)

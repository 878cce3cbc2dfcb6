"""What a quick command must not load."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.member import Member

HEAVY = ["httpx", "rich.table", "sqlite_utils", "apprise", "qbittorrentapi", "mutagen", "av", "lxml",
         "rapidfuzz", "selectolax", "plotext", "ftfy", "pydantic", "secrets", "wcwidth", "http.client",
         "urllib.request", "concurrent.futures", "logging", "hmac", "hashlib", "html.entities", "statistics",
         "importlib.resources", "mamctl.domain.matching"]  # fmt: skip
READERS = """
    status; vip history; vip pending list; rules list; rules event list; ratio status;
    ratio history --since 9d; ratio points;
    meta list --state matched; meta problems; drift history --json; queue list; queue slots; queue plan;
    change log; change points; spec list; report metrics
"""


def test_heavy_libraries_are_not_loaded(mamctl) -> None:
    mamctl("vip", "history")  # the store is there and migrated
    lines = ["--help", *(words.strip() for words in READERS.split(";"))]
    code = (
        "import sys\nfrom mamctl.cli.app import main\n"
        f"for line in {lines!r}:\n"
        "    sys.argv = ['mamctl', *line.split()]\n"
        "    try:\n        main()\n    except SystemExit:\n        pass\n"
        f"    found = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "    if found:\n        sys.exit(f'{line}: {found}')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[-500:]) == (0, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_the_caller_closed_is_no_bug(mamctl, reader: Member, closed: str) -> None:
    words = [sys.executable, "-m", "mamctl", "status", "--config", str(reader.config())]
    done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert ("guard" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


def test_the_table_of_commands_is_what_the_modules_register() -> None:
    import importlib
    import pkgutil

    import typer

    from mamctl.cli import commands
    from mamctl.cli.lazy import TREE

    registered = set()
    for found in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        app = getattr(importlib.import_module(found.name), "app", None)
        if isinstance(app, typer.Typer):
            registered.add(found.name.removeprefix(f"{commands.__name__}."))
    assert registered == {module for node in TREE.values() for module in _modules(node)}


def _modules(node) -> list[str]:
    if isinstance(node, str):
        return [node]
    own = [node.module] if node.module else []
    return own + [module for one in node.verbs.values() for module in _modules(one)]


def test_a_single_command_says_of_itself_what_the_list_says() -> None:
    from mamctl.cli.lazy import TREE, LazyGroup

    root = LazyGroup(name="mamctl")
    for name, node in TREE.items():
        command = root.get_command(None, name)
        assert (command.help or "").split("\n")[0] == node.help
        assert not node.verbs or set(command.list_commands(None)) == set(node.verbs)
        for verb in node.verbs:
            assert command.get_command(None, verb) is not None


@pytest.mark.parametrize(
    "words", [["status"], ["vip", "history"], ["vip", "pending", "list"], ["rules", "list"], ["ratio", "status"]]
)
def test_what_only_reads_the_store_loads_no_reading_of_titles(words: list[str]) -> None:
    books = ("mamctl.domain.matching", "mamctl.domain.text.series")
    assert "mamctl.domain." not in _said_after(words, f"name for name in sys.modules if name.startswith({books})")


def test_a_page_is_written_without_the_reading_of_names_and_the_library_of_locks(mamctl) -> None:
    mamctl("report")  # the samples of the clauses are read, and the lock's file is there
    heavy = ("filelock", "logging", "mamctl.domain.library.nfo", "mamctl.domain.text.names")
    assert _said_after(["report"], f"name for name in {heavy} if name in sys.modules") == ""


def test_the_first_run_knows_what_there_is_without_testing_it(mamctl, tmp_path: Path) -> None:
    (library := tmp_path / "library").mkdir()
    said = _said_after(
        ["meta", "scan", str(library)], "name for name in sys.modules if name == 'mamctl.jobs.change.apply'"
    )
    assert "mamctl.jobs" not in said
    assert mamctl("change", "log", "--json").data["changes"] == []
    mamctl("meta", "scan", str(library))
    assert mamctl("change", "log", "--json").data["changes"] == []
    with contextlib.closing(sqlite3.connect(tmp_path / "state/mamctl/mamctl.db")) as db:
        assert {kind for (kind,) in db.execute("SELECT kind FROM change_marks")} == {"config", "schema", "version"}


@pytest.mark.parametrize("words", [["ratio", "status"], ["meta", "problems"]])
def test_a_verb_imports_no_other_verb(words: list[str]) -> None:
    said = _said_after(words, "n for n in sys.modules if n.startswith('mamctl.cli.commands.') and '.' in n[20:]")
    assert said.splitlines()[-1].split() == [f"mamctl.cli.commands.{'.'.join(words)}"]


def _said_after(words: list[str], modules: str) -> str:
    """What a process has on stderr that ran the command, and then wrote the names of these modules there."""
    code = (
        "import sys\nfrom mamctl.cli.app import main\n"
        f"sys.argv = ['mamctl', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join({modules}))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr


def test_what_asks_the_site_loads_nothing_that_draws() -> None:
    code = (
        "import sys, mamctl.adapters.http.client\n"
        "sys.exit(' '.join(name for name in ('rich', 'click', 'pygments') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""

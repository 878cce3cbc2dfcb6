"""What a quick command must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ["httpx", "rich.table", "sqlite_utils", "apprise", "filelock", "qbittorrentapi", "mutagen", "av", "lxml",
         "rapidfuzz", "selectolax", "hishel", "tenacity", "plotext", "ftfy"]  # fmt: skip


@pytest.mark.parametrize("words", [["--help"], ["vip", "history"], ["status"]])
def test_heavy_libraries_are_not_loaded(words: list[str], mamctl) -> None:
    mamctl("vip", "history")  # the store is there and migrated
    code = (
        "import sys\nfrom mamctl.cli.app import main\n"
        f"sys.argv = ['mamctl', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(' '.join(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_help_says_of_each_group_what_the_group_says_of_itself() -> None:
    from mamctl.cli.lazy import GROUPS, load

    for name, (_, text) in GROUPS.items():
        assert (load(name).help or "").split("\n")[0] == text

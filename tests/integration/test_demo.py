"""`mamctl demo` in an empty home: every scene ends as it should, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.spec("VIP-8")
def test_the_demo_plays_and_leaves_nothing(mamctl_process, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    done = mamctl_process("demo", "--json", env={"HOME": str(home), "TMPDIR": str(temporary)}, cwd=home)
    assert done.code == 0
    acts = [(act["command"].split(" ", 1)[1].split(" --")[0], act["exit_code"]) for act in done.data["acts"]]
    assert acts[0] == ("vip check", 0)
    checks = [code for command, code in acts if command == "vip check"]
    assert checks == [0, 0, 0, 3, 13, 4, 0]
    assert {0, 3, 4, 13} == {code for _, code in acts}
    assert done.data["purchases"] == done.data["claims_confirmed"] == 2
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_the_demo_is_readable_in_a_pipe(mamctl_process) -> None:
    done = mamctl_process("demo")
    assert done.code == 0
    assert done.err == ""
    for sign in ("Renewal: renewed", "now free:", "exit code 13", "Earlier purchase: confirmed"):
        assert sign in done.out
    assert "\x1b" not in done.out

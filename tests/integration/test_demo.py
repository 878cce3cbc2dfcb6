"""`mamctl demo` in an empty home: every scene ends as it should, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mamctl.domain.outcome import Status

VERNE, DICKENS = "“Jules Verne – Voyages extraordinaires”", "“Charles Dickens – The Complete Novels”"
BUCHAN, MOONSTONE = "“John Buchan – Richard Hannay”", "“The Moonstone”"


@pytest.mark.spec("VIP-8")
@pytest.mark.spec("RAT-6")
def test_the_demo_plays_and_leaves_nothing(mamctl_process, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    done = mamctl_process("demo", "--full", "--json", env={"HOME": str(home), "TMPDIR": str(temporary)}, cwd=home)
    assert done.code == 0
    acts = [(act["command"].split(" ", 1)[1].split(" --")[0], act["exit_code"]) for act in done.data["acts"]]
    assert acts[0] == ("vip check", 0)
    checks = [code for command, code in acts if command == "vip check"]
    assert checks == [0, 0, 0, 3, 13, 4, 0, 0]
    assert [code for command, code in acts if command == "ratio watch"] == [0, 3, 0]
    assert [code for command, code in acts if command.startswith("ratio ask")] == [3, 0]
    assert {0, 3, 4, 5, 13} == {code for _, code in acts}
    assert all(act["status"] == Status.of_exit(act["exit_code"]) for act in done.data["acts"])
    assert all(act["times"] >= 1 for act in done.data["acts"])
    assert done.data["purchases"] == done.data["claims_confirmed"] == 2
    assert done.data["client_requests"] > sum(act["times"] for act in done.data["acts"] if "watch" in act["command"])
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []


@pytest.fixture(scope="module")
def full_demo(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    """All of it as text, played once."""
    home = tmp_path_factory.mktemp("home")
    return subprocess.run(
        [sys.executable, "-m", "mamctl", "demo", "--full"],
        env={**os.environ, "HOME": str(home)}, cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_demo_is_readable_in_a_pipe(full_demo) -> None:
    done = full_demo
    assert done.returncode == 0
    assert done.stderr == ""
    for sign in (
        "audible: HTTP 503",
        "missing: #1 The Poison Belt",
        "you verified it",
        "Undone: c",
        "Renewed: ",
        "now free:",
        "exit code 13",
        "Earlier purchase: confirmed",
    ):
        assert sign in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.spec("RAT-3")
@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-5")
def test_the_demo_tells_of_an_emergency_and_its_recovery(full_demo) -> None:
    """In this order; what is said of the torrents is read from the practice client, not from mamctl."""
    said = full_demo.stdout
    at = 0
    for sign in (
        "practice client",
        "Guard: normal",
        "Guard: emergency since",
        "2 paused, 1 started, 2 tagged",
        f"▸ Now paused: {VERNE}, {DICKENS}.",
        f"▸ Now started: {MOONSTONE}.",
        f"▸ 5 of 8 torrents are as they were; paused by you: {BUCHAN}.",
        "The Invisible Man: refused",
        "No renewal: the ratio emergency is active (VIP-6)\n",
        "1 paid download",
        "Frozen: 2",
        "To 1.05:",
        "GiB frozen",
        "exit code 3, in the end 0",
        f"▸ All 8 torrents are as they were; paused by you: {BUCHAN}, {MOONSTONE}.",
        "The Invisible Man: allowed",
        "emergency → normal",
        "xx emergency",
        "guard        normal",
    ):
        at = said.find(sign, at)
        assert at >= 0, sign


def test_the_short_demo_fits_a_screen_or_two(mamctl_process) -> None:
    done = mamctl_process("demo")
    assert done.code == 0
    assert len(done.out.splitlines()) <= 60
    assert "its self-tests failed, so the change was undone" in done.out
    assert "2 purchases made and 2 confirmed claims" in done.out
    assert "All 8 torrents are as they were" in done.out
    assert all(f"\n{word}: " in done.out for word in ("Released", "Filed", "Undone"))


@pytest.mark.parametrize("act", ["ratio", "queue", "change"])
def test_each_act_plays_alone(mamctl_process, act: str) -> None:
    assert mamctl_process("demo", act).code == 0


def test_the_practice_world_is_served_with_a_configuration_that_works(mamctl_process, tmp_path: Path) -> None:
    folder = tmp_path / "world"
    served = subprocess.Popen(
        [sys.executable, "-m", "mamctl", "demo", "--serve", str(folder), "--torrents", "12", "--books", "8"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert served.stdout is not None
        told = [served.stdout.readline().strip() for _ in range(13)]
        exported = dict(line.removeprefix("export ").split("=", 1) for line in told if line.startswith("export "))
        assert mamctl_process("vip", "check", "--dry-run", env=exported).code == 0
        watched = mamctl_process("ratio", "watch", "--json", env=exported)
        assert (watched.code, watched.data["figures"]["torrents"]) == (0, 12)
        assert mamctl_process("meta", "catalogues", env=exported).code == 0
        assert mamctl_process("meta", "scan", "--json", env=exported).code == 3
        checked = mamctl_process("abs", "check", "--json", env=exported)
        assert (checked.code, checked.data["counts"]["one"], checked.data["words"]) == (0, 8, 1)
        assert mamctl_process("demo", "--books", "8").code == 2
        again = mamctl_process("demo", "--serve", str(folder))
        assert (again.code, "is not empty" in again.err) == (2, True)
    finally:
        served.terminate()
        served.communicate(timeout=120)
        assert served.returncode == 0

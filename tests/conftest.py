"""What every test may use: a private home, and the program run in this process or in its own."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, settings

# How long examples take to make says how busy the machine is, and nothing of the program.
_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", _unhurried, max_examples=60)
settings.register_profile("thorough", _unhurried, max_examples=500)
settings.register_profile("check", _unhurried, max_examples=10)  # `make check`: a quick look
# In CI the examples are the same every time: what is found there can be found again.
settings.register_profile("ci", settings.get_profile("quick"), derandomize=True)
# A shell starts what is to run in the background deaf to INT, and whatever that starts would be deaf as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "quick"))


@dataclass(frozen=True)
class Done:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        return self.json["data"]


# The outside programs that tests need, each found as a person's shell would find it.
_PARTS = {
    "chromium": "chromium-headless-shell",
    "cron": "cron",
    "curl": "curl",
    "debootstrap": "debootstrap",
    "espeak-ng": "espeak-ng",
    "faketime": "faketime",
    "ffmpeg": "ffmpeg",
    "podman": "podman",
    "qbittorrent": "qbittorrent-nox",
    "qbittorrent-nox": "qbittorrent-nox",
    "runc": "runc",
    "systemd-analyze": "systemd-analyze",
}


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing part fails a test in CI; elsewhere the test is skipped, and the summary says so."""
    for mark in item.iter_markers("real"):
        for part in mark.args:
            program = _PARTS.get(part)
            path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
            if program is None or shutil.which(program, path=path):
                continue
            if os.environ.get("CI"):
                pytest.fail(f"{program} is not here, and this test needs it")
            pytest.skip(f"{program} is not here; run make parts, or bash tests/parts.sh image")
    if item.get_closest_marker("xdist_group") and "cron" in str(item.path) and os.geteuid() != 0:
        pytest.skip("only root may start cron")


@pytest.fixture(autouse=True)
def _private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the person's own files and variables."""
    from mamctl.config.load import ENVIRONMENT

    for name in (
        *ENVIRONMENT,
        "MAMCTL_CONFIG",
        "MAM_ID",
        "MAM_USERNAME",
        "MAM_PASSWORD",
        "XDG_CONFIG_HOME",
        "NO_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def mamctl(capfd: pytest.CaptureFixture[str]):
    """Runs the program inside this process: `mamctl("vip", "check", "--json") -> Done`."""
    from mamctl.cli.app import main

    def run(*args: str) -> Done:
        capfd.readouterr()
        before, sys.argv = sys.argv, ["mamctl", *args]
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        except typer.Exit as end:  # pragma: no cover
            code = end.exit_code
        finally:
            sys.argv = before
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return run


@pytest.fixture
def mamctl_process():
    """Runs the program as its own process."""

    def run(*args: str, env: dict[str, str] | None = None, timeout: float = 110, **more: Any) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "mamctl", *args],
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **(env or {})},
            check=False,
            **more,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def audio_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real audio in every container, whole and damaged; read it, never write to it."""
    from tests.kit.audio import build

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return build(shared / "audio_kit")


@pytest.fixture(autouse=True)
def _own_signal_handlers():
    """A program run inside this process sets handlers; they end with the test."""
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.getsignal(kind) for kind in kinds}
    yield
    for kind, handler in before.items():
        signal.signal(kind, handler)


@pytest.fixture(autouse=True)
def _own_garbage():
    """A program run in this process sets aside what is there, and hardly looks for garbage; no test hands that on."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()

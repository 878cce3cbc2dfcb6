"""Every command meets every form of failure of every server it talks to: a documented end, no trace, no secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from mamctl.cli.clock import Clock, use_clock
from mamctl.errors import ExitCode
from mamctl.practice.failures import FailureForm
from mamctl.practice.library import make_library
from tests.kit.commands import every_command
from tests.kit.failing_server import FailingServer, failing
from tests.kit.shown_commands import parse, shown_commands

SECRETS = {"mam_id": "SECRETmamid0123456789", "password": "SECRETpassword", "api_key": "SECRETapikey"}
# A heartbeat takes its whole bound of five seconds at start and end under these forms: only one command sends it.
HEARTBEAT_WAITS = {FailureForm.SILENT, FailureForm.DRIPPED_HEAD, FailureForm.DRIPPED_BODY, FailureForm.ENDLESS}
CATALOGUES = "audible audnexus goodreads google_books hardcover itunes librivox open_library".split()
# The most connections of one command: up to three attempts and three books before a catalogue counts as down.
MOST_REQUESTS = 60


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of a few books that have been scanned, secrets in files, and no crontab program."""
    make_library(tmp_path / "library")
    for name, text in SECRETS.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("SPEECH_KEY_OF_THE_TEST", SECRETS["api_key"])
    return tmp_path


def write_config(home: Path, server: FailingServer, *, heartbeat: bool) -> Path:
    """Every outside part is the failing server."""
    catalogues: dict[str, Any] = {
        name: {"base_url": server.url, "interval": 0}
        for name in (
            "audible",
            "audnexus",
            "goodreads",
            "google_books",
            "hardcover",
            "itunes",
            "librivox",
            "open_library",
        )
    }
    document = {
        "store": {"path": str(home / "mamctl.db")},
        "tracker": {"base_url": server.url, "tracker_url": server.url, "mam_id_file": str(home / "mam_id"),
                    "min_interval": 0, "attempts": 1, "timeout": 0.3},
        "qbittorrent": [{"name": "home", "url": server.url, "username": "me", "timeout": 0.3,
                         "password_file": str(home / "password")}],
        "vip": {"auto_renew": True, "renew_without_shortage": True},
        "library": {"folders": [str(home / "library")]},
        "catalogues": {"timeout": 0.3, **catalogues},
        "audiobookshelf": {"url": server.url, "api_key_file": str(home / "api_key"), "timeout": 0.3},
        "notify": {"heartbeat_url": f"{server.url}/ping/key"},
        "speech": {"service": "azure", "azure_url": server.url, "azure_region": "here", "timeout": 3.0,
                   "azure_key_env": "SPEECH_KEY_OF_THE_TEST"},
    }  # fmt: skip
    if not heartbeat:
        del document["notify"]
    path = home / "mamctl.toml"
    path.write_text(tomli_w.dumps(document))
    path.chmod(0o600)
    return path


def all_text(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in home.rglob("*"):
        if path.is_file() and path.suffix not in {".mp3", ".m4b", ".flac"} and path.name not in SECRETS:
            yield path, path.read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.spec("SITE-1")
@pytest.mark.parametrize("form", FailureForm)
def test_every_command_ends_well_whatever_fails(form: FailureForm, home: Path, mamctl: Callable[..., Any]) -> None:
    codes = {code.value for code in ExitCode} - {ExitCode.BUG.value}
    empty = home / "empty"
    empty.write_bytes(b"")
    with failing(form) as server, use_clock(Clock(sleep=lambda seconds: None)):
        config = write_config(home, server, heartbeat=True)
        mamctl("meta", "scan", "--config", str(config))
        write_config(home, server, heartbeat=form not in HEARTBEAT_WAITS)
        for words in every_command(empty):
            server.connections = 0
            done = mamctl(*words, "--json", "--config", str(config))
            said = f"mamctl {' '.join(words)} under {form}:\n{done.out}\n{done.err}"
            assert done.code in codes, said
            assert "Traceback" not in done.err, said
            assert server.connections <= MOST_REQUESTS, said
            assert not any(secret in done.out + done.err for secret in SECRETS.values()), said
            document = json.loads(done.out)
            assert document["exit_code"] == done.code, said
            for advised in (shown for one in document["problems"] for shown in shown_commands(one["remedy"] or "")):
                parse(advised)
    for path, content in all_text(home):
        kept = "session" in path.name  # the living cookie has its file
        assert kept or not any(secret.encode() in content for secret in SECRETS.values()), path

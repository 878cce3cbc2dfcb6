"""`mamctl init` asks on a terminal what downloads may be; elsewhere it takes your options, or what is safe."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mamctl.cli.conversation import answers_as_qbittorrent
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.tracker import PracticeTracker
from tests.kit.practice_fixtures import tracker
from tests.kit.terminal import on_terminal, wait_until_hidden

__all__ = ["tracker"]


def quality(path):
    return tomllib.loads(path.read_text()).get("quality", {})


@pytest.mark.spec("QUAL-1")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), {}),
        (("--mp3",), {"codecs": ["aac", "flac", "mp3"]}),
        (("--low-bitrate", "--no-mp3"), {"min_bitrate": 60}),
    ],
)
def test_what_you_say_is_written_and_the_sample_stays_sound(mamctl, tmp_path, words, expected):
    path = tmp_path / "mamctl.toml"
    done = mamctl("init", *words, "--json", "--config", str(path)).data
    assert quality(path) == expected
    assert done["codecs"] == expected.get("codecs", ["aac", "flac"])
    assert done["min_bitrate"] == expected.get("min_bitrate", 128)
    assert mamctl("config", "show", "--json", "--config", str(path)).code == 0


@pytest.mark.spec("QUAL-1")
def test_on_a_terminal_it_asks(tmp_path):
    path = tmp_path / "mamctl.toml"
    seen = on_terminal(
        "init", "--library", str(tmp_path), "--config", str(path),
        answers=[
            ("Paste its value", "\n"),
            ("The address of qBittorrent", "\n"),
            ("May downloads be MP3?", "y\n"),
            ("64 kbit/s", "n\n"),
            ("Write this?", "\n"),
        ],
        hidden=("Paste its value",),
        env={"HOME": str(tmp_path)},
    )  # fmt: skip
    assert seen.code == 0, seen.text
    assert 'codecs = ["aac", "flac", "mp3"]' in seen.text
    assert quality(path) == {"codecs": ["aac", "flac", "mp3"]}


HIDDEN = {"Paste its value", "Its password"}


def converse(command: list[str], answers: list[tuple[str, str]], environ: dict[str, str]) -> str:
    """Everything that a terminal showed while each question got its answer."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe(command[0], command, environ)
    shown, asked_from = "", 0
    with contextlib.suppress(OSError):  # how Linux ends the output of a terminal whose program has gone
        while chunk := os.read(terminal, 4096).decode(errors="replace"):
            shown += chunk
            if answers and answers[0][0] in shown[asked_from:].replace("\r\n", " "):
                question, answer = answers.pop(0)
                asked_from = len(shown)
                if question in HIDDEN:
                    wait_until_hidden(terminal)
                os.write(terminal, answer.encode() + b"\n")
    os.waitpid(child, 0)
    os.close(terminal)
    assert not answers, shown
    return shown


def test_on_a_terminal_it_is_a_conversation_that_ends_with_what_works(tracker: PracticeTracker, tmp_path: Path) -> None:
    tracker.world.clock.move_to(datetime.now(UTC))
    (tmp_path / "books").mkdir()
    path = tmp_path / "mamctl.toml"
    with PracticeClient(ClientWorld(PracticeClock())) as client:
        assert answers_as_qbittorrent(client.url)
        shown = converse(
            [sys.executable, "-m", "mamctl", "init", "--config", str(path), "--no-mp3", "--no-low-bitrate"],
            [
                ("Paste its value", tracker.mam_id),
                ("The address of qBittorrent", "not a url"),
                ("is not the address of a Web UI", client.url.removeprefix("http://")),
                ("Its user name", "admin"),
                ("Its password", "wrong"),
                ("Keep it all the same?", "maybe"),
                ("is neither yes nor no", "n"),
                ("The address of qBittorrent", client.url),
                ("Its user name", ""),
                ("Its password", client.world.password),
                ("The folder of your audiobooks", str(tmp_path / "nowhere")),
                ("there is no such folder", str(tmp_path / "books")),
                ("Write this?", ""),
            ],
            # Nothing may leave for the real site: its only way is a proxy that is not there.
            {
                **os.environ,
                "HOME": str(tmp_path),
                "PATH": str(tmp_path),  # no crontab is there
                "COLUMNS": "200",
                "HTTPS_PROXY": "http://127.0.0.1:9",
                "NO_PROXY": "127.0.0.1",
            },
        )
    written = tomllib.loads(path.read_text())
    assert written["library"]["folders"] == [str(tmp_path / "books")]
    assert written["qbittorrent"][0]["url"] == client.url
    assert (tmp_path / "mam_id").read_text() == tracker.mam_id
    assert (tmp_path / "qbittorrent-password").stat().st_mode & 0o777 == 0o600
    assert "Not tested: no answer from the tracker" in shown
    assert "does not accept" in shown or "refuse" in shown, shown
    assert f'folders = ["{tmp_path / "books"}"]' in shown.split("Write this?")[0].replace("~", str(tmp_path))
    assert "✓ clients: home: v5.1.0" in shown
    assert "✗ tracker" in shown
    assert "mamctl cron install" in shown
    assert tracker.mam_id not in shown
    assert client.world.password not in shown


def test_an_address_that_the_configuration_would_refuse_is_not_written(mamctl, tmp_path: Path) -> None:
    path = tmp_path / "mamctl.toml"
    done = mamctl("init", "--qbittorrent", "not a url", "--config", str(path))
    assert done.code == 2
    assert "“not a url” is not the address of a Web UI" in done.err
    assert "http://127.0.0.1:8080" in done.err
    assert not path.exists()


def test_scripts_say_it_with_options(mamctl, tmp_path: Path) -> None:
    path = tmp_path / "mamctl.toml"
    done = mamctl("init", "--library", str(tmp_path), "--qbittorrent", "http://10.0.0.2:8080", "--config", str(path))
    assert done.code == 0
    written = tomllib.loads(path.read_text())
    assert (written["library"]["folders"], written["qbittorrent"][0]["url"]) == (
        [str(tmp_path)],
        "http://10.0.0.2:8080",
    )
    assert mamctl("config", "show", "--config", str(path)).code == 0


def test_what_is_no_qbittorrent_is_not_offered(tracker: PracticeTracker) -> None:
    assert not answers_as_qbittorrent(tracker.url)
    assert not answers_as_qbittorrent("http://127.0.0.1:9")


def test_the_session_is_tested_before_it_is_written(tracker: PracticeTracker, tmp_path: Path) -> None:
    """What the site says of it is shown; one that it refuses is kept only where you say so."""
    now = datetime.now(UTC)
    tracker.world.clock.move_to(now)
    tracker.world.member.vip_until = now + timedelta(days=20)
    pasted = tracker.mam_id
    site = f'base_url = "{tracker.url}"\ntracker_url = "{tracker.url}"\nmin_interval = 0\n'
    named = f'[tracker]\n{site}[store]\npath = "{tmp_path / "mamctl.db"}"\n'
    asking = (
        "import sys; from pathlib import Path; from mamctl.config import parse\n"
        "from mamctl.cli.context import Context, Options; from mamctl.cli.conversation import Answers, ask\n"
        "context = Context(Options(), 'init', lambda *_: ())\n"
        "context.loaded = parse(sys.argv[1].encode(), Path('c.toml'))\n"
        "print(len(ask(context, Answers(library='/')).session), 'letters')\n"
    )
    seen = on_terminal(
        named,
        program=(sys.executable, "-c", asking),
        answers=[
            ("Paste its value", "two words\n"),
            ("Paste its value", f"{pasted[:-1]}\n"),
            ("Keep it all the same?", "n\n"),
            ("Paste its value", f"{pasted}\n"),
            ("The address of qBittorrent", "\n"),
        ],
        hidden=("Paste its value",),
    )
    assert seen.code == 0, seen.text
    assert "holds a blank" in seen.text
    assert "The session works (VIP)." in seen.text
    assert f"{len(pasted)} letters" in seen.text


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("question", ["Paste its value", "The address of qBittorrent", "May downloads be MP3?"])
def test_a_question_that_is_not_answered_ends_the_command_and_writes_nothing(
    tmp_path: Path, question: str, key: str
) -> None:
    path = tmp_path / "mamctl.toml"
    first = [("Paste its value", "\n"), ("The address of qBittorrent", "\n"), ("The folder of your", "\n")]
    before = first[: next((at for at, (one, _) in enumerate(first) if one == question), len(first))]
    seen = on_terminal(
        "init", "--config", str(path),
        answers=[*before, (question, key)], hidden=("Paste its value",), env={"HOME": str(tmp_path)},
    )  # fmt: skip
    assert seen.code == 130, seen.text
    assert "interrupted" in seen.text
    assert "Traceback" not in seen.text
    assert not path.exists()

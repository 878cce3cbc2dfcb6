"""`mamctl init` asks on a terminal what downloads may be; elsewhere it takes your options, or what is safe."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tomllib

import pytest


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
    ours, theirs = pty.openpty()
    os.write(ours, b"y\nn\n")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mamctl", "init", "--config", str(path)],
            stdin=theirs, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 0, done.stderr
    assert "May downloads be MP3?" in done.stderr
    assert quality(path) == {"codecs": ["aac", "flac", "mp3"]}

"""A practice server that runs by itself says how to use it, in lines that can be pasted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mamctl.config import load


@pytest.mark.parametrize("server", ["client", "audiobookshelf", "speech"])
def test_what_it_says_is_a_configuration_with_its_secret(server: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", f"mamctl.practice.{server}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        said = first + process.stdout.read()
        assert process.wait(60) == 0
    for line in said.splitlines():
        if line.startswith("# beside mamctl.toml run: "):
            subprocess.run(["sh", "-c", line.removeprefix("# beside mamctl.toml run: ")], cwd=tmp_path, check=True)
    config = tmp_path / "mamctl.toml"
    config.write_text(said)
    found = load(config).config
    secrets = {
        "client": found.qbittorrent[0].password_file if found.qbittorrent else None,
        "audiobookshelf": found.audiobookshelf.api_key_file,
    }
    secret = secrets.get(server)
    if server == "speech":
        assert found.speech.azure_url
    else:
        assert secret is not None
        assert secret.stat().st_mode & 0o077 == 0

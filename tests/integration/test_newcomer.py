"""A newcomer with an empty home types what README says, on a terminal, from installing to the first run by cron."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mamctl.cli.cron.missing import NETWORK
from tests.integration.test_cron import cron_at_noon, ended_runs, line, own_crontab
from tests.kit.terminal import Seen, on_terminal

__all__ = ["line", "own_crontab"]
pytestmark = [
    pytest.mark.spec("OPS-4"),
    pytest.mark.slow,
    pytest.mark.real("cron", "faketime"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may start cron"),
    pytest.mark.xdist_group("cron"),
    pytest.mark.timeout(400),
]
ROOT = Path(__file__).parents[2]
PIPX = Path(sys.executable).with_name("pipx")


def section(title: str) -> list[str]:
    """The lines that a section of README has you type, without what explains them."""
    part = (ROOT / "README.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"```\n(.*?)```", part, re.DOTALL)
    return [re.split(r" {3,}", text)[0] for text in block.splitlines()]


# What each line must show; a line of README that is not here, or one here that README has not, fails.
INSTALL = {
    "pipx install --pip-args='-c constraints.txt' '.[audio]'": "installed package mamctl",
    "pipx ensurepath": ".local/bin",
}
FIRST_DAY = {
    "mamctl init": "Next:",
    "mamctl doctor": "✓ tracker: signed in",
    "mamctl vip check --dry-run": "Would not renew: vip.auto_renew is off",
    "mamctl ratio watch --dry-run": "Guard: normal; ratio 1.02",
    "mamctl meta scan": "books read",
    "mamctl meta list": "Jules Verne",
    "mamctl cron install": "Installed",
}


class Newcomer:
    """Somebody with an empty home, a clone, and pipx."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "bin").mkdir(parents=True)
        (home / "bin/pipx").symlink_to(PIPX)
        self.path = f"{home}/.local/bin:{home}/bin:/usr/bin:/bin"
        self.config = home / ".config/mamctl/mamctl.toml"

    def types(self, text: str, answers: dict[str, str] | None = None, **environ: str) -> Seen:
        """One line on a terminal of 80 columns."""
        program, *words = shlex.split(text)
        found = shutil.which(program, path=self.path)
        assert found, f"{program}: command not found"
        unset = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", *NETWORK), "")
        clean = {**unset, "HOME": str(self.home), "PATH": self.path, **environ}
        typed = [(question, f"{answer}\n") for question, answer in (answers or {}).items()]
        secrets = ("Paste its value", "Its password")
        return on_terminal(*words, answers=typed, hidden=secrets, env=clean, program=(found,))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Path]:
    """The practice world that stands for the site and the client; its folder has their addresses and secrets."""
    folder = tmp_path / "world"
    words = [sys.executable, "-m", "mamctl", "demo", "--serve", str(folder)]
    served = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert served.stdout is not None
    assert "are running" in served.stdout.readline()
    yield folder
    served.terminate()
    served.communicate(timeout=60)


def test_from_the_readme_to_the_first_run_by_cron(own_crontab: None, world: Path, tmp_path: Path) -> None:
    assert (section("Install"), section("The first day")) == (list(INSTALL), list(FIRST_DAY))
    you = Newcomer(tmp_path / "you")
    given = tomllib.loads((world / "mamctl.toml").read_text())
    client = given["qbittorrent"][0]
    for text, shown in INSTALL.items():
        done = subprocess.run(
            shlex.split(text), cwd=ROOT, env=clean_environment(you), capture_output=True, text=True, check=False
        )
        assert shown in done.stdout + done.stderr, f"{text}\n{done.stdout}{done.stderr}"
    answers = {
        "mamctl init": {
            "Paste its value": Path(given["tracker"]["mam_id_file"]).read_text().strip(),
            "The address of qBittorrent": client["url"],
            "Its user name": "admin",
            "Its password": Path(client["password_file"]).read_text().strip(),
            "The folder of your audiobooks": given["library"]["folders"][0],
            "MP3": "y",
            "64 kbit/s": "n",
            "Write this?": "",
            "Write mamctl's lines into your crontab?": "n",
        },
        "mamctl cron install": {"Write mamctl's lines into your crontab?": "y"},
    }
    for text, shown in FIRST_DAY.items():
        # Nothing may leave for the real site before the practice one is named.
        way = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"} if text == "mamctl init" else {}
        seen = you.types(text, answers.get(text), **way)
        assert seen.code in (0, 3), f"{text}\n{seen.text}"
        assert shown in seen.text, f"{text}\n{seen.text}"
        assert "Traceback" not in seen.text
        if text == "mamctl init":
            practise(you.config, given["tracker"]["base_url"])
    store = you.home / ".local/state/mamctl/mamctl.db"
    cron_at_noon(lambda: any(run[:2] == ("vip", "scheduled") for run in ended_runs(store)))
    assert ("vip", "scheduled", 0) in ended_runs(store)
    # What README says of the next day.
    status = you.types("mamctl status").text
    assert re.search(r"vip .*ok", status), status
    assert "skipped: vip.auto_renew is off" in you.types("mamctl vip history").text
    assert "✓ cron" in you.types("mamctl doctor").text


def clean_environment(you: Newcomer) -> dict[str, str]:
    """A newcomer's few variables, and how this machine reaches Python's packages."""
    packages = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "https_proxy"))}
    return {"HOME": str(you.home), "PATH": you.path, "LANG": "C.UTF-8", **packages}


def practise(config: Path, url: str) -> None:
    """The practice site in place of the real one; all else is as the newcomer left it."""
    text = config.read_text()
    named = f'[tracker]\nbase_url = "{url}"\ntracker_url = "{url}"\nmin_interval = 0\n'
    assert text.count("\n[tracker]\n") == 1
    config.write_text(text.replace("[tracker]\n", named, 1))

"""mamctl set up for some clients, run as a process of its own each time, as cron does it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.conftest import Done
from tests.integration.qbt.profile import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TAG = "mamctl-frozen"
SITE = "127.0.0.1"  # the host of the torrents that mamctl may touch; `localhost` is another tracker
WATCH = ("ratio", "watch", "--json")


@dataclass
class Runner:
    """`clients` are addresses by name; `ratio` is the `[ratio]` section of the configuration."""

    home: Path
    clients: Mapping[str, str]
    ratio: dict[str, Any] = field(default_factory=dict)
    timeout: float = 30.0

    @property
    def store_path(self) -> Path:
        return self.home / "mamctl.db"

    def watch(self) -> Done:
        """One pass."""
        return self.run(*WATCH)

    def run(self, *words: str) -> Done:
        """Any command."""
        with self.start(*words) as process:
            out, err = process.communicate(timeout=180)
        return Done(process.returncode, out, err)

    @contextmanager
    def start(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """A command under way; it does not outlive the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", "mamctl", *words, "--config", str(self.config())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def endanger(self) -> None:
        """From now on the client's ratio counts as below the floor."""
        self.ratio = {"floor": 50.0, "recovery": 60.0}

    def relieve(self) -> None:
        """From now on it counts as recovered."""
        self.ratio = {"floor": 0.01, "recovery": 0.02}

    def config(self) -> Path:
        """The configuration file, written anew."""
        import tomli_w

        secret = self.home / "password"
        self.home.mkdir(exist_ok=True)
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        document = {
            "store": {"path": str(self.store_path)},
            "ratio": {"min_downloaded": 0, **self.ratio},
            "qbittorrent": [
                {
                    "name": name,
                    "url": url,
                    "username": USER,
                    "password_file": str(secret),
                    "scope_trackers": [SITE],
                    "timeout": self.timeout,
                }
                for name, url in self.clients.items()
            ],
        }
        path = self.home / "mamctl.toml"
        path.write_text(tomli_w.dumps(document))
        return path

    def journal(self) -> list[tuple[str, str, str]]:
        """Client, torrent and phase of each open entry of the journal."""
        return self.ask("SELECT client, name, phase FROM torrent_journal WHERE closed_at IS NULL ORDER BY client, name")

    def passes(self) -> int:
        """How many passes have left their figures."""
        try:
            return int(self.ask("SELECT count(*) FROM figures")[0][0])
        except sqlite3.OperationalError:  # the first one is still making the store
            return 0

    def ask(self, sql: str) -> list[Any]:
        """Read the store."""
        with closing(sqlite3.connect(f"{self.store_path.as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

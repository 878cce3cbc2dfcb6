"""Starting and stopping a real qbittorrent-nox in a profile of its own, on free loopback ports."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.integration.qbt.profile import PASSWORD, USER, write_profile, write_totals
from tests.integration.qbt.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import qbittorrentapi

_PARTS = Path(__file__).resolve().parents[3] / ".parts"


@dataclass(frozen=True, slots=True)
class Program:
    """One qbittorrent-nox: `4` is the distribution's, tests/parts-qbittorrent5.sh unpacked `5` and `next`."""

    name: str
    path: str

    @property
    def pauses(self) -> bool:
        """Whether this version says pause and resume, where later ones say stop and start."""
        return self.name == "4"


def programs() -> dict[str, Program]:
    """Every qbittorrent-nox that this machine has, by name."""
    found = {
        "4": shutil.which("qbittorrent-nox"),
        "5": shutil.which(_PARTS / "qbittorrent-trixie" / "run"),
        "next": shutil.which(_PARTS / "qbittorrent-forky" / "run"),
    }
    return {name: Program(name, path) for name, path in found.items() if path}


@contextmanager
def claimed_port() -> Iterator[int]:
    """A loopback port below the kernel's ephemeral range, so that no outgoing connection can take it.

    Between the choice and the client's own bind a parallel test could choose the same one, and two tests would speak
    to one client: so it is marked by a name in the abstract namespace, which ends with this process at the latest.
    """
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket(socket.AF_UNIX) as mark, socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                mark.bind(f"\0mamctl tests: port {port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            probe.close()
            yield port
            return


@dataclass
class Daemon:
    """A qBittorrent of one's own: `with Daemon(program, home) as client:`.

    `settings` are keys of its configuration, such as `WebUI\\SessionTimeout` and `Session\\RefreshInterval`;
    `totals` are the all-time bytes uploaded and downloaded that it starts with.
    """

    program: Program
    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    totals: tuple[int, int] | None = None
    web_port: int = 0
    bt_port: int = 0
    process: subprocess.Popen[bytes] | None = None
    _hands: qbittorrentapi.Client | None = None
    _held: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def downloads(self) -> Path:
        return self.home / "downloads"

    def __enter__(self) -> Daemon:
        with ExitStack() as held:
            self.web_port = held.enter_context(claimed_port())
            self.bt_port = held.enter_context(claimed_port())
            held.callback(self.stop)
            self.start()
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def start(self) -> None:
        """Writes the profile, starts the program, and returns when its web interface answers."""
        write_profile(self.home, web_port=self.web_port, bt_port=self.bt_port, settings=self.settings)
        if self.totals:
            write_totals(self.home, *self.totals)
            self.totals = None  # a restart goes on with what the client has saved
        command = [self.program.path, f"--profile={self.home}", f"--webui-port={self.web_port}"]
        with (self.home / "stdout.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"HOME": str(self.home)},
            )
        wait_until(f"{self.program.name} answers at {self.url}", self._answers, pause=0.02)

    def stop(self) -> None:
        """A clean stop, which saves totals and torrents."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """A crash: nothing is saved."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def wait_saved(self, count: int) -> None:
        """Until `count` torrents would survive a restart; a stop right after an add loses some."""
        backup = self.home / "qBittorrent" / "data" / "BT_backup"
        wait_until(f"{count} torrents saved", lambda: len(list(backup.glob("*.fastresume"))) >= count)

    @property
    def hands(self) -> qbittorrentapi.Client:
        """What a person does in the client: another session, another library than mamctl's adapter."""
        import qbittorrentapi

        if self._hands is None:
            self._hands = qbittorrentapi.Client(
                host=self.url,
                username=USER,
                password=PASSWORD,
                SIMPLE_RESPONSES=True,
                REQUESTS_ARGS={"timeout": 30},
            )
        return self._hands

    def torrent(self, info_hash: str) -> dict[str, Any] | None:
        """The client's own row of one torrent."""
        rows: Any = self.hands.torrents_info(torrent_hashes=info_hash)
        return rows[0] if rows else None

    def states(self) -> dict[str, str]:
        """Hash → the client's own state string."""
        rows: Any = self.hands.torrents_info()
        return {row["hash"]: row["state"] for row in rows}

    def log(self) -> str:
        return (self.home / "stdout.log").read_text(errors="replace")

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the client ended at once: {self.log()}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.web_port)) == 0

    def _end(self, by: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(by)
        try:
            self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            self.process = None

"""The world of the golden files: practice servers on a standing clock, and the program run on them in this process.

What can be fixed is fixed: the clock, time zone, locale, home, width and PATH (`clean_environment`), the ages of files,
and the order in which books get their numbers (one file is decoded at a time).
Two things cannot, and are replaced by words of the same length, so that tables keep their columns:

- the temporary folder, `/tmp/mamctl-golden.a1b2c3d4`, and the demo's inside it;
- the ports of the practice servers.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from mamctl.cli.app import main
from mamctl.cli.clock import Clock, use_clock
from mamctl.practice.catalogue.sections import catalogue_sections
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.library import make_library
from mamctl.practice.tracker import PracticeTracker, demo_world
from tests.kit.crontab_program import install_crontab

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_PREFIX = "mamctl-golden."
_CONFIG = """\
[tracker]
base_url = "{tracker}"
tracker_url = "{tracker}"
mam_id_file = "{home}/mam_id"
min_interval = 0
attempts = 1
[[qbittorrent]]
name = "home"
url = "{client}"
password_file = "{home}/password"
[vip]
auto_renew = true
[ratio]
min_downloaded = 0
[library]
folders = ["{home}/library"]
[audio]
parallel = 1
[store]
path = "{home}/mamctl.db"
"""


@dataclass(frozen=True)
class Recorded:
    """One command as it was called and all that it printed."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """As a terminal would show it."""
        shown = " ".join(f'"{word}"' if " " in word else word for word in self.words)
        return f"$ mamctl {shown}\n{self.out}{self.err}(exit code {self.code})\n"


@dataclass
class GoldenWorld:
    """What a tour acts on. With `json` every command prints JSON, else text."""

    home: Path
    tracker: PracticeTracker
    client: PracticeClient
    catalogue: PracticeCatalogue
    json: bool
    recorded: dict[str, Recorded] = field(default_factory=dict)

    def show(self, command: str, *words: str, variant: str = "") -> None:
        """Run `mamctl COMMAND WORDS…` and keep what it printed under the command's name, and its `variant`."""
        name = ".".join(part for part in (*command.split(), variant) if part)
        assert name not in self.recorded, f"{name} is recorded already; name a variant"
        self.recorded[name] = self.run(*command.split(), *words)

    def run(self, *words: str) -> Recorded:
        """Run it without keeping it."""
        argv = ["mamctl", *words, *(["--json"] if self.json else [])]
        with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            code = _run_into(argv, out.fileno(), err.fileno())
            out.seek(0)
            err.seek(0)
            return Recorded(
                tuple(self._fixed(word) for word in argv[1:]), code, self._fixed(out.read()), self._fixed(err.read())
            )

    def later(self, **span: float) -> None:
        """Time goes by; what the client moves meanwhile, the site's account hears of."""
        world, member = self.client.world, self.tracker.world.member
        before = world.uploaded, world.downloaded
        self.tracker.world.clock.advance(timedelta(**span))
        self.client.live()
        member.uploaded += world.uploaded - before[0]
        member.downloaded += world.downloaded - before[1]

    def _fixed(self, text: str) -> str:
        names = {
            str(self.home): f"/tmp/{_PREFIX}a1b2c3d4",
            f":{self.tracker.port}": ":41001",
            f":{self.client.port}": ":41002",
            f":{self.catalogue.port}": ":41003",
        }
        for name, fixed in names.items():
            text = text.replace(name, fixed)
        return re.sub(r"mamctl-demo-\w{8}", "mamctl-demo-a1b2c3d4", text)


def clean_environment(home: Path) -> dict[str, str]:
    """All the variables that a recording sees."""
    return {
        "HOME": str(home),
        "PATH": str(home / "bin"),
        "TMPDIR": str(home / "tmp"),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "TERM": "dumb",
        "MAMCTL_CONFIG": str(home / "mamctl.toml"),
    }


@contextmanager
def golden_world(*, json: bool) -> Iterator[GoldenWorld]:
    """The world at NOW, in a folder that is gone afterwards; the variables of this process are its own."""
    world = demo_world(NOW)
    world.clock = PracticeClock(NOW)
    with (
        TemporaryDirectory(prefix=_PREFIX, dir="/tmp") as folder,
        PracticeTracker(world) as tracker,
        PracticeClient(ClientWorld(world.clock)) as client,
        PracticeCatalogue(shelf_world()) as catalogue,
        use_clock(Clock(now=world.clock, sleep=lambda seconds: None)),
    ):
        golden = GoldenWorld(Path(folder), tracker, client, catalogue, json)
        _furnish(golden)
        yield golden


def _furnish(world: GoldenWorld) -> None:
    """The member's home: secrets, configuration, library, and the few programs that are in PATH."""
    home = world.home
    for folder in ("bin", "tmp", "crontab"):
        (home / folder).mkdir()
    for program in ("cat", "mv", "rm"):
        (home / "bin" / program).symlink_to(f"/bin/{program}")
    (home / "bin" / "mamctl").symlink_to(sys.executable)
    (home / "bin" / "crontab").symlink_to(install_crontab(home / "crontab"))
    config = _CONFIG.format(home=home, tracker=world.tracker.url, client=world.client.url)
    files = {
        "mam_id": world.tracker.mam_id,
        "password": world.client.world.password,
        "mamctl.toml": config + catalogue_sections(world.catalogue),
    }
    for name, text in files.items():
        (home / name).write_text(text)
        (home / name).chmod(0o600)
    for path in sorted(make_library(home / "library").rglob("*"), reverse=True):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    os.environ.clear()
    os.environ.update(clean_environment(home))
    time.tzset()


def _run_into(argv: list[str], out: int, err: int) -> int:
    """The console script with its output in these files; its exit code."""
    kept = os.dup(1), os.dup(2)
    before, sys.argv = sys.argv, argv
    os.dup2(out, 1)
    os.dup2(err, 2)
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, descriptor in enumerate(kept, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.argv = before

"""The world of the golden files: practice servers on a standing clock, and the program run on them in this process.

What can be fixed is fixed: the clock, time zone, locale, home, width and PATH (`clean_environment`), the ages and sizes
of files, and the order in which books get their numbers (one file is decoded at a time).
Some things cannot, and are replaced, the first two by words of the same length, so that tables keep their columns:

- the temporary folder, `/tmp/mamctl-golden.a1b2c3d4`, and the demo's inside it;
- the ports of the practice servers;
- the free space of the disk, and how and under which numbers it links files;
- in the demo, how often a catalogue that is down was asked: books are looked up at once until it counts as down.

Each command runs once, in a pipe. What it hands to `conclude`, the one place that prints a result, is printed again on
terminals of every width. A command that asks, or that speaks on stderr beside its lines of JSON, runs again for each
width, with store and Audiobookshelf put back each time; in place of the pipe it has a terminal on which all fits.
"""

from __future__ import annotations

import os
import re
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, TextIO

from mamctl.cli import command as cli_command
from mamctl.cli.app import main
from mamctl.cli.clock import Clock, use_clock
from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.catalogue.server import PracticeCatalogue, catalogue_sections
from mamctl.practice.catalogue.shelf_world import shelf_world
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.clock import PracticeClock
from mamctl.practice.library import make_library
from mamctl.practice.tracker import PracticeTracker, demo_world
from tests.golden.rerun import WIDE, run_on_terminal
from tests.golden.terminal import on_terminal
from tests.kit.commands import commands_with
from tests.kit.crontab_program import install_crontab

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
_PREFIX, _FIXED = "mamctl-golden.", "a1b2c3d4"
WIDTHS = (60, 80, 120)
PIPED = 0
"""In place of a terminal's columns: there is none."""
_M4B_BYTES = 120_000  # more than any processor's AAC makes of the one recording
# How much is free where downloads land, and how and under which number a file was linked.
_OF_THE_DISK = (
    (re.compile(r"[\d.,]+ [KMGT]iB (?=free beside)"), "70.00 GiB "),
    (re.compile(r'("(?:disk_bytes|device|inode)": )\d+'), r"\g<1>70"),
    (re.compile(r"\b(?:reflink|hardlink|copy)\b"), "hardlink"),
)
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
[alerts]
off = ["disk_low"]
[vip]
auto_renew = true
[ratio]
min_downloaded = 0
[library]
folders = ["{home}/library"]
file_into = "{home}/books"
[queue]
disk_reserve = 0
[audio]
parallel = 1
[audiobookshelf]
url = "{shelf}"
api_key_file = "{home}/abs-key"
[store]
path = "{home}/mamctl.db"
"""


@dataclass(frozen=True)
class Recorded:
    """One command as it was called, its exit code, and what it printed in each form: by the terminal's columns."""

    words: tuple[str, ...]
    code: int
    shown: dict[int, str]

    def text(self, columns: int = PIPED) -> str:
        """As a terminal of so many columns would show it, or a pipe."""
        words = " ".join(f'"{word}"' if " " in word else word for word in self.words)
        return f"$ mamctl {words}\n{self.shown[columns]}(exit code {self.code})\n"


@dataclass
class GoldenWorld:
    """What a tour acts on. With `json` every command prints JSON in a pipe, else text in every form."""

    home: Path
    tracker: PracticeTracker
    client: PracticeClient
    catalogue: PracticeCatalogue
    shelf: PracticeShelf
    json: bool
    dry_runs_first: bool = False
    recorded: dict[str, Recorded] = field(default_factory=dict)

    def show(self, command: str, *words: str, variant: str = "") -> None:
        """Run `mamctl COMMAND WORDS…` and keep what it printed under the command's name, and its `variant`.

        With `dry_runs_first` a command that has a dry run makes it before; it is kept as the variant `would`.
        """
        name = ".".join(part for part in (*command.split(), variant) if part)
        if self.dry_runs_first and not variant and command in commands_with("--dry-run") and "--dry-run" not in words:
            self.recorded[f"{name}.would"] = self.run(*command.split(), *words, "--dry-run")
        assert name not in self.recorded, f"{name} is recorded already; name a variant"
        self.recorded[name] = self.run(*command.split(), *words)

    def run(self, *words: str) -> Recorded:
        """Run it without keeping it."""
        argv = ["mamctl", *words, *(["--json"] if self.json else [])]
        widths = () if self.json or words[0] == "demo" else WIDTHS  # the demo tells its story between the results
        with TemporaryFile("w+") as out, TemporaryFile("w+") as err, _printed_again(widths) as again:
            code = run_into(argv, out.fileno(), err.fileno())
            piped = _read(out) + ("" if self.json else _read(err))
        shown = {width: "".join(again.get(width, ())) or piped for width in (PIPED, *WIDTHS)}
        shown = {width: self._fixed(self._of_command(words[0], text)) for width, text in shown.items()}
        return Recorded(tuple(self._fixed(word) for word in argv[1:]), code, shown)

    def converse(self, command: str, *words: str, answers: Sequence[tuple[str, str]], variant: str = "asks") -> None:
        """What `mamctl COMMAND WORDS…` asks on a terminal, with these answers. JSON and a pipe ask nothing."""
        self._run_again(command, words, variant, answers=answers)

    def show_errors(self, command: str, *words: str, variant: str = "lines") -> None:
        """What stands on a terminal while stdout, with its lines of JSON, goes elsewhere."""
        self._run_again(command, words, variant, lines=True)

    def _run_again(self, command: str, words: tuple[str, ...], variant: str, **how: Any) -> None:
        if self.json:
            return
        argv, store = (*command.split(), *words), self.home / "mamctl.db"
        shown, items = {}, self.shelf.world.items
        for width in (PIPED, *WIDTHS):
            self.shelf.world.items = deepcopy(items)
            code, text = run_on_terminal(argv, width or WIDE, store, **how)
            shown[width] = self._fixed(text)
        self.shelf.world.items = items
        self.recorded[f"{command.replace(' ', '.')}.{variant}"] = Recorded(tuple(map(self._fixed, argv)), code, shown)

    @staticmethod
    def _of_command(noun: str, text: str) -> str:
        if noun == "demo":
            return re.sub(r"(?m)^(  requests +audible )\d+", r"\1N", text)
        if noun == "change":  # how large a copy of the database is depends on SQLite and on the folder's name
            size = r'("size_bytes": )\d+|\d{3}\.\d\d (?=KiB)'
            return re.sub(size, lambda m: f"{m[1]}1" if m[1] else "400.00 ", text)
        return text

    def later(self, **span: float) -> None:
        """Time goes by; what the client moves meanwhile, the site's account hears of."""
        world, member = self.client.world, self.tracker.world.member
        before = world.uploaded, world.downloaded
        self.tracker.world.clock.advance(timedelta(**span))
        self.client.live()
        member.uploaded += world.uploaded - before[0]
        member.downloaded += world.downloaded - before[1]

    def as_typed(self, text: str) -> str:
        """A recorded text with the folder's name as it is now."""
        return text.replace(f"{_PREFIX}{_FIXED}", self.home.name)

    def _fixed(self, text: str) -> str:
        ports = {self.tracker.port: 41001, self.client.port: 41002, self.catalogue.port: 41003, self.shelf.port: 41004}
        for port, fixed in ports.items():
            text = text.replace(f":{port}", f":{fixed}")
        for pattern, fixed in _OF_THE_DISK:
            text = pattern.sub(fixed, text)
        # A table may have cut the name short.
        return re.sub(r"(mamctl-(?:golden\.|demo-))(\w{1,8})", lambda found: found[1] + _FIXED[: len(found[2])], text)


def clean_environment(home: Path) -> dict[str, str]:
    """All the variables that a recording sees."""
    return {
        "HOME": str(home),
        "PATH": str(home / "bin"),
        "TMPDIR": str(home / "tmp"),
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "80",
        "TERM": "xterm",
        "NO_COLOR": "1",
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
        PracticeShelf() as shelf,
        use_clock(Clock(now=world.clock, sleep=lambda seconds: None)),
    ):
        golden = GoldenWorld(Path(folder), tracker, client, catalogue, shelf, json)
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
    config = _CONFIG.format(home=home, tracker=world.tracker.url, client=world.client.url, shelf=world.shelf.url)
    files = {
        "mam_id": world.tracker.mam_id,
        "password": world.client.world.password,
        "abs-key": world.shelf.world.key,
        "mamctl.toml": config + catalogue_sections(world.catalogue),
    }
    for name, text in files.items():
        (home / name).write_text(text)
        (home / name).chmod(0o600)
    for path in sorted(make_library(home / "library").rglob("*"), reverse=True):
        if path.suffix == ".m4b":
            _pad(path, _M4B_BYTES)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    world.shelf.world.shelve(home / "library")
    os.environ.clear()
    os.environ.update(clean_environment(home))
    time.tzset()


def _pad(path: Path, size: int) -> None:
    """An MP4 file made `size` bytes long with a box that means nothing."""
    missing = size - path.stat().st_size
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", missing, b"free") + bytes(missing - 8))


@contextmanager
def _printed_again(widths: tuple[int, ...]) -> Iterator[dict[int, list[str]]]:
    """Whatever is concluded meanwhile is also printed on a terminal of each width."""
    parts: dict[int, list[str]] = {width: [] for width in widths}
    conclude = cli_command.conclude

    def conclude_everywhere(*result: Any, **form: Any) -> bool:
        done = conclude(*result, **form)
        for width, texts in parts.items():
            texts.append(on_terminal(width, lambda: conclude(*result, **form)))
        return done

    cli_command.conclude = conclude_everywhere
    try:
        yield parts
    finally:
        cli_command.conclude = conclude


def _read(file: TextIO) -> str:
    file.seek(0)
    return file.read()


def run_into(argv: list[str], out: int, err: int) -> int:
    """The console script with its output in these files; its exit code."""
    before = sys.argv, sys.stdout, sys.stderr
    kept = os.dup(1), os.dup(2)
    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.argv = argv
    try:
        with open(1, "w", closefd=False) as sys.stdout, open(2, "w", closefd=False) as sys.stderr:
            main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.argv, sys.stdout, sys.stderr = before
        for number, descriptor in enumerate(kept, 1):
            os.dup2(descriptor, number)
            os.close(descriptor)

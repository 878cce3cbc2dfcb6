"""The stage: practice sites, a member's home in a temporary folder, and the program run on them as a user would."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from mamctl.cli.app import app as program
from mamctl.cli.clock import Clock, current_clock, use_clock
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Status
from mamctl.domain.text.quantities import show_span
from mamctl.output.screen import Screen, Tone
from mamctl.practice.audiobookshelf.server import PracticeShelf
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.client import ClientWorld, PracticeClient
from mamctl.practice.speech.server import PracticeSpeech
from mamctl.practice.tracker import PracticeClock, PracticeTracker, demo_world
from mamctl.practice.world import practice_world


@dataclass(frozen=True, slots=True)
class Act:
    """One command of the demo and how it ended, for the last of its `times`."""

    scene: str
    command: str
    exit_code: int
    status: Status
    times: int = 1


@dataclass
class Stage:
    """What the scenes act on."""

    tracker: PracticeTracker
    client: PracticeClient
    catalogue: PracticeCatalogue
    speech: PracticeSpeech
    shelf: PracticeShelf
    home: Path
    screen: Screen
    acts: list[Act] = field(default_factory=list)
    dense: bool = False  # no blank line before a command
    _scene: str = ""

    def scene(self, title: str, story: str) -> None:
        """Begin a scene."""
        self._scene = title
        self.screen.line()
        self.screen.heading(f"━━ {title}  ·  {self.tracker.world.clock():%d %B %Y}")
        self.screen.line(story)

    def title(self, text: str) -> None:
        """Begin a part of the short story."""
        self._scene = text
        self.screen.line()
        self.screen.heading(f"━━ {text}")

    def remark(self, text: str) -> None:
        """A line between two commands."""
        self.screen.line(f"… {text}", Tone.DIM)

    @contextlib.contextmanager
    def hush(self) -> Iterator[None]:
        """What happens in the block is not shown."""
        screen = self.screen
        with _silence():
            self.screen = Screen(sys.stdout)
            try:
                yield
            finally:
                self.screen = screen

    def run(self, *command: str, keep: str | None = None) -> int:
        """Run the program, and show what it shows, or only the lines in which the pattern `keep` is found."""
        shown = self._show(command)
        code = _play(command) if keep is None else self._play_shortened(command, keep)
        if code and keep is None:
            self.screen.line(f"(exit code {code})", Tone.DIM)
        self.acts.append(Act(self._scene, shown, code, Status.of_exit(code)))
        return code

    def _play_shortened(self, command: Sequence[str], keep: str) -> int:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = _play(command)
        for line in printed.getvalue().splitlines():
            if re.search(keep, line):
                self.screen.raw(self.screen.fit(line))
        return code

    def run_by_cron(self, *command: str, minutes: int, most: int = 200, keep: str | None = None) -> Act:
        """Run the program again and again, as cron would, until it ends otherwise than it began; `most` bounds it."""
        shown = self._show(command, f"   # by cron, every {minutes} minutes")
        play = _play if keep is None else lambda words: self._play_shortened(words, keep)
        codes = [play(command)]
        while codes[-1] == codes[0] and len(codes) < most:
            self.later(minutes=minutes)
            codes.append(play(command))
        span = show_span((len(codes) - 1) * minutes * 60)
        self.screen.line(f"({len(codes)} runs in {span}; exit code {codes[0]}, in the end {codes[-1]})", Tone.DIM)
        self.acts.append(Act(self._scene, shown, codes[-1], Status.of_exit(codes[-1]), len(codes)))
        return self.acts[-1]

    def _show(self, command: Sequence[str], remark: str = "") -> str:
        shown = "mamctl " + " ".join(f'"{word}"' if " " in word else word for word in command)
        if not self.dense:
            self.screen.line()
        self.screen.line(f"$ {shown}{remark}", Tone.COMMAND)
        return shown

    def notice(self, text: str) -> None:
        """What to take from the scene."""
        self.screen.line(f"▸ {text}", Tone.GOOD)

    def later(self, **span: float) -> None:
        """Time goes by: what the client moves meanwhile, the site's account hears of."""
        client, member = self.client.world, self.tracker.world.member
        before = client.uploaded, client.downloaded
        self.tracker.world.clock.advance(timedelta(**span))
        self.client.live()
        member.uploaded += client.uploaded - before[0]
        member.downloaded += client.downloaded - before[1]


def _play(command: Sequence[str]) -> int:
    with contextlib.redirect_stderr(sys.stdout):  # one stream, so that a pipe keeps the order
        return int(program(list(command), standalone_mode=False) or 0)


@contextlib.contextmanager
def stage(*, silent: bool) -> Iterator[Stage]:
    """A stage that leaves nothing behind. `silent` keeps the commands' output to itself."""
    noon = current_clock().now().replace(hour=12, minute=0, second=0, microsecond=0)
    world = demo_world(noon)
    world.clock = PracticeClock(noon)
    with (
        TemporaryDirectory(prefix="mamctl-demo-") as folder,
        practice_world(world, ClientWorld(world.clock)) as servers,
        _environment(MAMCTL_CONFIG=str(Path(folder) / "mamctl.toml"), **servers.environment),
        use_clock(Clock(now=world.clock, sleep=lambda seconds: None)),
        _silence() if silent else contextlib.nullcontext(),
    ):
        home = Path(folder)
        servers.settle(home)
        yield Stage(
            servers.tracker,
            servers.client,
            servers.catalogue,
            servers.speech,
            servers.shelf,
            home,
            Screen(sys.stdout),
        )


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with (
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8") as out,
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8") as err,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        yield

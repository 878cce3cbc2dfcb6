"""The stage: a practice world, a member's home in a temporary folder, and the program run on it as a person would."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mamctl.cli.nature import Nature, under
from mamctl.output.screen import Screen, Tone

if TYPE_CHECKING:
    from mamctl.practice.tracker import PracticeTracker

_CONFIG = """\
[tracker]
base_url = "{url}"
tracker_url = "{url}"
mam_id_file = "{home}/mam_id"
min_interval = 0
attempts = 1
[vip]
auto_renew = true
[store]
path = "{home}/mamctl.db"
"""


@dataclass(frozen=True, slots=True)
class Act:
    """One command of the demo and how it ended."""

    scene: str
    command: str
    exit_code: int


@dataclass
class Stage:
    """What the scenes act on."""

    tracker: PracticeTracker
    home: Path
    screen: Screen
    acts: list[Act] = field(default_factory=list)
    _scene: str = ""

    def scene(self, title: str, story: str) -> None:
        """Begin a scene."""
        self._scene = title
        self.screen.line()
        self.screen.heading(f"━━ {title}  ·  {self.tracker.world.clock():%d %B %Y}")
        self.screen.line(story)

    def run(self, *command: str) -> int:
        """Run the program, and show what it shows; its exit code."""
        from mamctl.cli.app import app

        shown = "mamctl " + " ".join(f'"{word}"' if " " in word else word for word in command)
        self.screen.line()
        self.screen.line(f"$ {shown}", Tone.COMMAND)
        with contextlib.redirect_stderr(sys.stdout):  # one stream, so that a pipe keeps the order
            code = int(app(list(command), standalone_mode=False) or 0)
        if code:
            self.screen.line(f"(exit code {code})", Tone.DIM)
        self.acts.append(Act(self._scene, shown, code))
        return code

    def notice(self, text: str) -> None:
        """What to take from the scene."""
        self.screen.line(f"▸ {text}", Tone.GOOD)

    def later(self, **span: float) -> None:
        """Time goes by."""
        self.tracker.world.clock.advance(timedelta(**span))


@contextlib.contextmanager
def stage(*, silent: bool) -> Iterator[Stage]:
    """A stage that leaves nothing behind. `silent` keeps the commands' output to itself."""
    from mamctl.practice.tracker import PracticeClock, PracticeTracker, demo_world

    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    world = demo_world(noon)
    world.clock = PracticeClock(noon)
    with (
        TemporaryDirectory(prefix="mamctl-demo-") as folder,
        PracticeTracker(world) as tracker,
        _environment(MAMCTL_CONFIG=str(Path(folder) / "mamctl.toml")),
        under(Nature(now=world.clock, sleep=lambda seconds: None)),
        _silence() if silent else contextlib.nullcontext(),
    ):
        home = Path(folder)
        _settle_in(home, tracker)
        yield Stage(tracker, home, Screen(sys.stdout))


def _settle_in(home: Path, tracker: PracticeTracker) -> None:
    for name, text in (("mam_id", tracker.mam_id), ("mamctl.toml", _CONFIG.format(url=tracker.url, home=home))):
        with os.fdopen(os.open(home / name, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)


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

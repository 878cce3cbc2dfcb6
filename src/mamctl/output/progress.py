"""Progress on a terminal: how many files, how fast, how long still. On stderr, and nothing at all elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mamctl.domain.text.quantities import show_size
from mamctl.output.screen import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, Task, TaskID


class SilentProgress:
    """There is no terminal."""

    def advance(self, files: int, size: int) -> None:
        """Nothing is shown."""


class BarProgress:
    """A bar over bytes: a ten-hour file is not one step of many."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar, self._task, self._files = bar, task, 0

    def advance(self, files: int, size: int) -> None:
        """So many files, of so many bytes together, are done."""
        self._files += files
        self._bar.update(self._task, advance=size, files=self._files)


def _can_redraw() -> bool:
    """Whether a line on stderr can be overwritten: on a terminal, unless it is a dumb one."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def speed_text(speed: float | None) -> str:
    """Bytes a second as "1.25 MiB/s"; empty while it is not known."""
    return "" if speed is None else f"{show_size(int(speed))}/s"


@contextmanager
def file_progress(count: Callable[[], tuple[int, int]], *, wanted: bool) -> Iterator[SilentProgress | BarProgress]:
    """A bar when stderr is a terminal and it is `wanted`; `count` gives the files and bytes there are in all."""
    if not wanted or not _can_redraw():
        yield SilentProgress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class SpeedColumn(ProgressColumn):
        """Bytes a second in the units of every other text: 1.25 MiB/s."""

        def render(self, task: Task) -> Text:
            return Text(speed_text(task.finished_speed or task.speed))

    files, size = count()
    columns = (
        TextColumn("{task.fields[files]} of {task.fields[of]} files"),
        BarColumn(),
        SpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        yield BarProgress(bar, bar.add_task("", total=size, files=0, of=files))


@contextmanager
def book_progress(books: int, *, wanted: bool) -> Iterator[Callable[[], None]]:
    """A bar when stderr is a terminal and it is `wanted`; each call is one book of so many."""
    if not wanted or not books or not _can_redraw():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (MofNCompleteColumn(), TextColumn("books"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=books)
        yield lambda: bar.advance(task)


@contextmanager
def waiting(text: str, *, wanted: bool) -> Iterator[None]:
    """A line that is there while the block runs, when stderr is a terminal and it is `wanted`."""
    if not wanted or not _can_redraw():
        yield
        return
    width = shutil.get_terminal_size().columns
    sys.stderr.write(f"\r{clean(text, max(10, width - 2))}")
    sys.stderr.flush()
    try:
        yield
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

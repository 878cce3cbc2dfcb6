"""`mamctl queue check` and `queue unfile`: hash what was downloaded, and take what was filed out of the library."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.command import command, require_yes
from mamctl.cli.commands.queue.data import ItemData
from mamctl.cli.commands.queue.items import listed_or_refuse
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.queue import queue_context
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.domain.problem import Problem
from mamctl.domain.queue.pieces import BrokenFile
from mamctl.jobs.queue.filed import broken_words, hash_item, unfile
from mamctl.output.screen import Screen, Tone

app = typer.Typer()

_Id = Annotated[int, typer.Argument(metavar="ITEM", min=1, help="The number in the list.")]


@dataclass(frozen=True, slots=True)
class CheckData:
    """How many pieces were hashed, how many differ, and the files that those lie in."""

    item: ItemData
    pieces: int
    bad_pieces: int
    files: tuple[BrokenFile, ...]


def render_check(screen: Screen, data: CheckData) -> None:
    """One line, and the files that are not whole."""
    if not data.bad_pieces:
        screen.line(f"{data.item.id}  {data.item.title}: all {data.pieces} pieces are as the torrent says", Tone.GOOD)
        return
    screen.line(f"{data.item.id}  {data.item.title}: {data.bad_pieces} of {data.pieces} pieces differ", Tone.WARN)
    screen.table(
        ("file", "pieces that differ", "there"),
        [(one.path, one.bad_pieces, "yes" if one.there else "NO") for one in data.files],
        right=(1,),
        elastic=(0,),
    )


@command(app, "check", schema="mamctl.queue.check/1", render=render_check)
def check(runtime: Runtime, item: _Id) -> Result:
    """Hash a download against its torrent; changes nothing."""
    found = listed_or_refuse(runtime, item)
    with runtime.run("queue.check") as run:
        report = hash_item(queue_context(runtime, run), found)
        shown = ItemData.of(found, runtime.config.queue.seed_hold)
        data = CheckData(shown, report.pieces, report.bad, report.broken)
        if report.broken:
            remedy = "stop the torrent in the client, then recheck it"
            run.add_problem(
                Problem("pieces_differ", f"“{found.title}”: {broken_words(report)}", f"queue {item}", remedy)
            )
        return run.finish(data)


@dataclass(frozen=True, slots=True)
class UnfileData:
    """The download after it, what was removed, and what was left because it has changed since."""

    item: ItemData
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def render_unfile(screen: Screen, data: UnfileData) -> None:
    """What went and what stayed."""
    removed = f"{len(data.removed)} files {screen.choose('', 'would be ')}removed from the library"
    screen.line(f"{data.item.id}  {data.item.title}: {removed}", Tone.GOOD)
    for path in data.kept:
        left = screen.choose("left unchanged", "would be left unchanged")
        screen.line(f"  {left}, because it was modified: {path}", Tone.WARN)
    screen.line(
        f"  It {screen.choose('keeps', 'would keep')} seeding. To file it again: mamctl queue retry {data.item.id}"
    )


@command(app, "unfile", schema="mamctl.queue.unfile/1", render=render_unfile, dry_run=True, yes=True)
def unfile_(runtime: Runtime, item: _Id) -> Result:
    """Remove a filed book from the library; it keeps seeding."""
    found = listed_or_refuse(runtime, item)
    require_yes(runtime, f"Remove “{found.title}” from the library?")
    with runtime.run("queue.unfile") as run:
        done = unfile(queue_context(runtime, run), found)
        return run.finish(UnfileData(ItemData.of(done.item, runtime.config.queue.seed_hold), done.removed, done.kept))

"""`mamctl abs undo`: put back at Audiobookshelf what stood there before a push."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.commands.abs.check import MOST, short_pair
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.shelf import open_shelf
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.audiobookshelf.push import PushedBook, Step, undo_pushes
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.shelf_pushes import pushes_of_book, pushes_of_run

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class UndoData:
    """How many values were restored, how many were left because they were changed there since, and each of them."""

    undone: int
    changed: int
    books: tuple[PushedBook, ...]


def render_undo(screen: Screen, data: UndoData) -> None:
    """A line a field."""
    rows = [
        (book.book, one.step.value, one.field.value, *short_pair(one.theirs, one.ours))
        for book in data.books
        for one in book.fields
    ]
    if not rows:
        screen.line("Nothing was restored.")
        return
    screen.table(("book", "step", "field", "there now", "before"), rows, wrapped=(3, 4), most=MOST)
    left = f", {data.changed} left: changed there since" if data.changed else ""
    counted = screen.choose(f"{data.undone} restored", f"Would restore {data.undone}")
    screen.line(f"{counted}{left}", Tone.GOOD if data.undone else Tone.PLAIN)


@command(app, "undo", schema="mamctl.abs.undo/1", render=render_undo, dry_run=True)
def undo(
    runtime: Runtime,
    what: Annotated[str, typer.Argument(metavar="RUN|BOOK", help="r3 is a run; else a book by id, path or title.")],
) -> Result:
    """Restore what was there before a push.

    Only where Audiobookshelf still has what was sent. What was undone is not sent again.
    """
    is_run = what[:1] in "rR" and what[1:].isdecimal()
    db = runtime.store
    pushes = pushes_of_run(db, int(what[1:])) if is_run else pushes_of_book(db, find_book(db, what))
    if not pushes:
        raise UsageError(
            f"{what}: nothing was sent, or all of it was undone",
            subject=what,
            remedy="name a book: mamctl abs undo BOOK" if is_run else "mamctl abs check BOOK shows what differs",
        )
    with runtime.run("abs.push") as run:
        done, error = list[PushedBook](), None
        try:
            done.extend(undo_pushes(run, open_shelf(runtime), pushes))
        except MamctlError as failure:
            error = failure
        steps = [one.step for book in done for one in book.fields]
        data = UndoData(steps.count(Step.UNDO), steps.count(Step.CHANGED), tuple(done))
        return run.finish(data, error=error)

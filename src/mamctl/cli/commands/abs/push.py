"""`mamctl abs push`: send agreed values to Audiobookshelf, where they differ in meaning and were not set there."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import Annotated

import typer

from mamctl.cli.book_options import find_book
from mamctl.cli.command import command
from mamctl.cli.commands.abs.check import (
    MOST,
    SeenBooks,
    UnmatchedBook,
    render_unmatched,
    set_by,
    short_pair,
)
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.shelf import open_shelf, placed_books
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import HIDDEN, Result, Rows
from mamctl.domain.text.quantities import count_of
from mamctl.errors import MamctlError, UsageError
from mamctl.jobs.audiobookshelf.push import PushedBook, Step, push_books
from mamctl.output.kept import Kept
from mamctl.output.screen import Screen, Tone
from mamctl.store.catalogues.answers import all_books

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class PushData:
    """What was sent (or would be), what was left as somebody set it, and the books without an item of their own;
    `words` counts the values that somebody had set there before, `differing` the `books`, which are read when printed.
    """

    run: str | None
    sent: int
    left: int
    words: int
    books: Rows[PushedBook]
    differing: int = field(metadata=HIDDEN)
    unmatched: tuple[UnmatchedBook, ...]


def render_push(screen: Screen, data: PushData) -> None:
    """A line a field, and the counts; of many books that were sent only what was not, but with `--verbose`.

    Of many values that would be sent a terminal shows how many there are of each field.
    """
    many = screen.dry_run and screen.terminal and not screen.verbose and data.sent > MOST
    whole = (screen.dry_run and not many) or screen.verbose or data.differing == 1
    rows = (
        (book.book, one.step.value, one.field.value, *short_pair(one.ours, one.theirs), set_by(one.whose))
        for book in data.books
        for one in book.fields
        if whole or one.step is not Step.SEND
    )
    if many:
        fields = Counter(one.field.value for book in data.books for one in book.fields if one.step is Step.SEND)
        screen.table(("field", "books"), fields.most_common(), right=(1,))
    if data.left or (whole and data.sent):
        screen.table(
            ("book", "step", "field", "mamctl", "Audiobookshelf", "set by"),
            rows,
            optional=(5,),
            wrapped=(3, 4),
            most=MOST,
        )
    render_unmatched(screen, data.unmatched)
    left = f", {count_of(data.left, 'left as someone set it', 'left as someone set them')}" if data.left else ""
    nothing = screen.choose("Nothing was sent.", "Nothing would be sent.")
    if not data.unmatched:
        nothing = "Nothing differs. " + nothing
    counted = screen.choose(f"{data.sent:,} sent", f"Would send {data.sent:,}")
    screen.line(f"{counted}{left}" if data.differing else nothing, Tone.GOOD)
    if data.sent and data.run:
        screen.line(f"To undo it: mamctl abs undo {data.run}", Tone.DIM)


@command(app, "push", schema="mamctl.abs.push/1", render=render_push, dry_run=True)
def push(
    runtime: Runtime,
    book: Annotated[str | None, typer.Argument(metavar="[BOOK]", help="An id, a path, or words of the title.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every book.")] = False,
    over: Annotated[bool, typer.Option("--over", help="Also replace what someone set there.")] = False,
) -> Result:
    """Send agreed values to Audiobookshelf.

    Only values that differ in meaning are sent, and none that someone set there is replaced.
    """
    if (book is None) == (not everything):
        raise UsageError("name one book, or pass --all", remedy="mamctl abs push BOOK, or mamctl abs push --all")
    with runtime.run("abs.push") as run:
        ids = all_books(run.db) if book is None else (find_book(run.db, book),)
        shelf = open_shelf(runtime)
        seen, done, steps = SeenBooks(), Kept[PushedBook](), Counter[Step]()
        error = None
        try:
            placed = seen.watch(placed_books(runtime, run.db, shelf, ids))
            for pushed in push_books(run, shelf, placed, over=over):
                done.add(pushed)
                steps.update(one.step for one in pushed.fields)
        except MamctlError as failure:
            if not seen.counts:
                raise
            error = failure
        data = PushData(
            None if run.dry_run else f"r{run.id}",
            steps[Step.SEND],
            steps[Step.LEAVE],
            seen.words,
            done.rows(),
            len(done),
            tuple(seen.unmatched),
        )
        return run.finish(data, seen.problems(), error=error)

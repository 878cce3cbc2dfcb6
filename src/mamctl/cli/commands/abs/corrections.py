"""A correction reaches Audiobookshelf: the book is compared and pushed there, once the correction is kept here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from mamctl.cli.commands.abs.check import WHY, SeenBooks, UnmatchedBook
from mamctl.cli.runtime import Runtime
from mamctl.cli.wiring.shelf import open_shelf, placed_books
from mamctl.dataclass import dataclass
from mamctl.domain.library.export import ABS_NAME, export_book
from mamctl.domain.outcome import Result, Status, worst
from mamctl.domain.problem import Problem
from mamctl.errors import LockedError, MamctlError
from mamctl.jobs.audiobookshelf.push import PushedBook, Step, push_books
from mamctl.jobs.run import Run
from mamctl.output.screen import Screen, Tone
from mamctl.store.library.agreed import load_book
from mamctl.store.library.exports import own_export
from mamctl.store.runs import job_lock

JOB = "abs.correction"


@dataclass(frozen=True, slots=True)
class CorrectionData:
    """What a correction brought to Audiobookshelf, as `mamctl abs push` of its books: the run that `abs undo` takes
    (None in a dry run), how much was sent and left, each book that differed, and those without an item of their own.

    `complete` is false when the server could not be asked about all of it. `outdated_exports` are books beside which a
    metadata.json of mamctl still has the values of before.
    """

    run: str | None
    complete: bool
    sent: int
    left: int
    books: tuple[PushedBook, ...]
    unmatched: tuple[UnmatchedBook, ...]
    outdated_exports: tuple[int, ...]


def render_correction(screen: Screen, data: CorrectionData | None) -> None:
    """What was sent, what was left and why, and how to take it back."""
    if data is None:
        return
    sent, left = _fields(data, Step.SEND), _fields(data, Step.LEAVE)
    if sent:
        undo = f"; to undo it: mamctl abs undo {data.run}" if data.run else ""
        screen.line(f"Audiobookshelf: {sent} {'sent' if data.run else 'would be sent'}{undo}", Tone.GOOD)
    elif data.complete and not left and not data.unmatched:
        screen.line("Audiobookshelf: nothing to send", Tone.DIM)
    if left:
        over = f"mamctl abs push {data.books[0].book if len(data.books) == 1 else 'BOOK'} --over"
        screen.line(f"Audiobookshelf: {left} left as someone set it there; {over} sends it", Tone.WARN)
    for match, count in Counter(one.match for one in data.unmatched).items():
        books = "" if len(data.unmatched) == 1 else f" ({count} book{'s' if count > 1 else ''})"
        screen.line(f"Audiobookshelf: {WHY[match]}{books}", Tone.DIM)
    if data.outdated_exports:
        one = len(data.outdated_exports) == 1
        beside = "the book" if one else f"{len(data.outdated_exports)} books"
        screen.line(
            f"The metadata.json beside {beside} has the old values,"
            " and Audiobookshelf takes them again at its next scan: mamctl meta export "
            f"{data.outdated_exports[0] if one else '--all'}",
            Tone.WARN,
        )


def _fields(data: CorrectionData, step: Step) -> str:
    """The fields that were treated so, of how many books."""
    books = [book for book in data.books if any(one.step is step for one in book.fields)]
    counts = Counter(one.field.value for book in books for one in book.fields if one.step is step)
    if len(books) < 2:
        return ", ".join(counts)
    return ", ".join(f"{name} ({count})" for name, count in counts.items()) + f" of {len(books)} books"


def with_corrections(runtime: Runtime, result: Result, book_ids: Iterable[int]) -> Result:
    """The result of a command that has corrected these books, with what became of that at Audiobookshelf.

    The correction is kept, whatever happens here: a server that is down, or another push, makes the result one that
    needs attention, and a later push brings it. Where no server is configured, nothing is done. The command's data
    must have a field `audiobookshelf`.
    """
    ids = sorted(set(book_ids))
    if not ids or runtime.config.audiobookshelf.url is None:
        return result
    data, problems = _bring(runtime, ids)
    return replace(
        result,
        data=replace(result.data, audiobookshelf=data),
        problems=(*result.problems, *problems),
        status=worst(result.status, Status.ATTENTION if problems else Status.OK),
    )


def _bring(runtime: Runtime, ids: list[int]) -> tuple[CorrectionData | None, tuple[Problem, ...]]:
    """What was brought, None when another push or a held change was in the way; and what kept the rest from it."""
    try:
        with job_lock(runtime.config.store.path, "abs.push"), runtime.run(JOB, heartbeat=False) as run:
            done, error = list[PushedBook](), None
            seen = SeenBooks()
            try:
                with runtime.show_waiting("waiting for Audiobookshelf"):
                    shelf = open_shelf(runtime)
                    done.extend(push_books(run, shelf, seen.watch(placed_books(runtime, run.db, shelf, ids))))
            except MamctlError as failure:
                error = failure
            data = _data(run, seen, done, complete=error is None)
            # A book that is not there yet is no reason to worry about paths, as it is for all of them together.
            split = [one for one in seen.problems() if one.code != "abs_none_there"]
            found = [*split, *([_not_brought(error, ids)] if error else [])]
            problems = run.finish(None, found, error=error).problems
            # The run's own word for its failure says no more than what was not brought.
            return data, tuple(one for one in problems if error is None or one != Problem.of(error))
    except MamctlError as error:
        return None, (_not_brought(error, ids),)


def _data(run: Run, seen: SeenBooks, done: list[PushedBook], *, complete: bool) -> CorrectionData:
    steps = [one.step for book in done for one in book.fields]
    return CorrectionData(
        run=None if run.dry_run else f"r{run.id}",
        complete=complete,
        sent=steps.count(Step.SEND),
        left=steps.count(Step.LEAVE),
        books=tuple(done),
        unmatched=tuple(seen.unmatched),
        outdated_exports=tuple(number for number in seen.matched if _is_outdated(run, number)),
    )


def _is_outdated(run: Run, book_id: int) -> bool:
    """Whether mamctl's own metadata.json beside the book has other values than are agreed now."""
    book = load_book(run.db, book_id)
    written = own_export(run.db, f"{book.path}/{ABS_NAME}").text
    return written is not None and written != export_book(book)[ABS_NAME]


def _not_brought(error: MamctlError, ids: list[int]) -> Problem:
    book = str(ids[0]) if len(ids) == 1 else "--all"
    first = "wait for it to end" if isinstance(error, LockedError) else error.remedy or "check that it runs"
    return Problem(
        error.slug,
        f"the correction is kept, and Audiobookshelf does not have it yet: {error.message}",
        error.subject,
        f"{first}; then mamctl abs push {book}, or the next abs push --all, brings it",
    )

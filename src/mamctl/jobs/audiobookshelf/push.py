"""Sending agreed values to Audiobookshelf and taking them back: observe, decide, act, record, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import KEYS, Difference, ShelfItem, Whose, as_sent, is_empty, same
from mamctl.domain.metadata.observation import Field
from mamctl.domain.permits import ChangeShelf
from mamctl.domain.problem import Problem
from mamctl.errors import MamctlError, SessionRefusedError, UnreachableError
from mamctl.jobs.audiobookshelf.shelf import Placed, Shelf
from mamctl.jobs.permits import permit
from mamctl.store.library.shelf_pushes import NOT_SENT, SENT, UNDONE, Push, claim_pushes, settle_pushes
from mamctl.store.library.shelf_words import forget_words

if TYPE_CHECKING:
    from mamctl.jobs.run import Run

_ENDS_ALL = (UnreachableError, SessionRefusedError)
"""Failures that the next item would meet too."""


class Step(StrEnum):
    """What was done with one field."""

    SEND = "send"
    LEAVE = "leave"  # somebody's word
    UNDO = "undo"
    CHANGED = "changed"  # what was sent is not there any more: it is not taken back


@dataclass(frozen=True, slots=True)
class PushedField:
    """One field: what was done (or would be, in a dry run), with the values as the server has them."""

    field: Field
    step: Step
    ours: Any
    theirs: Any
    whose: Whose | None = None


@dataclass(frozen=True, slots=True)
class PushedBook:
    """A book's item, and what was done with each field that differed."""

    book: int
    item: str
    fields: tuple[PushedField, ...]


def plan_push(differences: Iterable[Difference], *, over: bool) -> tuple[PushedField, ...]:
    """What to do with each difference; `over` sends over somebody's word too, but never empties anything."""
    return tuple(PushedField(one.field, _step(one, over=over), one.ours, one.theirs, one.whose) for one in differences)


def _step(one: Difference, *, over: bool) -> Step:
    if is_empty(one.ours) and one.field is not Field.ABRIDGED:
        return Step.LEAVE
    return Step.LEAVE if one.whose is Whose.SOMEBODY and not over else Step.SEND


def push_books(run: Run, shelf: Shelf, placed: Iterable[Placed], *, over: bool = False) -> Iterator[PushedBook]:
    """Every book that has an item of its own and differs, as each is done; what failed is among the run's problems."""
    for one in placed:
        if one.item is None or not one.differences:
            continue
        fields = plan_push(one.differences, over=over)
        chosen = [found for found in one.differences if _planned(fields, found.field) is Step.SEND]
        if chosen and not run.dry_run and not _send(run, shelf, one, chosen, over=over):
            continue
        yield PushedBook(one.book.id, one.item.id, fields)


def _planned(fields: Iterable[PushedField], field: Field) -> Step:
    return next(one.step for one in fields if one.field is field)


def _send(run: Run, shelf: Shelf, placed: Placed, changes: list[Difference], *, over: bool) -> bool:
    """Claim, send, settle by the item that comes back. Whether all of it is there."""
    item = placed.item
    assert item is not None
    numbers = claim_pushes(run.db, run.id, placed.book.id, item.id, changes, run.clock())
    try:
        words = sum(one.whose is Whose.SOMEBODY for one in changes)
        is_recorded = len(numbers) == len(changes)
        leave = permit(run, ChangeShelf(item_id=item.id, items=1, recorded=is_recorded, words=words, over=over))
        after = shelf.change_item(item.id, {KEYS[one.field]: one.ours for one in changes}, leave)
    except _ENDS_ALL:
        raise  # whether it was made is seen by the next run: the claims stay open
    except MamctlError as error:
        settle_pushes(run.db, numbers, NOT_SENT, run.clock())
        run.add_problem(Problem.of(error, placed.book.path))
        return False
    lost = [
        (number, one)
        for number, one in zip(numbers, changes, strict=True)
        if not same(one.field, one.ours, as_sent(one.field, after.metadata.get(KEYS[one.field])))
    ]
    settle_pushes(run.db, set(numbers) - {number for number, _ in lost}, SENT, run.clock())
    arrived = {one.field for one in changes} - {one.field for _, one in lost}
    forget_words(run.db, placed.book.id, arrived, run.clock(), run_id=run.id)
    settle_pushes(run.db, [number for number, _ in lost], NOT_SENT, run.clock())
    if lost:
        names = ", ".join(one.field.value for _, one in lost)
        run.add_problem(
            Problem(
                "abs_not_taken",
                f"{placed.book.path}: Audiobookshelf reported success, but did not take {names}",
                placed.book.path,
                "mamctl abs check shows what it has; please report it with its version",
            )
        )
    return not lost


def undo_pushes(run: Run, shelf: Shelf, pushes: Iterable[Push]) -> Iterator[PushedBook]:
    """Put back what stood there before, newest first, where the server still holds what was sent."""
    for (book_id, item_id), found in groupby(pushes, key=lambda one: (one.book_id, one.item_id)):
        mine = list(found)
        items = shelf.fetch_items([item_id])
        if not items:
            run.add_problem(
                Problem("abs_item_gone", f"book {book_id}: Audiobookshelf has no such item any more", str(book_id),
                        "no action needed: what was sent went with it")
            )  # fmt: skip
            continue
        done = _undo(run, shelf, items[0], mine)
        if done is not None:
            yield PushedBook(book_id, item_id, done)


def _undo(run: Run, shelf: Shelf, item: ShelfItem, pushes: list[Push]) -> tuple[PushedField, ...] | None:
    """The fields of one item, those of several pushes taken back in turn; None when the server declined."""
    now = {push.field: as_sent(push.field, item.metadata.get(KEYS[push.field])) for push in pushes}
    done, taken = list[PushedField](), list[Push]()
    for push in pushes:
        holds = same(push.field, push.sent, now[push.field])
        done.append(PushedField(push.field, Step.UNDO if holds else Step.CHANGED, push.before, now[push.field]))
        if holds:
            now[push.field] = push.before
            taken.append(push)
    if taken and not run.dry_run:
        try:
            leave = permit(run, ChangeShelf(item_id=item.id, items=1, recorded=True))
            shelf.change_item(item.id, {KEYS[push.field]: push.before for push in taken}, leave)
        except _ENDS_ALL:
            raise
        except MamctlError as error:
            run.add_problem(Problem.of(error, str(pushes[0].book_id)))
            return None
        settle_pushes(run.db, [push.id for push in taken], UNDONE, run.clock())
    return tuple(done)

"""`mamctl meta set`, `verify`, `unverify`: your own values of a book, which nothing but you changes."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.book_options import Book, find_book, find_field
from mamctl.cli.command import command
from mamctl.cli.commands.abs.corrections import CorrectionData, render_correction, with_corrections
from mamctl.cli.field_values import spell_value
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.library.abs_items import KEYS
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Value
from mamctl.domain.metadata.user_values import value_from_person
from mamctl.domain.outcome import Result
from mamctl.errors import UsageError
from mamctl.output.columns import shorten
from mamctl.output.screen import Screen, Tone
from mamctl.sqlite import transaction
from mamctl.store.library.agreed import (
    load_agreed,
    load_observations,
    save_agreed,
    set_by_user,
    unverify_by_user,
    verify_by_user,
)

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class SetData:
    """The book's field before and after, and what Audiobookshelf has of it now (None where none is configured)."""

    book: int
    field: str
    before: Value | None
    after: Value
    audiobookshelf: CorrectionData | None = None


def render_set(screen: Screen, data: SetData) -> None:
    """Before → after."""
    before, after = spell_value(data.before, data.field), spell_value(data.after, data.field)
    would = screen.choose("", "would set ")
    screen.line(f"Book {data.book}: {would}{data.field} {before} → {after}, verified", Tone.GOOD)
    render_correction(screen, data.audiobookshelf)


@command(app, "set", schema="mamctl.meta.set/1", render=render_set, dry_run=True)
def set_(
    runtime: Runtime,
    book: Book,
    field: Annotated[str, typer.Argument(metavar="FIELD", help="title, authors, narrators, series, year …")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help='e.g. "Mara Vell; Jo Penn", "Lantern Cycle #2".')],
) -> Result:
    """Set and verify a field of a book.

    No scan and no catalogue changes a verified value. Lists are separated by ";", a series has its place behind "#", a
    duration is 11:04:09 or a number of seconds.
    """
    chosen = find_field(field)
    book_id = find_book(runtime.store, book)
    try:
        meant = value_from_person(chosen, value)
    except ValueError as error:
        raise UsageError(f"“{shorten(value, 60)}”: {error}", subject=field) from error
    before = load_agreed(runtime.store, book_id).get(chosen)
    set_by_user(runtime.store, book_id, chosen, meant, runtime.now())
    result = Result(SetData(book_id, chosen.value, before.value if before else None, meant))
    return with_corrections(runtime, result, [book_id] if chosen in KEYS else [])


@dataclass(frozen=True, slots=True)
class LockData:
    """The fields of a book that were locked or unlocked, those without a value, and what Audiobookshelf has of it now
    (None where none is configured).
    """

    book: int
    verified: bool
    fields: tuple[str, ...]
    without_value: tuple[str, ...]
    audiobookshelf: CorrectionData | None = None


def render_lock(screen: Screen, data: LockData) -> None:
    """One line."""
    word = "verified" if data.verified else "no longer verified"
    done = (
        f"{', '.join(data.fields)} {screen.choose('', 'would be ')}{word}"
        if data.fields
        else f"nothing {'to verify' if data.verified else 'was verified'}"
    )
    screen.line(f"Book {data.book}: {done}", Tone.GOOD)
    if data.without_value:
        screen.line(f"Without a value: {', '.join(data.without_value)}", Tone.WARN)
    render_correction(screen, data.audiobookshelf)


_Fields = Annotated[list[str] | None, typer.Argument(metavar="[FIELD]...", help="All that have a value, by default.")]


@command(app, "verify", schema="mamctl.meta.verify/1", render=render_lock, dry_run=True)
def verify(runtime: Runtime, book: Book, fields: _Fields = None) -> Result:
    """Confirm the agreed values of a book.

    Only you change them from then on.
    """
    book_id = find_book(runtime.store, book)
    wanted = [find_field(name) for name in fields or ()] or list(load_agreed(runtime.store, book_id))
    done = verify_by_user(runtime.store, book_id, wanted, runtime.now())
    result = Result(_locked(book_id, wanted, done, verified=True))
    return with_corrections(runtime, result, [book_id] if KEYS.keys() & set(done) else [])


@command(app, "unverify", schema="mamctl.meta.unverify/1", render=render_lock, dry_run=True)
def unverify(runtime: Runtime, book: Book, fields: _Fields = None) -> Result:
    """Let fields follow the evidence again."""
    book_id = find_book(runtime.store, book)
    locked = [field for field, value in load_agreed(runtime.store, book_id).items() if value.verified]
    wanted = [find_field(name) for name in fields or ()] or locked
    done = unverify_by_user(runtime.store, book_id, [field for field in wanted if field in locked], runtime.now())
    with transaction(runtime.store):
        save_agreed(runtime.store, book_id, None, agree(load_observations(runtime.store, book_id)), runtime.now())
    result = Result(_locked(book_id, wanted, done, verified=False))
    return with_corrections(runtime, result, [book_id] if KEYS.keys() & set(done) else [])


def _locked(book_id: int, wanted: list[Field], done: tuple[Field, ...], *, verified: bool) -> LockData:
    missing = tuple(field.value for field in wanted if field not in done) if verified else ()
    return LockData(book_id, verified, tuple(field.value for field in done), missing)

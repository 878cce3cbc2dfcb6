"""`mamctl vip pending add`, `list` and `remove`: titles wanted, waiting to become free."""

from __future__ import annotations

from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.vip.searches import TitleSearch, title_searches
from mamctl.cli.format import yes_no
from mamctl.cli.options import read_text
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.account.pending import Wanted
from mamctl.domain.bounds import TITLE
from mamctl.domain.outcome import Result
from mamctl.domain.text.quantities import count_of
from mamctl.errors import UsageError
from mamctl.output.screen import LONG, Screen, Tone
from mamctl.store.account.pending import PendingItem, add_pending, list_pending, remove_pending

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class AddData:
    """The wanted title's id; `added` is false when it was on the list already."""

    id: int
    added: bool
    title: str
    author: str


def render_add(screen: Screen, data: AddData) -> None:
    """One line."""
    done = "Would add" if screen.dry_run else "Added"
    screen.line(f"{done if data.added else 'Already wanted'}: {data.id}  {data.title} – {data.author}", Tone.GOOD)


@command(app, "add", schema="mamctl.vip.pending.add/1", render=render_add, dry_run=True)
def add(
    runtime: Runtime,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title.")],
    author: Annotated[str, typer.Option("--author", help="The author.")],
    torrent_id: Annotated[
        int | None, typer.Option("--torrent-id", min=1, help="The torrent, when it is known.")
    ] = None,
    auto_download: Annotated[bool, typer.Option("--auto-download", help="Download it once it is free.")] = False,
) -> Result:
    """Put a title on the list."""
    wanted = Wanted(read_text("title", title, TITLE), read_text("author", author, TITLE), torrent_id)
    number, added = add_pending(runtime.store, wanted, runtime.now(), auto_download=auto_download)
    return Result(AddData(number, added, wanted.title, wanted.author))


@dataclass(frozen=True, slots=True)
class ListData:
    """The pending list, and for each title when it is searched for next."""

    items: tuple[PendingItem, ...]
    searches: tuple[TitleSearch, ...]


def render_list(screen: Screen, data: ListData) -> None:
    """One row a title."""
    if not data.items:
        screen.line("Nothing is wanted. Add a title: mamctl vip pending add TITLE --author NAME")
        return
    screen.table(
        ("id", "title", "author", "status", "note", "auto", "last searched", "next"),
        [
            (i.id, i.title, i.author, i.status.replace("_", " "), i.note, yes_no(i.auto_download), search.last_day,
             search.next_day)
            for i, search in zip(data.items, data.searches, strict=True)
        ],
        right=(0,), elastic=(1, 2, 4), optional=(5, 6, 2, 7),
    )  # fmt: skip
    if len(data.items) > LONG:
        free = sum(one.status == "available_free" for one in data.items)
        screen.line(f"{count_of(len(data.items), 'title')}, {free} free now", Tone.DIM)


@command(app, "list", schema="mamctl.vip.pending.list/1", render=render_list)
def list_(runtime: Runtime) -> Result:
    """List wanted titles, with what was last found."""
    items = list_pending(runtime.store)
    return Result(ListData(items, title_searches(items, runtime.config.rules.search, runtime.now())))


@dataclass(frozen=True, slots=True)
class RemoveData:
    """The id taken off the list."""

    id: int


def render_remove(screen: Screen, data: RemoveData) -> None:
    """One line."""
    screen.line(f"{'Would remove' if screen.dry_run else 'Removed'}: {data.id}")


@command(app, "remove", schema="mamctl.vip.pending.remove/1", render=render_remove, dry_run=True)
def remove(
    runtime: Runtime, item: Annotated[int, typer.Argument(metavar="PENDING", help="Its number in the list.")]
) -> Result:
    """Take a title off the list."""
    if not remove_pending(runtime.store, item, runtime.now()):
        raise UsageError(f"{item}: no such title on the list", subject=str(item), remedy="mamctl vip pending list")
    return Result(RemoveData(item))

"""The tour of the stocked world: what has long lists there is shown with all of them."""

from __future__ import annotations

from contextlib import closing

from mamctl.sqlite import transaction
from mamctl.store.database import open_store
from tests.golden.stock import a_month_later, fill_client, fill_store, in_catalogues, odd_world
from tests.golden.tour import drift
from tests.golden.world import NOW, GoldenWorld
from tests.kit.long_history import fill_history
from tests.kit.stocked_library import stock_library


def stocked_tour(world: GoldenWorld) -> None:
    """Long lists of every kind, and the runs that make them longer."""
    stock(world)
    account(world)
    guard(world)
    queue(world)
    library(world)
    catalogues(world)
    world.show("status")
    world.show("doctor")


def stock(world: GoldenWorld) -> None:
    """The store, the client and the catalogues are filled; the folder of books is not read."""
    books = odd_world()
    titles = [work.title for work in books.works]
    world.catalogue.show(in_catalogues(books))
    config = world.home / "mamctl.toml"
    text = config.read_text().replace(f'["{world.home}/library"]', '["/library"]')
    config.write_text(
        text.replace("[catalogues.", '[catalogues]\norder = ["audible", "open_library"]\n[catalogues.', 1)
    )
    world.run("status")  # makes the store
    world.run("cron", "install", "--yes")  # without lines in it, doctor would look into this machine's /etc
    with closing(open_store(world.home / "mamctl.db")) as db:
        stock_library(db, books, NOW)
        fill_history(db, NOW, days=200, books=0)
        fill_store(db, NOW, titles)
        with transaction(db):  # a hundred of them are new
            db.execute("UPDATE books SET path = replace(path, '/library/', '/library/new/') WHERE id <= 100")
    fill_client(world.client.world, titles)
    member = world.tracker.world.member
    member.uploaded, member.downloaded = world.client.world.uploaded, world.client.world.downloaded


def account(world: GoldenWorld) -> None:
    """Sixty wanted titles, a renewal history of months, ninety categories."""
    world.show("vip check")
    world.show("vip check", "--verbose", variant="verbose")
    world.show("vip history")
    world.show("vip pending list")
    world.show("rules list")
    world.show("rules diff")
    world.show("rules event list")


def guard(world: GoldenWorld) -> None:
    """A hundred downloads under way, frozen when the ratio falls, and let go."""
    world.show("ratio watch", variant="normal")
    world.later(hours=6)
    world.show("ratio watch", "--dry-run", variant="dry-run")
    world.show("ratio watch")
    world.show("ratio status")
    world.show("ratio forecast")
    world.show("ratio history", "--since", "120d")
    world.show("ratio points", "--since", "180d")
    world.show("ratio thaw", "--yes")


def queue(world: GoldenWorld) -> None:
    """Forty downloads in every state."""
    world.show("queue list")
    world.show("queue plan")
    world.show("queue slots")
    world.show("queue run", "--dry-run")
    world.show("queue show", "4")


def library(world: GoldenWorld) -> None:
    """Three hundred books."""
    world.show("meta list")
    world.show("meta problems")
    world.show("meta series")
    world.show("meta show", "1", "--evidence")


def catalogues(world: GoldenWorld) -> None:
    """A hundred books are looked up; a month later every fifth is described in other words."""
    world.show("meta enrich", "/library/new")
    world.show("meta match", "1")
    world.converse("meta match", "1", answers=[("quit: ", "n")])
    drift(world, a_month_later)
    world.show("report")

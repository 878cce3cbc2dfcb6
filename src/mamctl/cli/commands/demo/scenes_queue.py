"""A scene of the demo: a wanted book becomes free, comes, is checked by decoding it, and is filed by link."""

from __future__ import annotations

from mamctl.cli.commands.demo.runner import Stage
from mamctl.practice.tracker.state import Torrent
from mamctl.practice.wanted_book import AUTHOR, TITLE, list_wanted_book


def want_a_book(stage: Stage) -> Torrent:
    """A book that would cost ratio goes on the pending list; its torrent on the practice site."""
    (stage.home / "books").mkdir(exist_ok=True)
    torrent = list_wanted_book(stage.home, stage.tracker.world, stage.client.world)
    stage.scene("A wanted book", "It is on the site, and would cost ratio. It is wanted once it is free.")
    stage.run("vip", "pending", "add", TITLE, "--author", AUTHOR, "--auto-download")
    return torrent


def a_wanted_book(stage: Stage) -> None:
    """From the pending list to the library."""
    torrent = want_a_book(stage)
    stage.run("queue", "find", TITLE, "--author", AUTHOR)
    stage.later(days=7)
    torrent.free = True
    stage.scene("It becomes free", "The daily task finds it; the queue, run by cron every ten minutes, fetches it.")
    stage.run("vip", "pending", "check")
    stage.run("queue", "run")
    stage.later(minutes=10)
    stage.run("queue", "run")
    stage.notice(
        "Every file was decoded before it was filed. What seeds was only read, and keeps seeding for 72 hours:"
    )
    stage.run("queue", "list")
    stage.run("queue", "slots")


SCENES = (a_wanted_book,)

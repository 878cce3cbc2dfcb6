"""The command `mamctl demo`: plays the scenes and counts up what really happened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.demo import scenes_change, scenes_library, scenes_queue, scenes_ratio, scenes_vip
from mamctl.cli.commands.demo.runner import Act, Stage, stage
from mamctl.cli.commands.demo.short import STORY
from mamctl.cli.runtime import Runtime
from mamctl.dataclass import dataclass
from mamctl.domain.outcome import Result
from mamctl.errors import UsageError
from mamctl.output.screen import Screen, Tone
from mamctl.store.account.purchases import count_confirmed
from mamctl.store.database import open_store

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class DemoData:
    """The acts, and what the practice sites saw: requests to the site and to the client, purchases really made."""

    acts: tuple[Act, ...]
    requests: int
    client_requests: int
    purchases: int
    claims_confirmed: int


def render_demo(screen: Screen, data: DemoData) -> None:
    """The closing figures; the scenes have shown themselves."""
    screen.line()
    screen.line(
        f"{sum(act.times for act in data.acts)} commands, {data.requests} requests to the site and "
        f"{data.client_requests} to the torrent client, {data.purchases} purchases made and "
        f"{data.claims_confirmed} confirmed claims."
    )
    screen.line(
        "All of it happened in a temporary folder that is gone now. At length: mamctl demo --full. Next: mamctl init",
        Tone.DIM,
    )


_ACTS: dict[str, tuple[Callable[[Stage], None], ...]] = {
    "vip": scenes_vip.SCENES,
    "ratio": (*scenes_ratio.SCENES, scenes_vip.one_glance),
    "queue": scenes_queue.SCENES,
    "library": scenes_library.SCENES,
    "change": scenes_change.SCENES,
}


class ActName(StrEnum):
    """A part of the demo that can be played alone."""

    VIP = "vip"
    RATIO = "ratio"
    QUEUE = "queue"
    LIBRARY = "library"
    CHANGE = "change"


@command(app, "demo", schema="mamctl.demo/1", render=render_demo)
def demo(
    runtime: Runtime,
    act: Annotated[ActName | None, typer.Argument(metavar="ACT", help="Only this part, at length.")] = None,
    *,
    full: Annotated[
        bool, typer.Option("--full", help="Every part at length, with all that each command prints.")
    ] = False,
    serve: Annotated[
        Path | None, typer.Option("--serve", metavar="DIR", help="Keep the practice world running, to try commands on.")
    ] = None,
    torrents: Annotated[
        int, typer.Option("--torrents", metavar="N", min=0, max=5000, help="With --serve: have at least N torrents.")
    ] = 0,
    books: Annotated[
        int, typer.Option("--books", metavar="N", min=0, max=5000, help="With --serve: have at least N books.")
    ] = 0,
) -> Result:
    """Watch a few months on practice sites in seconds."""
    if serve is not None:
        from mamctl.cli.commands.demo.serve import serve_practice_world

        serve_practice_world(serve, Screen(sys.stdout), torrents=torrents, books=books)
        return Result()
    if torrents or books:
        raise UsageError("--torrents and --books need --serve DIR", remedy="mamctl demo --help")
    silent = runtime.options.json or runtime.options.quiet
    with stage(silent=silent) as place:
        place.screen.heading("mamctl on practice sites that are embedded in the program; nothing real is touched.")
        everything = tuple(scene for scenes in _ACTS.values() for scene in scenes)
        scenes = _ACTS[act] if act else everything if full else STORY
        place.dense = scenes is STORY
        for scene in scenes:
            scene(place)
        return Result(_count(place))


def _count(place: Stage) -> DemoData:
    db = open_store(place.home / "mamctl.db")
    confirmed = count_confirmed(db)
    db.close()
    return DemoData(
        acts=tuple(place.acts),
        requests=len(place.tracker.journal.paths()),
        client_requests=len(place.client.journal.paths()),
        purchases=len(place.tracker.world.purchases),
        claims_confirmed=confirmed,
    )

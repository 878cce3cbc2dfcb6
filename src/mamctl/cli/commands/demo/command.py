"""The command `mamctl demo`: plays the scenes and counts up what really happened."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from mamctl.cli.command import command
from mamctl.cli.commands.demo import scenes_library, scenes_queue, scenes_ratio, scenes_vip
from mamctl.cli.commands.demo.runner import Act, Stage, stage
from mamctl.cli.runtime import Runtime
from mamctl.domain.outcome import Result
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
    screen.heading("━━ The end")
    screen.line(
        f"{sum(act.times for act in data.acts)} commands, {data.requests} requests to the site and "
        f"{data.client_requests} to the torrent client, {data.purchases} purchases made and "
        f"{data.claims_confirmed} confirmed claims."
    )
    screen.line("All of it happened in a temporary folder that is gone now. Next: mamctl init", Tone.DIM)


@command(app, "demo", schema="mamctl.demo/1", render=render_demo)
def demo(runtime: Runtime) -> Result:
    """Watch a few months on practice sites, in a few seconds."""
    silent = runtime.options.json or runtime.options.quiet
    with stage(silent=silent) as place:
        place.screen.heading("mamctl on practice sites that are embedded in the program; nothing real is touched.")
        account = (*scenes_vip.SCENES, *scenes_ratio.SCENES, scenes_vip.one_glance)
        scenes = (*account, *scenes_queue.SCENES, *scenes_library.SCENES)
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

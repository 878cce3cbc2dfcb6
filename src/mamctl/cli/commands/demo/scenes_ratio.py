"""The ratio emergency: it falls, everything is frozen, it recovers, and all is as you had left it."""

from __future__ import annotations

from mamctl.cli.commands.demo.runner import Stage
from mamctl.practice.client.demo_torrents import fill_demo_torrents

_EVERY = 5  # minutes, as in the crontab
_WANTED = "The Invisible Man"

TorrentStates = dict[str, tuple[bool, bool, frozenset[str]]]
"""A torrent's name → whether it is paused, whether it is force-started, its tags."""


def a_torrent_client(stage: Stage) -> None:
    """A client with a hungry month behind it."""
    stage.later(days=62)
    client, member = stage.client.world, stage.tracker.world.member
    fill_demo_torrents(client)
    member.uploaded, member.downloaded = client.uploaded, client.downloaded
    stage.scene(
        "A torrent client",
        "After two hungry months the ratio is low. In place of your qBittorrent there is a practice "
        "client: it speaks the same Web API, and its torrents move with the demo's clock.",
    )
    stage.run("ratio", "watch")


def emergency(stage: Stage) -> None:
    """The ratio falls through the floor; nothing is spent; seeding pays it back, and all is put back."""
    before = torrent_states(stage)
    _freeze(stage, before)
    _spend_nothing(stage)
    _look_ahead(stage)
    _recover(stage, before)


SCENES = (a_torrent_client, emergency)


def _freeze(stage: Stage, before: TorrentStates) -> None:
    stage.scene("The ratio falls", "Downloads come in faster than the seeds pay for them. Cron runs the guard.")
    stage.run_by_cron("ratio", "watch", "--quiet", minutes=_EVERY)
    _notice(stage, before)


def _spend_nothing(stage: Stage) -> None:
    stage.scene("Nothing is spent", "Whatever costs ratio or points asks the guard first: a download that counts, VIP.")
    stage.run("ratio", "ask", _WANTED)
    stage.run("vip", "check")


def _look_ahead(stage: Stage) -> None:
    stage.scene("How long will it take?", "Both ratios, what is frozen, and a forecast that says what it assumes.")
    stage.run("ratio", "status")
    stage.run("ratio", "forecast")


def _recover(stage: Stage, before: TorrentStates) -> None:
    stage.scene(
        "Seeding pays it back",
        "Cron goes on. With --quiet nothing is reported twice, and nothing at all once all is well again.",
    )
    stage.run_by_cron("ratio", "watch", "--quiet", minutes=_EVERY)
    _notice(stage, before)
    stage.run("ratio", "ask", _WANTED)
    stage.run("ratio", "history", "--since", "1d", "--plot")


def _notice(stage: Stage, before: TorrentStates) -> None:
    for line in show_difference(before, torrent_states(stage)):
        stage.notice(line)


def torrent_states(stage: Stage) -> TorrentStates:
    """The client's torrents as they are, without asking mamctl."""
    torrents = stage.client.world.torrents.values()
    return {torrent.name: (torrent.stopped, torrent.forced, frozenset(torrent.tags)) for torrent in torrents}


def show_difference(before: TorrentStates, after: TorrentStates) -> list[str]:
    """What became of the client's torrents, in words. None is added or removed in between."""
    same = [name for name, seen in before.items() if after[name] == seen]
    turned = {name: after[name][0] for name in before if after[name][0] is not before[name][0]}
    kinds = (
        ("Now paused", [name for name, paused in turned.items() if paused]),
        ("Now started", [name for name, paused in turned.items() if not paused]),
        ("With another tag or force-start", [name for name in before if name not in same and name not in turned]),
    )
    mine = _listed([name for name in same if before[name][0]])
    count = f"All {len(same)}" if len(same) == len(before) else f"{len(same)} of {len(before)}"
    return [
        *(f"{kind}: {_listed(names)}." for kind, names in kinds if names),
        f"{count} torrents are as they were; paused by you: {mine}.",
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names) or "none"

"""Adding torrents to real clients, and letting one download from another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tests.integration.qbt.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.torrents import Made

_SETTLING = ("checking", "moving", "allocating", "queuedForChecking")


def add(client: Daemon, *torrents: Made, **how: Any) -> None:
    """Adds torrents, as `put` does, and waits until the client lists them, checked."""
    put(client, *torrents, **how)
    wait_listed(client, *torrents)


def put(
    client: Daemon,
    *torrents: Made,
    to: Path | None = None,
    stopped: bool = False,
    seeds: bool = False,
    **more: Any,
) -> None:
    """Hands torrents to the client.

    `seeds` adds them as complete, from where their data lies; `to` is the folder otherwise downloaded into.
    """
    for folder in {torrent.data.parent for torrent in torrents}:
        part = [torrent for torrent in torrents if torrent.data.parent == folder]
        client.hands.torrents_add(
            torrent_files={torrent.name: torrent.metainfo for torrent in part},
            save_path=str(folder if seeds else to or client.downloads),
            is_skip_checking=seeds,
            is_stopped=stopped,
            **more,
        )


def wait_listed(client: Daemon, *torrents: Made) -> None:
    """Until the client lists the torrents, checked."""
    hashes = {torrent.hash for torrent in torrents}
    wait_until(f"{len(hashes)} torrents listed and checked", lambda: _settled(client, hashes))


def share(torrent: Made, seeder: Daemon, leechers: Sequence[Daemon]) -> None:
    """Makes the leechers download a torrent from the seeder; all of them have it already, none is stopped."""
    meet(torrent, seeder, leechers)
    for leecher in leechers:
        again = partial(meet_again, torrent, seeder, leecher)
        wait_until(f"{torrent.name} complete", partial(complete, leecher, torrent), again=again)


def meet(torrent: Made, seeder: Daemon, leechers: Iterable[Daemon]) -> None:
    """Tells the leechers the seeder's address, which does not wait for the tracker's interval."""
    for leecher in leechers:
        leecher.hands.torrents_add_peers(peers=[f"127.0.0.1:{seeder.bt_port}"], torrent_hashes=torrent.hash)


def meet_again(torrent: Made, seeder: Daemon, leecher: Daemon) -> None:
    """Tells both of each other: one that could not connect waits a minute, and the other one has not tried yet."""
    meet(torrent, seeder, [leecher])
    meet(torrent, leecher, [seeder])


def complete(client: Daemon, torrent: Made) -> bool:
    row = client.torrent(torrent.hash)
    return row is not None and row["amount_left"] == 0 and row["progress"] == 1


def totals(client: Daemon) -> tuple[int, int]:
    """The client's all-time bytes up and down, once it knows them."""
    server: Any = client.hands.sync_maindata(rid=0)["server_state"]
    return server["alltime_ul"], server["alltime_dl"]


def _settled(client: Daemon, hashes: set[str]) -> bool:
    states = client.states()
    return hashes <= states.keys() and not any(states[key].startswith(_SETTLING) for key in hashes)

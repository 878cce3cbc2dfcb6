"""A client with torrents in every state that a person leaves them in, and how it is looked at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.integration.qbt.fixtures import PASSKEY
from tests.integration.qbt.swarm import put, wait_listed
from tests.integration.qbt.torrents import Made, make_torrent
from tests.integration.qbt.waiting import wait_until
from tests.integration.ratio.runner import TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tests.integration.qbt.daemon import Daemon
    from tests.integration.qbt.tracker import Tracker

SMALL = 3000  # bytes
FORCED = ("Download, forced", "Seed, forced")
RUNNING = {"downloading": "stalledDL", "uploading": "stalledUP", "stoppedDL": "pausedDL", "stoppedUP": "pausedUP"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What must be again as it was: whether it runs, its force-start, its tags and what else a person chose for it.

    `state` has version 4's words; whether bytes flow at the moment makes no difference.
    """

    state: str
    forced: bool
    tags: frozenset[str]
    choices: tuple[Any, ...]

    def frozen(self) -> Shown:
        """The same download, paused and tagged; a pause takes the force-start away."""
        return Shown("pausedDL", False, self.tags | {TAG}, self.choices)

    def seeding(self) -> Shown:
        """The same complete torrent, started."""
        return Shown("stalledUP", self.forced, self.tags, self.choices)


def look(client: Daemon) -> dict[str, Shown]:
    """Every torrent by name, as the client itself shows it."""
    rows: Any = client.hands.torrents_info()
    return {row["name"]: _shown(row) for row in rows}


def unforced(shown: Shown) -> Shown:
    """The same without a force-start; nothing flows in these stories, so that it is stalled."""
    return replace(shown, state=shown.state.replace("forced", "stalled"), forced=False)


def wait_shown(
    client: Daemon,
    expected: dict[str, Shown],
    *,
    restarted: bool = False,
    again: Callable[[], object] = lambda: None,
) -> None:
    """Until the client shows exactly this; it shows a change a moment after it made it. `again` as in `wait_until`.

    A `restarted` client may have forgotten force-starts by itself, as 5.3 does, so that they are not looked at.
    """
    if restarted:
        expected = {name: unforced(shown) for name, shown in expected.items()}

    def differences() -> str:
        seen = {name: unforced(shown) if restarted else shown for name, shown in look(client).items()}
        names = sorted(seen.keys() | expected.keys())
        pairs = {name: (seen.get(name), expected.get(name)) for name in names}
        return "\n".join(f"{name}: {is_} is not {should}" for name, (is_, should) in pairs.items() if is_ != should)

    with suppress(AssertionError):
        wait_until("as expected", lambda: not differences(), again=again)
    if left := differences():
        raise AssertionError(left)


def _shown(row: dict[str, Any]) -> Shown:
    choices = ("category", "save_path", "auto_tmm", "seq_dl", "dl_limit", "up_limit", "ratio_limit", "tracker")
    return Shown(
        RUNNING.get(row["state"], row["state"]),
        row["force_start"],
        frozenset(tag.strip() for tag in row["tags"].split(",")) - {""},
        tuple(row[name] for name in choices if name != "tracker"),
    )


@dataclass(frozen=True, slots=True)
class Shelf:
    """A client's torrents as a person left them, and the same in an emergency."""

    client: Daemon
    before: dict[str, Shown]

    @property
    def in_emergency(self) -> dict[str, Shown]:
        """Every download in scope paused and tagged, every complete one seeding, all else untouched."""
        return {name: _in_emergency(name, shown) for name, shown in self.before.items()}

    def frozen(self) -> set[str]:
        """The names of what is frozen."""
        return {name for name, shown in self.in_emergency.items() if TAG in shown.tags}


def _in_emergency(name: str, shown: Shown) -> Shown:
    if name.startswith("Elsewhere"):
        return shown
    if shown.state in ("stalledDL", "forcedDL"):
        return shown.frozen()
    return shown.seeding() if shown.state == "pausedUP" else shown


def furnish(client: Daemon, tracker: Tracker, folder: Path) -> Shelf:
    """Fourteen torrents; the names of those that are not the site's alone begin with `Elsewhere`."""
    ours, theirs = tracker.announce_url(PASSKEY), tracker.announce_url(PASSKEY, "localhost")
    made: list[Made] = []

    def place(*names: str, url: str = ours, also: tuple[str, ...] = (), **how: Any) -> None:
        some = [make_torrent(folder, name, SMALL, url, more_trackers=also) for name in names]
        put(client, *some, **how)
        made.extend(some)

    place("Download", "Download, other", *FORCED[:1])
    place("Download, sorted", category="books", tags="wanted,mam")
    place("Download, paused by its owner", stopped=True, tags="later")
    place("Seed", *FORCED[1:], seeds=True)
    place("Seed, paused by its owner", seeds=True, stopped=True, category="books")
    place("Seed, paused and labelled", seeds=True, stopped=True, tags="kept,rare")
    place("Elsewhere, download", "Elsewhere, another", url=theirs)
    place("Elsewhere as well", also=(theirs,))
    place("Elsewhere, no tracker", url="")
    place("Elsewhere, seed paused", url=theirs, seeds=True, stopped=True)
    wait_listed(client, *made)
    forced = [torrent.hash for torrent in made if torrent.name in FORCED]
    client.hands.torrents_set_force_start(enable=True, torrent_hashes=forced)
    wait_until("forced", lambda: _states(client, FORCED) == {"forcedDL", "forcedUP"})
    return Shelf(client, look(client))


def _states(client: Daemon, names: Iterable[str]) -> set[str]:
    shown = look(client)
    return {shown[name].state for name in names}

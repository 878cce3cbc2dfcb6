"""Whatever a person does during an emergency, and wherever a pass breaks off, the thaw puts back what it should."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import TorrentState
from tests.kit.guard_desk import Desk
from tests.kit.killed import KilledError
from tests.kit.model_client import ModelClient, ModelTorrent

torrents = st.builds(
    ModelTorrent,
    complete=st.booleans(),
    paused=st.booleans(),
    forced=st.booleans(),
    metadata=st.booleans(),
    queued=st.booleans(),
    tags=st.sets(st.sampled_from(["keep", "mamctl-frozen"]), max_size=2),
    tracker=st.sampled_from(["example.org", "t.example.org", "other.net", ""]),
    over=st.sampled_from([None, None, None, None, TorrentState.ERROR, TorrentState.MISSING_FILES]),
)


def without_our_tag(torrent: ModelTorrent) -> ModelTorrent:
    """A download that carries the tag before anything was frozen is one that a lost store froze: its own stories."""
    return torrent if torrent.complete else replace(torrent, tags=torrent.tags - {"mamctl-frozen"})


torrents = torrents.map(without_our_tag)
shelves = st.dictionaries(st.sampled_from("abcdefgh"), torrents, min_size=1, max_size=8)
ACTIONS = ("pause", "resume", "force", "complete", "remove", "tag", "check")
days = st.lists(
    st.one_of(
        st.dictionaries(st.sampled_from("abcdefghxyz"), st.sampled_from(ACTIONS), max_size=4),
        st.tuples(st.sampled_from("xyz"), torrents),
    ),
    max_size=6,
)


@dataclass
class Person:
    """Acts on the client, and remembers how each torrent must be once the emergency is over."""

    client: ModelClient
    wanted: dict[str, ModelTorrent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wanted = {hash_: copy(torrent) for hash_, torrent in self.client.torrents.items()}

    def act(self, hash_: str, action: str) -> None:
        torrent, wanted = self.client.torrents.get(hash_), self.wanted.get(hash_)
        if torrent is None or wanted is None or torrent.over is not None:
            return
        if action == "remove":
            del self.client.torrents[hash_], self.wanted[hash_]
        elif action == "check":
            torrent.over = TorrentState.CHECKING_UP if torrent.complete else TorrentState.CHECKING_DL
        elif action == "tag":
            for one in (torrent, wanted):
                one.tags.add("mine")
        elif action == "complete":
            torrent.complete = wanted.complete = True
        else:
            self._run_or_not(torrent, wanted, action)

    def _run_or_not(self, torrent: ModelTorrent, wanted: ModelTorrent, action: str) -> None:
        paused = action == "pause"
        forced = action == "force"
        if (torrent.paused, torrent.forced) == (paused, forced):
            return  # what is already so shows nobody's will
        for one in (torrent, wanted):
            one.paused, one.forced = paused, forced

    def add(self, hash_: str, torrent: ModelTorrent) -> None:
        if hash_ not in self.client.torrents:
            self.client.torrents[hash_] = copy(torrent)
            self.wanted[hash_] = copy(torrent)

    def end_checks(self) -> None:
        for torrent in self.client.torrents.values():
            if torrent.over in (TorrentState.CHECKING_UP, TorrentState.CHECKING_DL):
                torrent.over = None

    def is_content(self) -> None:
        have = {hash_: torrent.look() for hash_, torrent in self.client.torrents.items()}
        assert have == {hash_: torrent.look() for hash_, torrent in self.wanted.items()}
        strangers = [t for t in self.client.torrents.values() if not t.tracker.endswith("example.org")]
        assert sum(torrent.touched for torrent in strangers) == 0


def copy(torrent: ModelTorrent) -> ModelTorrent:
    return replace(torrent, tags=set(torrent.tags), touched=0)


def open_desk(shelf: dict[str, ModelTorrent]) -> Desk:
    desk = Desk(Path(tempfile.gettempdir()))
    desk.client.torrents = {hash_: copy(torrent) for hash_, torrent in shelf.items()}
    return desk


@pytest.mark.spec("RAT-5")
@given(shelves, days)
def test_after_freeze_and_thaw_every_torrent_is_as_the_person_wants_it(
    shelf: dict[str, ModelTorrent], story: Any
) -> None:
    desk = open_desk(shelf)
    person = Person(desk.client)
    desk.set_ratio(0.9)
    desk.watch()
    for day in story:
        if isinstance(day, tuple):
            person.add(*day)
        else:
            for hash_, action in day.items():
                person.act(hash_, action)
        desk.watch()
        person.end_checks()
        desk.watch()
        assert desk.watch().actions.any is False
    desk.set_ratio(1.05)
    desk.watch()
    assert desk.watch().actions.any is False
    person.is_content()
    assert open_entries(desk) == 0


def open_entries(desk: Desk) -> int:
    """Of torrents that are there: one that was removed is looked for during a month."""
    open_and_there = "SELECT count(*) FROM torrent_journal WHERE closed_at IS NULL AND missing_since IS NULL"
    return int(desk.db.execute(open_and_there).fetchone()[0])


class Killer:
    """Kills the process at the n-th request, before or after the client has taken it."""

    def __init__(self, client: ModelClient, request: int, after: bool) -> None:
        self.left, self.after, self.client = request, after, client
        for name in ("pause", "resume", "force_resume", "add_tag", "remove_tag", "fetch_snapshot"):
            setattr(client, name, self._around(getattr(ModelClient, name)))

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise KilledError
            result = call(self.client, *args)
            if self.left == 0:
                raise KilledError
            return result

        return run


def watch_killed(desk: Desk, request: int, after: bool) -> None:
    killer = Killer(desk.client, request, after)
    try:
        desk.watch()
    except KilledError:
        pass
    finally:
        killer.left = -1


@pytest.mark.spec("RAT-12")
@given(shelves, st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=4), st.booleans())
def test_wherever_it_is_killed_one_more_pass_comes_to_the_same_end(
    shelf: dict[str, ModelTorrent], kills: list[tuple[int, bool]], at_thaw: bool
) -> None:
    calm, rough = open_desk(shelf), open_desk(shelf)
    person = Person(rough.client)
    for desk in (calm, rough):
        desk.set_ratio(0.9)
    if not at_thaw:
        for request, after in kills:
            watch_killed(rough, request, after)
    calm.watch()
    rough.watch()
    assert looks(rough) == looks(calm)
    for desk in (calm, rough):
        desk.set_ratio(1.05)
    if at_thaw:
        for request, after in kills:
            watch_killed(rough, request, after)
    calm.watch()
    rough.watch()
    assert looks(rough) == looks(calm)
    person.is_content()


def looks(desk: Desk) -> dict[str, tuple[object, ...]]:
    return {hash_: torrent.look() for hash_, torrent in desk.client.torrents.items()}


@pytest.mark.spec("RAT-12")
@given(st.integers(1, 6), st.booleans())
def test_killed_while_it_leaves_a_torrent_alone_the_tag_goes_all_the_same(request_: int, after: bool) -> None:
    desk = open_desk({"a": ModelTorrent(), "b": ModelTorrent()})
    desk.set_ratio(0.9)
    desk.watch()
    torrent = desk.client.torrents["a"]
    torrent.paused = False  # the person wants this one all the same
    watch_killed(desk, request_, after)
    desk.watch()
    assert torrent.look() == ModelTorrent().look()
    desk.set_ratio(1.05)
    desk.watch()
    assert looks(desk) == {"a": ModelTorrent().look(), "b": ModelTorrent().look()}

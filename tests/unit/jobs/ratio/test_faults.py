"""Whatever fails on the way, and whoever acts in the middle of it, the end is the same for all that nobody touched."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import TorrentState
from mamctl.errors import MamctlError, SessionRefusedError, ShapeChangedError, UnreachableError
from tests.kit.model_client import ModelTorrent
from tests.unit.jobs.ratio.test_user_actions import ACTIONS, Person, looks, open_desk, open_entries, shelves

ERRORS = (UnreachableError("down"), SessionRefusedError("no"), MamctlError("409"), ShapeChangedError("404"))
Deed = tuple[str, str]
deeds = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(ACTIONS))
interruptions = st.dictionaries(
    st.integers(1, 40), st.sampled_from(ERRORS) | st.sampled_from(ERRORS) | deeds, max_size=12
)


class Interruptions:
    """What happens right before the n-th request: it fails, or the person does something."""

    def __init__(self, person: Person, events: Mapping[int, MamctlError | Deed]) -> None:
        self.person, self.events = person, events
        self.requests = 0
        self.acted: set[str] = set()

    def __call__(self, call: str) -> None:
        self.requests += 1
        event = self.events.get(self.requests)
        if isinstance(event, MamctlError):
            raise event
        if event is not None:
            self.acted.add(event[0])
            self.person.act(*event)


@pytest.mark.spec("RAT-5")
@pytest.mark.spec("RAT-12")
@given(shelves, interruptions, st.sampled_from([0, 2]), st.lists(st.sampled_from([0.9, 0.9, 1.0, 1.1]), max_size=5))
def test_whatever_interrupts_it_all_is_as_it_was_when_it_is_over(
    shelf: dict[str, ModelTorrent], events: dict[int, MamctlError | Deed], slow: int, ratios: list[float]
) -> None:
    desk = open_desk(shelf)
    person = Person(desk.client)
    interrupted = Interruptions(person, events)
    desk.client.trouble, desk.client.slow = interrupted, slow
    for ratio in (0.9, *ratios):
        desk.set_ratio(ratio)
        desk.watch()
        person.end_checks()
    desk.client.trouble, desk.client.slow = lambda call: None, 0
    desk.watch()
    desk.set_ratio(1.1)
    for _ in range(3):
        desk.watch()
        person.end_checks()
    assert desk.watch().actions.any is False
    assert open_entries(desk) == 0
    now, wanted = looks(desk), {hash_: torrent.look() for hash_, torrent in person.wanted.items()}
    untouched = wanted.keys() - interrupted.acted
    assert {hash_: now[hash_] for hash_ in untouched} == {hash_: wanted[hash_] for hash_ in untouched}
    assert {hash_: torrent.tags for hash_, torrent in desk.client.torrents.items()} == {
        hash_: torrent.tags for hash_, torrent in person.wanted.items()
    }
    strangers = [torrent for torrent in desk.client.torrents.values() if not torrent.tracker.endswith("example.org")]
    assert sum(torrent.touched for torrent in strangers) == 0


@pytest.mark.spec("RAT-5")
def test_a_tag_that_was_declined_after_it_had_been_put_on_goes_all_the_same() -> None:
    """A client that is slow to show the tag is asked for it again, and declines."""
    desk = open_desk({"a": ModelTorrent()})
    events = {3: UnreachableError("down"), 5: MamctlError("409")}
    desk.client.trouble, desk.client.slow = Interruptions(Person(desk.client), events), 2
    for ratio in (0.9, 0.9, 1.1, 1.1):
        desk.set_ratio(ratio)
        desk.watch()
    assert desk.client.torrents["a"].look() == ModelTorrent().look()


@pytest.mark.spec("RAT-5")
@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("error", [UnreachableError("down"), MamctlError("409")])
def test_a_thaw_that_broke_off_before_a_slow_client_showed_the_tag_takes_it_off_all_the_same(
    error: MamctlError,
) -> None:
    desk = open_desk({"a": ModelTorrent()})
    events = {3: UnreachableError("down"), 5: error}
    desk.client.trouble, desk.client.slow = Interruptions(Person(desk.client), events), 2
    desk.set_ratio(0.9)
    desk.watch()  # the tag is put on, and the pause does not arrive
    desk.set_ratio(1.1)
    desk.watch()  # the thaw does not arrive
    desk.client.slow = 0
    desk.watch()
    assert desk.client.torrents["a"].look() == ModelTorrent().look()
    assert desk.watch().actions.any is False


def test_a_thaw_right_after_a_freeze_that_the_client_does_not_show_yet() -> None:
    shelf = {
        "a": ModelTorrent(),
        "forced": ModelTorrent(forced=True),
        "tagged": ModelTorrent(tags={"mamctl-frozen"}),
        "seed": ModelTorrent(complete=True),
    }
    desk = open_desk(shelf)
    before = looks(desk)
    desk.set_ratio(0.9)
    desk.client.slow = 1_000
    desk.watch()
    desk.release()  # it still shows all of them running
    desk.client.slow = desk.client._looks = 0
    desk.watch()
    assert looks(desk) == before
    assert desk.watch().actions.any is False


@pytest.mark.spec("RAT-4")
@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("slow", [0, 3])
@pytest.mark.parametrize("call", ["add_tag", "pause", "resume", "force_resume", "remove_tag"])
def test_a_new_emergency_right_after_a_thaw_that_broke_off(call: str, slow: int) -> None:
    shelf = {
        "a": ModelTorrent(),
        "forced": ModelTorrent(forced=True),
        "paused": ModelTorrent(paused=True),
        "paused-seed": ModelTorrent(complete=True, paused=True),
    }
    desk = open_desk(shelf)
    before = looks(desk)
    desk.set_ratio(0.9)
    desk.watch()
    in_emergency = looks(desk)
    desk.set_ratio(1.1)
    desk.client.slow = slow
    desk.client.trouble = lambda asked: breaks_off(asked, after=call, calls=desk.client.calls)
    desk.watch()
    desk.client.trouble = lambda asked: None
    desk.set_ratio(0.9)
    desk.watch()
    assert looks(desk) == in_emergency
    desk.set_ratio(1.1)
    desk.watch()
    assert looks(desk) == before


@pytest.mark.spec("RAT-12")
def test_a_client_that_shows_tags_before_states_is_given_time_after_a_thaw_that_broke_off() -> None:
    desk = open_desk({"a": ModelTorrent(), "forced": ModelTorrent(forced=True)})
    desk.set_ratio(0.9)
    desk.watch()
    in_emergency = looks(desk)
    desk.client.tags_at_once = True
    desk.client.slow = 1_000
    desk.set_ratio(1.1)
    desk.client.trouble = lambda asked: breaks_off(asked, after="remove_tag", calls=desk.client.calls)
    desk.watch()  # both run now and have lost our tag, and are still shown as paused
    desk.client.trouble = lambda asked: None
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if seconds > 2:  # more than a client's own pace
            desk.client.slow = desk.client._looks = 0

    desk.on_wait = wait
    desk.set_ratio(0.9)
    desk.watch()
    assert looks(desk) == in_emergency
    waited.clear()
    desk.watch()
    assert waited == []  # only where a thaw broke off


def breaks_off(asked: str, *, after: str, calls: list[tuple[str, tuple[str, ...]]]) -> None:
    """The client goes away with the request that follows `after`."""
    if len(calls) > 1 and calls[-2][0] == after:
        raise UnreachableError(f"down at {asked}")


@pytest.mark.spec("RAT-5")
def test_a_client_that_crashes_and_forgets_what_the_thaw_asked_for() -> None:
    """Right after its start it checks every torrent, and does not show which ones it will pause."""
    desk = open_desk({"seed": ModelTorrent(complete=True, paused=True)})
    before = looks(desk)
    desk.set_ratio(0.9)
    desk.watch()
    desk.set_ratio(1.1)
    seed = desk.client.torrents["seed"]

    def crash(asked: str) -> None:
        if asked == "fetch" and desk.client.calls[-2][0] == "pause":
            seed.paused, seed.over = False, TorrentState.CHECKING_RESUME

    desk.client.trouble = crash
    desk.watch()
    desk.client.trouble, seed.over = lambda asked: None, None
    desk.watch()
    assert looks(desk) == before


@pytest.mark.spec("RAT-12")
@pytest.mark.parametrize("slow", [0, 2])
def test_a_client_restarted_between_tag_and_pause_gets_the_tag_once_more(slow: int) -> None:
    """It forgets the tag, and the pause reaches it after its start."""
    desk = open_desk({"a": ModelTorrent(), "kept": ModelTorrent(tags={"mamctl-frozen"})})
    before = looks(desk)
    download = desk.client.torrents["a"]

    def restart(asked: str) -> None:
        if asked == "pause":
            download.tags.clear()

    desk.client.trouble, desk.client.slow, desk.client.tags_at_once = restart, slow, True
    desk.set_ratio(0.9)
    desk.watch()
    desk.client.trouble = lambda asked: None
    assert (download.paused, download.tags) == (True, {"mamctl-frozen"})
    assert [hashes for call, hashes in desk.client.calls if call == "add_tag"] == [("a",), ("a",)]
    assert desk.watch().actions.any is False
    desk.set_ratio(1.1)
    desk.watch()
    assert looks(desk) == before

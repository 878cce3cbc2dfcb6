"""What may be touched at all, and what every state is to the guard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState
from mamctl.domain.ratio.freeze import plan_freeze
from mamctl.domain.ratio.thaw import plan_thaw
from mamctl.domain.ratio.torrent_journal import (
    TRANSFER_STATES,
    ClientAction,
    Journal,
    JournalEntry,
    Phase,
    Role,
    Scope,
    TransferState,
    transfer_state,
)

S = TorrentState
TAG = "mamctl-frozen"


def torrent(state: TorrentState = S.DOWNLOADING, **more: object) -> ClientTorrent:
    more.setdefault("trackers", frozenset({"t.example.org"}))
    return ClientTorrent("a", "Book", state, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("trackers", "ours"),
    [
        ({"example.org"}, True),
        ({"t.example.org"}, True),
        ({"T.Example.ORG."}, True),
        ({"t.example.org", "u.example.org"}, True),
        ({"notexample.org"}, False),
        ({"example.org.evil.net"}, False),
        ({"t.example.org", "other.net"}, False),
        ({""}, False),
        ({"t.example.org", ""}, False),
        (set(), False),
        (None, False),
    ],
)
def test_only_torrents_of_the_configured_trackers_alone(trackers: set[str] | None, ours: bool) -> None:
    one = torrent(trackers=None if trackers is None else frozenset(trackers))
    assert Scope(("example.org",)).holds(one) is ours
    assert Scope((".Example.Org.",)).holds(one) is ours
    assert Scope(("other.example", "example.org")).holds(one) is ours


@given(st.frozensets(st.text(max_size=8), max_size=3))
def test_a_scope_of_no_tracker_holds_nothing(hosts: frozenset[str]) -> None:
    for trackers in ((), ("",), (".",)):
        assert not Scope(trackers).holds(torrent(trackers=hosts))


@pytest.mark.parametrize(
    ("scope", "ours"),
    [
        (Scope(("example.org",), category="books"), True),
        (Scope(("example.org",), category="books/audio"), True),
        (Scope(("example.org",), category="book"), False),
        (Scope(("example.org",), tag="mam"), True),
        (Scope(("example.org",), tag="ma"), False),
        (Scope(("example.org",), category="books", tag="other"), False),
    ],
)
def test_category_and_tag_narrow_it(scope: Scope, ours: bool) -> None:
    assert scope.holds(torrent(category="books/audio", tags=frozenset({"mam", "x"}))) is ours


def test_every_state_has_its_kind() -> None:
    assert set(TRANSFER_STATES) == set(TorrentState)


def test_what_arrives_in_an_unknown_state_is_a_download() -> None:
    assert transfer_state(torrent(S.UNKNOWN)) is TransferState.HIDDEN
    assert transfer_state(torrent(S.UNKNOWN, dlspeed=1)) is TransferState.DOWNLOADS


torrents = st.builds(
    lambda hash_, state, tags, trackers, forced, speed: ClientTorrent(
        hash_, hash_, state, tags=tags, trackers=trackers, forced=forced, dlspeed=speed
    ),
    st.sampled_from("abcd"),
    st.sampled_from(TorrentState),
    st.frozensets(st.sampled_from([TAG, "x"])),
    st.sampled_from([frozenset({"t.example.org"}), frozenset({"other.net"}), frozenset(), None]),
    st.booleans(),
    st.sampled_from([0, 9]),
)
entries = st.builds(
    JournalEntry,
    st.sampled_from("abcd"),
    st.just("Book"),
    st.sampled_from(Role),
    st.sampled_from([phase for phase in Phase if phase.is_open]),
    st.sampled_from(TorrentState),
    st.booleans(),
    st.booleans(),
)
closed = st.builds(
    JournalEntry,
    st.sampled_from("abcd"),
    st.just("Book"),
    st.sampled_from(Role),
    st.just(Phase.LEFT_ALONE),
    st.just(S.ERROR),
)


def journal_of(open_: list[JournalEntry], alone: list[JournalEntry], begun: bool) -> Journal:
    return Journal({entry.hash: entry for entry in open_}, {entry.hash: entry for entry in alone}, begun)


journals = st.builds(journal_of, st.lists(entries, max_size=4), st.lists(closed, max_size=2), st.booleans())
snapshots = st.lists(torrents, max_size=4).map(
    lambda found: ClientSnapshot("home", "v5", ClientTotals(1, 1), {one.hash: one for one in found})
)


@given(snapshots, journals)
def test_whatever_is_on_record_only_torrents_in_scope_or_in_the_journal_are_asked_for_anything(
    snapshot: ClientSnapshot, journal: Journal
) -> None:
    scope = Scope(("example.org",))
    known = set(journal.entries) | set(journal.left_alone)
    ours = {one.hash for one in snapshot.torrents.values() if scope.holds(one)}
    for plan, allowed in (
        (plan_freeze(snapshot, journal, scope, TAG), known | ours),
        (plan_thaw(snapshot, journal, TAG), known),
    ):
        asked = {step.entry.hash for step in plan.steps if step.acts}
        assert asked <= allowed & set(snapshot.torrents)
        assert len({step.entry.hash for step in plan.steps}) == len(plan.steps)


@given(snapshots, journals)
def test_no_torrent_is_asked_for_two_opposite_things(snapshot: ClientSnapshot, journal: Journal) -> None:
    for plan in (
        plan_freeze(snapshot, journal, Scope(("example.org",)), TAG),
        plan_thaw(snapshot, journal, TAG),
    ):
        for step in plan.steps:
            assert not {ClientAction.TAG, ClientAction.UNTAG} <= set(step.acts)
            assert len({ClientAction.PAUSE, ClientAction.RESUME, ClientAction.FORCE_RESUME} & set(step.acts)) <= 1


@pytest.mark.spec("RAT-5")
@given(snapshots, journals)
def test_a_download_that_is_paused_and_not_ours_is_never_started(snapshot: ClientSnapshot, journal: Journal) -> None:
    for plan in (
        plan_freeze(snapshot, journal, Scope(("example.org",)), TAG),
        plan_thaw(snapshot, journal, TAG),
    ):
        for hash_ in (*plan.hashes(ClientAction.RESUME), *plan.hashes(ClientAction.FORCE_RESUME)):
            if snapshot.torrents[hash_].state is S.PAUSED_DL:
                assert journal.entries[hash_].role is Role.FROZEN


@given(snapshots, journals)
def test_a_download_whose_files_are_missing_is_never_started(snapshot: ClientSnapshot, journal: Journal) -> None:
    for plan in (
        plan_freeze(snapshot, journal, Scope(("example.org",)), TAG),
        plan_thaw(snapshot, journal, TAG),
    ):
        for hash_ in (*plan.hashes(ClientAction.RESUME), *plan.hashes(ClientAction.FORCE_RESUME)):
            assert snapshot.torrents[hash_].state is not S.MISSING_FILES

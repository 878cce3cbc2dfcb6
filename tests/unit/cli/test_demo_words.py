"""What the demo says of the torrents follows from how they are, also when that is not as it should be."""

from __future__ import annotations

from mamctl.cli.commands.demo.scenes_ratio import TorrentStates, show_difference

BEFORE: TorrentStates = {
    "Dune": (False, True, frozenset()),
    "Emma": (True, False, frozenset({"later"})),
    "Dracula": (False, False, frozenset()),
}


def test_nothing_changed() -> None:
    assert show_difference(BEFORE, dict(BEFORE)) == ["All 3 torrents are as they were; paused by you: “Emma”."]


def test_what_changed_is_named() -> None:
    after = BEFORE | {"Dune": (True, False, frozenset({"mamctl-frozen"})), "Emma": (False, False, frozenset())}
    assert show_difference(BEFORE, after) == [
        "Now paused: “Dune”.",
        "Now started: “Emma”.",
        "1 of 3 torrents are as they were; paused by you: none.",
    ]


def test_a_tag_left_behind_is_told() -> None:
    after = BEFORE | {"Dracula": (False, False, frozenset({"mamctl-frozen"}))}
    assert show_difference(BEFORE, after) == [
        "With another tag or force-start: “Dracula”.",
        "2 of 3 torrents are as they were; paused by you: “Emma”.",
    ]

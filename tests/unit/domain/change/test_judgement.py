"""Whether a change may stay, what differs, and what of a client may be restored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.config.toml_text import spell_value
from mamctl.domain.change.client_state import ClientState, TorrentMark, plan_client_restore
from mamctl.domain.change.differences import compare_values, summarise
from mamctl.domain.change.ledgers import is_ledger, is_restored
from mamctl.domain.change.self_tests import SelfTest, TestOutcome, judge_change, outcome_of
from mamctl.errors import (
    ConfigInvalidError,
    LockedError,
    MamctlError,
    SessionRefusedError,
    ShapeChangedError,
    StoreError,
    UnreachableError,
)

PASSED, FAILED, REFUSED, NOT = TestOutcome.PASSED, TestOutcome.FAILED, TestOutcome.REFUSED, TestOutcome.NOT_TESTED


@pytest.mark.spec("CHG-2")
@pytest.mark.parametrize(
    ("before", "after", "changed", "counts"),
    [
        (PASSED, FAILED, (), True),
        (FAILED, FAILED, (), False),  # it failed before
        (None, FAILED, (), False),  # nobody knows how it was
        (PASSED, NOT, (), False),  # out of reach never counts
        (PASSED, REFUSED, ("vip.auto_renew",), False),  # the site's own decision
        (PASSED, REFUSED, ("qbittorrent[0].username",), True),
        (PASSED, PASSED, (), False),
    ],
)
def test_a_test_counts_only_when_it_passed_before_and_its_cause_is_here(before, after, changed, counts) -> None:
    known = {} if before is None else {"client": before}
    judged = judge_change(known, [SelfTest("client", after, "text", keys=("qbittorrent",))], changed)
    assert bool(judged.against) is counts
    assert bool(judged.open) is (after is NOT)
    assert bool(judged.reason) is counts


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConfigInvalidError("x"), FAILED),
        (StoreError("x"), FAILED),
        (MamctlError("x"), FAILED),
        (SessionRefusedError("x"), REFUSED),
        (UnreachableError("x"), NOT),
        (ShapeChangedError("x"), NOT),
        (LockedError("x"), NOT),
    ],
)
def test_what_an_error_means_for_a_self_test(error: MamctlError, outcome: TestOutcome) -> None:
    assert outcome_of(error) is outcome


def test_differences_name_each_key_once() -> None:
    found = compare_values({"a": 1, "b": "x", "gone": True}, {"a": 2, "b": "x", "new": [1, 2]})
    spelt = [one.spell(spell_value) for one in found]
    assert spelt == ["a: 1 → 2", "new: (none) → 1, 2", "gone: true → (none)"]
    assert summarise(found, spell_value, 2) == "a: 1 → 2; new: (none) → 1, 2; and 1 more"
    assert summarise((), spell_value) == "comments, layout or a masked value only"


@given(st.text(max_size=20))
def test_every_table_is_either_a_ledger_or_restored_never_both(name: str) -> None:
    assert not (is_ledger(name) and is_restored(name))


def mark(
    category: str = "books", tags: tuple[str, ...] = (), *, paused: bool = False, complete: bool = True
) -> TorrentMark:
    return TorrentMark("h", "Salt Road", category, tags, paused, complete)


def plan(then: TorrentMark, now: TorrentMark | None, **more):
    facts = {"own": {}, "guarded": frozenset(), "emergency": False, "overwrite": True} | more
    states = [ClientState("qb", "v5", torrents={} if one is None else {"h": one}) for one in (then, now)]
    return list(plan_client_restore(*states, **facts))


@pytest.mark.spec("CHG-3")
def test_a_client_is_restored_only_where_that_is_safe() -> None:
    assert plan(mark(), mark()) == []
    (step,) = plan(mark("books"), mark("other"))
    assert (step.aspect, step.before, step.after, step.refused) == ("category", "other", "books", None)
    (removed,) = plan(mark(), None)
    assert "removed since" in removed.refused
    (step,) = plan(mark(), mark(paused=True, complete=False))
    assert "never starts a download" in step.refused
    (step,) = plan(mark(), mark(paused=True))
    assert step.refused is None  # a complete one seeds again
    (step,) = plan(mark(paused=True), mark(complete=False))
    assert step.refused is None  # pausing is always safe


@pytest.mark.spec("CHG-3")
def test_what_others_changed_and_what_the_guard_holds_stays() -> None:
    assert "--overwrite" in plan(mark("a"), mark("b"), overwrite=False)[0].refused
    assert plan(mark("a"), mark("b"), overwrite=False, own={("h", "category"): "b"})[0].refused is None
    assert "--overwrite" in plan(mark("a"), mark("c"), overwrite=False, own={("h", "category"): "b"})[0].refused
    assert "emergency" in plan(mark("a"), mark("b"), emergency=True)[0].refused
    assert "guard" in plan(mark("a"), mark("b"), guarded=frozenset({"h"}))[0].refused

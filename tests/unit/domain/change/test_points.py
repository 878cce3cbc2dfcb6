"""Which rollback points stay: properties of the thinning, and its plain cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.change.points import Part, Point, StoredFile, is_label, plan_thinning, point_id
from mamctl.domain.change.policy import KeepPolicy

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MIB = 1024**2


def point(days_ago: float, *, label: str | None = None, size: int = MIB, verified: bool = False) -> Point:
    made = NOW - timedelta(days=days_ago)
    file = StoredFile("mamctl.db", Part.DATABASE, size, "0" * 64)
    name = f"{made:%Y%m%d-%H%M%S}"
    return Point(name, made, label, "test", "0.1.0", 1, "/c.toml", (file,), verified_at=NOW if verified else None)


def kept(points: list[Point], policy: KeepPolicy | None = None, needed: frozenset[str] = frozenset()) -> list[Point]:
    return [verdict.point for verdict in plan_thinning(points, policy or KeepPolicy(), needed) if verdict.keep]


def test_a_year_of_nightly_points_leaves_the_newest_the_weeks_and_the_months() -> None:
    points = [point(days) for days in range(400)]
    stay = kept(points)
    ages = [(NOW - one.made_at).days for one in stay]
    assert ages[:10] == list(range(10))
    assert len(stay) == 10 + 6 + 11  # weeks and months whose newest point is among the ten cost nothing more
    assert all(verdict.reason for verdict in plan_thinning(points, KeepPolicy()))


def test_above_the_size_the_oldest_go_first() -> None:
    points = [point(days, size=600 * MIB) for days in range(6)]
    assert [(NOW - one.made_at).days for one in kept(points)] == [0, 1, 2]


def test_one_point_larger_than_the_size_stays_while_it_is_the_only_good_one() -> None:
    assert len(kept([point(0, size=10 * 1024 * MIB)])) == 1


def test_the_last_verified_point_outlives_newer_ones_that_were_not() -> None:
    old = point(4000, verified=True)
    assert old in kept([old, *(point(days) for days in range(40))])


def test_what_an_unfinished_change_needs_stays() -> None:
    old = point(4000)
    assert old in kept([old, *(point(days) for days in range(40))], needed=frozenset({old.id}))


_POINTS = st.lists(
    st.tuples(st.integers(0, 3000), st.booleans(), st.integers(0, 900), st.booleans()),
    max_size=40,
    unique_by=lambda t: t[0],
)


@given(_POINTS, st.integers(1, 12), st.integers(0, 9), st.integers(0, 13))
def test_labelled_ones_and_a_good_one_always_stay(
    raw: list[tuple[int, bool, int, bool]], newest: int, weeks: int, months: int
) -> None:
    points = [
        point(days, label=f"l{days}" if labelled else None, size=size * MIB, verified=verified)
        for days, labelled, size, verified in raw
    ]
    policy = KeepPolicy(newest=newest, weeks=weeks, months=months)
    stay = kept(points, policy)
    assert {one.id for one in points if one.label} <= {one.id for one in stay}
    good = [one for one in points if one.verified_at] or points
    assert not points or max(good, key=lambda one: one.made_at) in stay
    assert kept(list(reversed(points)), policy) == stay
    assert kept(stay, policy) == stay  # what was thinned is not thinned further
    loose = [one for one in stay if not one.label]
    assert len(loose) <= newest + weeks + months + 1


def test_two_points_of_one_second_have_two_ids() -> None:
    first = point_id(NOW, [])
    second = point_id(NOW, [first])
    assert (first, second, point_id(NOW, [first, second])) == (
        "20261129-120000", "20261129-120000-2", "20261129-120000-3",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "good"),
    [("before-autumn", True), ("2026", True), ("../x", False), ("", False), ("last", False), ("20261129-142048", False),
     ("20261129-142048-2", False), ("a" * 41, False)],
)  # fmt: skip
def test_a_label_names_one_point_alone(text: str, good: bool) -> None:
    """It is neither what names the newest point nor what may be the id of another."""
    assert is_label(text) is good

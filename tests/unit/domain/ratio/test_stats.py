"""The figures of a pass: counted from what the clients show, in scope only; rates from totals over a window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.ratio.client import ClientSnapshot, ClientTorrent, ClientTotals, TorrentState
from mamctl.domain.ratio.counting import count_stats
from mamctl.domain.ratio.forecast import Rates
from mamctl.domain.ratio.stats import PassStats, TotalsSample, add_rates, rate_over
from mamctl.domain.ratio.torrent_journal import Scope

S = TorrentState
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SCOPE = Scope(("example.org",))


def torrent(name: str, state: TorrentState, host: str = "t.example.org", **more: object) -> ClientTorrent:
    return ClientTorrent(name, name, state, trackers=frozenset({host}), **more)  # type: ignore[arg-type]


def client(name: str, *torrents: ClientTorrent, up: int = 0, down: int = 0) -> tuple[ClientSnapshot, Scope]:
    totals = ClientTotals(1, 1, up, down)
    return ClientSnapshot(name, "v5.1.0", totals, {one.hash: one for one in torrents}), SCOPE


@pytest.mark.spec("RAT-7")
def test_what_is_counted() -> None:
    home = client(
        "home",
        torrent("a", S.DOWNLOADING, amount_left=10),
        torrent("b", S.STALLED_DL, amount_left=20),
        torrent("c", S.FORCED_DL, amount_left=40, dlspeed=7),
        torrent("d", S.UPLOADING),
        torrent("e", S.STALLED_UP),
        torrent("f", S.FORCED_UP, upspeed=3),
        torrent("g", S.PAUSED_DL, amount_left=80),
        torrent("h", S.PAUSED_DL, amount_left=160),
        torrent("elsewhere", S.DOWNLOADING, host="example.net", amount_left=320),
        up=100,
        down=200,
    )
    attic = client("attic", torrent("h", S.PAUSED_DL, amount_left=640), up=1, down=2)
    figures = count_stats([home, attic], [("home", "h"), ("home", "gone")])
    assert figures == PassStats(
        upspeed=101,
        dlspeed=202,
        active_uploads=2,
        active_downloads=2,
        frozen=2,
        torrents=9,
        flowing_left=70,
        frozen_left=160,
    )


@pytest.mark.spec("RAT-7")
def test_a_speed_that_nobody_told_is_unknown() -> None:
    assert count_stats([], []) == PassStats(None, None, 0, 0, 0, 0, 0, 0)


@pytest.mark.spec("RAT-8")
def test_freeleech_is_not_among_what_is_to_come_where_it_does_not_count() -> None:
    free = frozenset({"free"})
    home = client(
        "home",
        torrent("a", S.DOWNLOADING, amount_left=10, tags=free),
        torrent("b", S.PAUSED_DL, amount_left=20, tags=free),
        torrent("c", S.DOWNLOADING, amount_left=40),
    )
    counted = count_stats([home], [("home", "b")])
    assert (counted.flowing_left, counted.frozen_left) == (50, 20)
    spared = count_stats([home], [("home", "b")], "free")
    assert (spared.flowing_left, spared.frozen_left) == (40, 0)
    assert (spared.torrents, spared.frozen) == (3, 1)


def test_a_frozen_download_that_runs_again_flows() -> None:
    figures = count_stats([client("home", torrent("a", S.DOWNLOADING, amount_left=10))], [("home", "a")])
    assert (figures.flowing_left, figures.frozen_left) == (10, 0)


def marks(*rows: tuple[float, int, int]) -> list[TotalsSample]:
    return [TotalsSample(NOW - timedelta(minutes=minutes), up, down) for minutes, up, down in rows]


def test_a_rate_is_the_mean_over_its_window() -> None:
    seen = marks((60, 0, 0), (30, 1_800, 0), (0, 3_600, 360))
    assert rate_over(seen, 3_600, NOW) == Rates(3_600, 1.0, 0.1)
    assert rate_over(seen, 1_800, NOW) == Rates(1_800, 1.0, 0.2)


@pytest.mark.parametrize(
    "seen",
    [marks(), marks((0, 5, 5)), marks((20, 0, 0), (0, 900, 0)), marks((300, 0, 0), (200, 9, 9)), marks((-5, 1, 1))],
)
def test_a_window_that_is_not_half_covered_has_no_rate(seen: list[TotalsSample]) -> None:
    assert rate_over(seen, 3_600, NOW) is None


def test_totals_that_fell_begin_a_new_stretch() -> None:
    seen = marks((60, 5_000, 0), (45, 5_900, 0), (30, 100, 0), (0, 1_900, 0))
    assert rate_over(seen, 3_600, NOW) == Rates(3_600, 1.0, 0.0)


walks = st.lists(st.tuples(st.integers(1, 600), st.integers(0, 10**9), st.integers(0, 10**9)), max_size=30)


@given(walks, st.integers(60, 100_000))
def test_a_rate_lies_between_the_slowest_and_the_quickest_stretch(
    walk: list[tuple[int, int, int]], window: int
) -> None:
    at, up, down = NOW - timedelta(seconds=sum(seconds for seconds, _, _ in walk)), 0, 0
    seen = [TotalsSample(at, up, down)]
    for seconds, more_up, more_down in walk:
        at, up, down = at + timedelta(seconds=seconds), up + more_up, down + more_down
        seen.append(TotalsSample(at, up, down))
    rates = rate_over(reversed(seen), window, NOW)
    if rates is not None:
        ups = [more_up / seconds for seconds, more_up, _ in walk]
        downs = [more_down / seconds for seconds, _, more_down in walk]
        assert min(ups) * (1 - 1e-9) <= rates.up <= max(ups) * (1 + 1e-9)
        assert min(downs) * (1 - 1e-9) <= rates.down <= max(downs) * (1 + 1e-9)


def test_rates_of_several_clients_add_up_and_one_unknown_makes_all_unknown() -> None:
    one, other = Rates(60, 1, 2), Rates(60, 10, 20)
    assert add_rates([one, other]) == Rates(60, 11, 22)
    assert add_rates([one, None]) is None
    assert add_rates([]) is None

"""What a command shows when there is very much of it, or nothing at all."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mamctl.cli.commands.abs.check import BookView, CheckData, FieldView, render_check
from mamctl.cli.commands.drift.check import DriftData
from mamctl.cli.commands.drift.check import render_check as render_drift
from mamctl.cli.commands.meta.series import SeriesData, render_series
from mamctl.cli.commands.queue.run import RunData, render_run
from mamctl.cli.commands.ratio.points import render_points
from mamctl.cli.commands.vip.history import HistoryData, render_history
from mamctl.cli.context import Requests
from mamctl.domain.account.points import Points
from mamctl.domain.account.vip import Condition
from mamctl.domain.catalogues.series_gaps import OwnedVolume, SeriesGaps
from mamctl.domain.matching.records import SeriesVolume
from mamctl.domain.outcome import Rows
from mamctl.domain.text.quantities import count_of
from mamctl.jobs.queue.context import ItemNote
from mamctl.output.screen import Screen
from mamctl.store.account.decisions import PastDecision

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def shown(render: Any, data: Any, *, terminal: bool = False, verbose: bool = False) -> list[str]:
    stream = Terminal() if terminal else io.StringIO()
    render(Screen(stream, verbose=verbose), data)
    return stream.getvalue().splitlines()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_count_has_its_noun_in_the_right_number() -> None:
    assert [count_of(n, "torrent") for n in (0, 1, 2, 1_204)] == [
        "0 torrents", "1 torrent", "2 torrents", "1,204 torrents",
    ]  # fmt: skip
    assert [count_of(n, "category", "categories") for n in (1, 90)] == ["1 category", "90 categories"]


def differing(books: int) -> CheckData:
    fields = tuple(FieldView(name, "ours", "theirs", "nobody", agreed=False) for name in ("narrators", "year"))
    yours = FieldView("title", "A Study", "A Study (by hand)", "somebody", agreed=False)
    found = [BookView(n, f"li_{n}", (yours, *fields) if n == 7 else fields) for n in range(1, books + 1)]
    return CheckData(Rows(lambda: iter(found)), books, (), {"one": books}, 1)


def test_many_differences_are_counted_on_a_terminal_and_what_you_set_is_shown() -> None:
    assert shown(render_check, differing(300), terminal=True) == [
        "field      values that differ  set by someone there",
        "narrators                 300                     0",
        "year                      300                     0",
        "title                       1                     1",
        "601 values differ in 300 books; --verbose has each",
        "book  field  mamctl   Audiobookshelf     set by",
        "7     title  A Study  A Study (by hand)  someone there",
        "1 value was set by someone there, and is evidence here: see",
        "mamctl meta show BOOK --evidence",
    ]


@pytest.mark.parametrize(("terminal", "verbose"), [(True, True), (False, False)])
def test_each_difference_is_there_where_all_are_wanted(terminal: bool, verbose: bool) -> None:
    lines = shown(render_check, differing(300), terminal=terminal, verbose=verbose)
    assert sum("theirs" in line or "by hand" in line for line in lines) == 601


def test_few_differences_are_shown_each() -> None:
    assert sum("theirs" in line for line in shown(render_check, differing(8), terminal=True)) == 16


def decision(day: int, **more: Any) -> PastDecision:
    conditions = (Condition("due", False, f"{40 - day} days left"), Condition("class", True, "VIP"))
    at, reason = NOW + timedelta(days=day), f"{40 - day} days left"
    return replace(PastDecision(at, "skipped", reason, None, 12_500.0, None, conditions, None), **more)


def test_checks_that_found_the_same_are_shown_once() -> None:
    changed = (Condition("due", True, "29 days left"), Condition("class", True, "VIP"))
    past = (decision(11, conditions=changed, reason="no points"), *(decision(day) for day in range(10, 0, -1)))
    data = HistoryData(past, (), ())
    assert shown(render_history, data) == [
        "2026-12-06 12:00 UTC  skipped: no points",
        "    ✓ due: 29 days left",
        "    ✓ the class may buy: VIP",
        "2026-12-05 12:00 UTC  skipped: 30 days left",
        "    ✗ due: 30 days left",
        "    ✓ the class may buy: VIP",
        "    the same in 9 checks before it, from 2026-11-26 12:00 UTC",
    ]
    assert len(shown(render_history, data, verbose=True)) == 33


def test_series_without_a_gap_share_a_line() -> None:
    owned = tuple(OwnedVolume(book, f"Book {book}", str(book)) for book in (1, 2))
    whole = [SeriesGaps(f"Saga {n}", "audible", f"s{n}", owned, (), (), ()) for n in range(1, 4)]
    gap = replace(whole[1], missing=(SeriesVolume(position="3", title="Book 3"),))
    assert shown(render_series, SeriesData((whole[0], gap, whole[2]), ("Lore",))) == [
        "Saga 2: 2 here, 1 missing (audible)",
        "  missing: #3 Book 3",
        "Nothing missing: Saga 1 (2), Saga 3 (2)",
        "Not listed by any catalogue: Lore",
    ]


def test_what_waits_for_one_reason_is_shown_together() -> None:
    held = tuple(ItemNote(n, f"Book {n}", None, "held", "the disk is full") for n in (3, 5))
    other = (ItemNote(4, "Book 4", None, "held", "the ratio is low"),)
    data = RunData((), (), (), (), (held[0], *other, held[1]), (), (), None, Requests(0, 0, 500))
    assert shown(render_run, data) == [
        "Held, the disk is full:",
        "  3  Book 3",
        "  5  Book 5",
        "Held: 4  Book 4 (the ratio is low)",
    ]


def test_nothing_to_compare_is_said() -> None:
    assert shown(render_drift, DriftData(0, 0, 0, 0, Rows(lambda: iter(())))) == [
        "No matched book is due for a comparison; --all compares every one."
    ]


def test_what_is_not_known_of_the_points_is_left_out() -> None:
    unknown = Points(None, None, 12_500.0, None, None, None, None, None, None, None, None)
    assert shown(render_points, unknown) == [
        "Too few readings of the account: mamctl vip check makes one a day.",
        "  balance       12,500",
        "  next renewal  none: your class has VIP for good",
    ]
    known = replace(unknown, since=NOW, until=NOW, earned=90.0, spent=0.0, spent_elsewhere=0.0, earned_per_day=9.0)
    assert shown(render_points, known)[2:4] == ["  earned        90 (9 a day)", "  spent         0"]

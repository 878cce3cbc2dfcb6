"""Wanted titles: what is the same title, and when it is free."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.pending import PendingStatus, Wanted, is_wanted, judge_wanted
from mamctl.domain.site.search import TorrentRow


def row(title: str = "The Salt Road", authors: tuple[str, ...] = ("Mara Vell",), **more) -> TorrentRow:
    return TorrentRow(id=more.pop("id", 7), title=title, authors=authors, **more)


@pytest.mark.parametrize(
    ("title", "author", "same"),
    [
        ("The Salt Road", "Mara Vell", True),
        ("the salt road", "VELL, Mara", True),
        ("The Salt Road (Unabridged)", "Mara Vell", True),
        ("The Salt Road", "", True),
        ("The Sált Road", "Mara Véll", True),
        ("The Salt Road 2", "Mara Vell", False),
        ("The Salt Road", "Ines Quill", False),
        ("Road", "Mara Vell", False),
    ],
)
def test_the_same_title(title: str, author: str, same: bool) -> None:
    assert is_wanted(Wanted(title, author), row()) is same


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("found", "vip", "status"),
    [
        (row(free=True), False, PendingStatus.AVAILABLE_FREE),
        (row(personal_freeleech=True), False, PendingStatus.AVAILABLE_FREE),
        (row(vip=True), True, PendingStatus.AVAILABLE_FREE),
        (row(vip=True), False, PendingStatus.PENDING),
        (row(), True, PendingStatus.PENDING),
        (row(title="Other"), True, PendingStatus.PENDING),
    ],
)
def test_free_by_pick_by_wedge_or_by_vip_while_it_lasts(found: TorrentRow, vip: bool, status: PendingStatus) -> None:
    assert judge_wanted(Wanted("The Salt Road", "Mara Vell"), (found,), vip_active=vip).status is status


def test_a_torrent_id_needs_no_guessing() -> None:
    assert is_wanted(Wanted("whatever", torrent_id=7), row())
    assert judge_wanted(Wanted("x", torrent_id=8), (row(),), vip_active=False).status is PendingStatus.FAILED
    unsearched = judge_wanted(Wanted("x", torrent_id=8), (row(),), vip_active=False, searched=False)
    assert unsearched.status is PendingStatus.PENDING


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=300))
def test_any_text_is_judged_without_a_fault(title: str, author: str, found: str) -> None:
    judge_wanted(Wanted(title, author), (row(title=found),), vip_active=True)

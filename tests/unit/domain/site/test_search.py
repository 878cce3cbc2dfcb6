"""What is free for whom, and where a search goes on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.site.search import SearchPage, TorrentRow, is_free_for


@given(st.builds(TorrentRow, id=st.integers(), title=st.text(), free=st.booleans(), vip=st.booleans()))
def test_vip_never_makes_anything_dearer(row):
    assert is_free_for(row, vip_active=True) >= is_free_for(row, vip_active=False)


def test_a_wedge_makes_it_free_without_vip():
    assert is_free_for(TorrentRow(1, "T", personal_freeleech=True), vip_active=False)
    assert not is_free_for(TorrentRow(1, "T", vip=True), vip_active=False)
    assert is_free_for(TorrentRow(1, "T", vip=True), vip_active=True)


def test_pages_end():
    row = TorrentRow(1, "T")
    assert SearchPage((row,), found=3, start=0, unreadable=1).next_start == 2
    assert SearchPage((row,), found=1, start=0).next_start is None
    assert SearchPage((), found=9, start=5).next_start is None

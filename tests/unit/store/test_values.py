"""Every file name can be stored, and comes back as it was."""

from __future__ import annotations

import os
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from mamctl.store.values import path_to_text, text_to_path

names = st.binary(max_size=30).map(os.fsdecode) | st.text(alphabet="\\uxdc0f58\udcff\udc80é", max_size=20)


@given(names)
def test_names_come_back_byte_for_byte(name: str):
    stored = path_to_text(name)
    assert sqlite3.connect(":memory:").execute("SELECT ?", (stored,)).fetchone()[0] == stored
    assert text_to_path(stored) == name


@given(names, names)
def test_two_names_are_never_stored_as_one(one: str, other: str):
    assert (path_to_text(one) == path_to_text(other)) == (one == other)


def test_ordinary_names_stay_readable():
    assert path_to_text("/a/Zoë Brontë – 愛.mp3") == "/a/Zoë Brontë – 愛.mp3"
    assert path_to_text(os.fsdecode(b"/a/caf\xe9.mp3")) == "/a/caf\\udce9.mp3"

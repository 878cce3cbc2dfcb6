"""Zeros where sound must be are found; zeros that a format may hold are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.audio.embedded_tags import tag_end, without_tags
from mamctl.adapters.audio.zero_regions import SHORTEST, ZeroRegions, find_zeros

SOUND = b"\xff\xfb\x90\xc4" + b"sound" * 83
MIB = 1024 * 1024


def id3(size: int, padding: int = 0) -> bytes:
    """A tag of `size` bytes behind its header, the last `padding` of them zeros."""
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + digits + b"p" * (size - padding) + bytes(padding)


def found(tmp_path: Path, *parts: bytes) -> ZeroRegions:
    path = tmp_path / "book"
    path.write_bytes(b"".join(parts))
    return find_zeros(str(path))


def sound(size: int) -> bytes:
    return (SOUND * (size // len(SOUND) + 1))[:size]


def test_whole_sound_has_none(tmp_path):
    assert found(tmp_path, sound(3 * MIB)) == ZeroRegions()
    assert found(tmp_path) == ZeroRegions()
    assert found(tmp_path, b"\xff") == ZeroRegions()


def test_a_third_of_zeros_is_measured(tmp_path):
    zeros = found(tmp_path, sound(MIB), bytes(MIB), sound(MIB))
    assert zeros.size == pytest.approx(MIB, abs=8192)
    assert zeros.first == pytest.approx(MIB, abs=4096)


def test_the_padding_of_tags_is_no_sound(tmp_path):
    tag = id3(MIB, padding=MIB - 1000)
    assert found(tmp_path, tag, sound(MIB)) == ZeroRegions()
    assert found(tmp_path, tag, sound(MIB), tag, sound(MIB)) == ZeroRegions()


def test_samples_may_be_zeros(tmp_path):
    assert found(tmp_path, b"RIFF\x00\x00\x00\x00WAVE", bytes(MIB)) == ZeroRegions()


def test_the_padding_of_flac_and_of_mp4_is_no_sound(tmp_path):
    padding = b"\x81" + MIB.to_bytes(3, "big") + bytes(MIB)
    assert found(tmp_path, b"fLaC", padding, sound(MIB)) == ZeroRegions()
    free = (MIB + 8).to_bytes(4, "big") + b"free" + bytes(MIB)
    data = (MIB + 8).to_bytes(4, "big") + b"mdat"
    head = b"\x00\x00\x00\x10ftypM4B \x00\x00\x00\x00"
    assert found(tmp_path, head, free, data, sound(MIB)) == ZeroRegions()
    assert found(tmp_path, head, free, data, bytes(MIB)).size >= MIB - 8192


def test_a_short_run_is_none(tmp_path):
    assert found(tmp_path, sound(MIB), bytes(SHORTEST // 2), sound(MIB)) == ZeroRegions()


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_no_bytes_break_the_search_for_tags(data, at):
    assert tag_end(data, at) == 0 or tag_end(data, at) >= at


@given(st.lists(st.sampled_from([SOUND, id3(500), id3(3000, 1000), b"x"]), max_size=6))
def test_what_is_left_has_no_tag_and_all_of_the_sound(tmp_path_factory, parts):
    path = tmp_path_factory.mktemp("tags") / "book.mp3"
    path.write_bytes(b"".join(parts))
    with path.open("rb") as file:
        left = b"".join(without_tags(file))
    assert left == b"".join(part for part in parts if not part.startswith(b"ID3"))

"""Torrent files: which files they list, and that nothing else in them does harm."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from bencode2 import bencode
from hypothesis import given
from hypothesis import strategies as st

from mamctl.adapters.library.torrent_file import decode_bencoding, read_torrent
from mamctl.domain.library.torrent_contents import ListedFile

values = st.recursive(
    st.integers(-(10**12), 10**12) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)


def torrent(tmp_path: Path, **info) -> Path:
    path = tmp_path / "t.torrent"
    path.write_bytes(bencode({"announce": "http://tracker.test/announce", "info": info}))
    return path


def plain(value):
    if isinstance(value, dict):
        return {key.encode(): plain(entry) for key, entry in value.items()}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def test_a_folder_of_files(tmp_path: Path):
    files = [{"length": 5, "path": ["CD1", "é.mp3"]}, {"length": 0, "path": ["cover.jpg"]},
             {"length": 9, "path": [".pad", "9"], "attr": "p"}]  # fmt: skip
    listing = read_torrent(torrent(tmp_path, name="Book", files=files))
    assert (listing.name, listing.single, listing.size) == ("Book", False, 5)
    assert listing.files == (ListedFile("CD1/é.mp3", 5), ListedFile("cover.jpg", 0))


def test_one_file_and_names_of_any_bytes(tmp_path: Path):
    listing = read_torrent(torrent(tmp_path, name=b"caf\xe9.m4b", length=7))
    assert listing.files == (ListedFile(os.fsdecode(b"caf\xe9.m4b"), 7),)
    assert listing.single


def test_the_file_tree_of_the_second_version(tmp_path: Path):
    tree = {"CD1": {"a.mp3": {"": {"length": 3}}}, "b.mp3": {"": {"length": 4}}}
    assert read_torrent(torrent(tmp_path, name="Book", **{"file tree": tree})).files == (
        ListedFile("CD1/a.mp3", 3), ListedFile("b.mp3", 4),
    )  # fmt: skip
    assert read_torrent(torrent(tmp_path, name="b.mp3", **{"file tree": {"b.mp3": {"": {"length": 4}}}})).single


@pytest.mark.parametrize(
    "info",
    [
        {"name": "..", "length": 1},
        {"name": "a/b", "length": 1},
        {"name": "A", "files": [{"length": 1, "path": ["..", "x"]}]},
        {"name": "A", "files": [{"length": 1, "path": ["x/../../y"]}]},
        {"name": "A", "files": [{"length": 1, "path": []}]},
        {"name": "A", "files": [{"length": -1, "path": ["x"]}]},
        {"name": "A", "files": []},
        {"name": "A", "files": 3},
        {"name": "A"},
        {"length": 3},
        {},
    ],
)
def test_what_leads_outside_or_lists_nothing_is_refused(tmp_path: Path, info):
    with pytest.raises(ValueError, match=r"\w"):
        read_torrent(torrent(tmp_path, **info))


@pytest.mark.parametrize("data", [b"", b"d", b"de", b"i5e", b"<html>", b"d4:infod", b"5:abc", b"i5ex", b"l" * 100_000])
def test_what_is_no_torrent_is_refused(tmp_path: Path, data: bytes):
    (tmp_path / "t.torrent").write_bytes(data)
    with pytest.raises(ValueError, match=r"\w"):
        read_torrent(tmp_path / "t.torrent")


@given(values)
def test_what_is_encoded_is_decoded(value):
    assert decode_bencoding(bencode(value)) == plain(value)


@given(
    st.binary(max_size=200)
    | values.map(bencode).flatmap(lambda data: st.integers(0, len(data)).map(lambda n: data[:n]))
)
def test_no_bytes_raise_anything_but_a_value_error(data: bytes):
    with contextlib.suppress(ValueError):
        decode_bencoding(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"d4:infod4:name1:a6:lengthi1eee", "not sorted"),
        (b"d4:infod6:lengthi01e4:name1:aee", "should not start with '0'"),
        (b"d4:infod6:lengthi1e6:lengthi2e4:name1:aee", "duplicated"),
    ],
)
def test_what_is_not_canonical_is_named_so(tmp_path: Path, data: bytes, why: str):
    (tmp_path / "t.torrent").write_bytes(data)
    with pytest.raises(ValueError, match=why):
        read_torrent(tmp_path / "t.torrent")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("data", [b"l" + b"le" * 3_000_000 + b"e", b"l" + b"i1e" * 3_000_000 + b"e", b"d" * 40_000_000])
def test_a_bomb_is_refused_before_it_is_unpacked(data: bytes):
    with pytest.raises(ValueError, match=r"too many values|too large"):
        decode_bencoding(data)

"""A download against its torrent's list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.library.torrent_contents import (
    FileComparison,
    ListedFile,
    TorrentListing,
    WrongSize,
    compare_files,
    judge_files,
)

pytestmark = pytest.mark.spec("META-4")

files = st.dictionaries(
    st.sampled_from([f"{folder}{name}" for folder in ("", "CD1/", "CD2/") for name in ("a", "b", "c")]),
    st.integers(0, 4),
).map(lambda sizes: tuple(ListedFile(path, size) for path, size in sizes.items()))


def test_every_difference_has_its_kind():
    listed = (ListedFile("a", 1), ListedFile("b", 2), ListedFile("c", 3), ListedFile("CD1/d", 4))
    found = (ListedFile("a", 1), ListedFile("b", 9), ListedFile("CD1/renamed", 4), ListedFile("x.nfo", 7))
    assert compare_files(listed, found) == FileComparison(
        ("c",), (WrongSize("b", 9, 2),), (("CD1/d", "CD1/renamed"),), ("x.nfo",)
    )


def test_a_renamed_file_is_looked_for_in_its_own_folder_first():
    listed = (ListedFile("CD1/a", 5), ListedFile("CD2/a", 5))
    assert compare_files(listed, [ListedFile("CD2/z", 5)]).missing == ("CD1/a",)


@given(files, files)
def test_each_listed_file_has_one_fate_and_each_found_one(listed, found):
    compared = compare_files(listed, found)
    there = {file.path for file in found}
    new_names = [new for _, new in compared.renamed]
    assert sorted([*compared.missing, *(old for old, _ in compared.renamed)]) == sorted(
        file.path for file in listed if file.path not in there
    )
    assert len(set(new_names)) == len(new_names)
    assert sorted([*new_names, *compared.foreign, *(there & {file.path for file in listed})]) == sorted(there)
    assert {file.path for file in compared.wrong_size} <= there


@given(files)
def test_what_is_whole_has_no_problem(listed):
    compared = compare_files(listed, listed)
    assert compared == FileComparison()
    assert list(judge_files(TorrentListing("T", listed), compared, "/d/T")) == []


@given(files, st.data())
def test_one_lost_or_cut_file_is_told(listed, data):
    if not listed:
        return
    lost = data.draw(st.sampled_from(listed))
    rest = tuple(file for file in listed if file is not lost)
    torrent = TorrentListing("T", listed)
    (missing,) = judge_files(torrent, compare_files(listed, rest), "/d/T")
    assert (missing.code, lost.path in missing.message) == ("files_missing", True)
    cut = (*rest, ListedFile(lost.path, lost.size + 1))
    (differs,) = judge_files(torrent, compare_files(listed, cut), "/d/T")
    assert (differs.code, differs.subject) == ("size_differs", f"/d/T/{lost.path}")

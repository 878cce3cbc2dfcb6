"""Wanted titles: which torrents are the title, what a look says, and how the site is searched."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.account.availability import FreeRows, judge_again, judge_wanted, match_row
from mamctl.domain.account.pending import FindingKind, PendingStatus, Wanted
from mamctl.domain.account.wanted_query import queries_for, search_words
from mamctl.domain.matching.match import VerdictKind
from mamctl.domain.site.search import SeriesEntry, TorrentRow

YES, PERHAPS, NO = VerdictKind.MATCH, VerdictKind.AMBIGUOUS, VerdictKind.NONE
MARA = "Mara Vell"


def row(title: str = "The Salt Road", authors: tuple[str, ...] = (MARA,), **more) -> TorrentRow:
    return TorrentRow(id=more.pop("id", 7), title=title, authors=authors, **more)


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("wanted", "listed", "same"),
    [
        ("the salt road", "The Salt Road", YES),
        ("The Salt Road (Unabridged)", "The Salt Road", YES),
        ("The Sált Road", "The Salt Road", YES),
        ("The Salt Road", "The Salt Road: Lantern Cycle, Book 1", YES),
        ("Catch Twenty-Two", "Catch 22", YES),
        ("The Salt Road: Book Two", "The Salt Road: Book 2", YES),
        ("Salt Road", "Salt Road: A Novel", YES),
        ("Salt Road", "Salt Road: Book One of the Shore", YES),
        ("Salt Road", "Salt Road - Shore 01", YES),
        ("Salt Road: A Novel", "Salt Road", YES),
        ("Salt Road: Book One of the Shore", "Salt Road", YES),
        ("Salt Road - Shore 01", "Salt Road", YES),
        ("Salt Road (Shore 1)", "Salt Road", YES),
        ("The King's Road", "The Kings Road", YES),
        ("S.P.Q.R.", "SPQR", YES),
        ("日本語の本", "日本語の本", YES),
        ("The Salt King", "The Salt Ring", PERHAPS),
        ("A Winter Wood", "A Winter Word", PERHAPS),
        ("Hunter", "Hunters", NO),
        ("The Hunted King", "The Hunter King", NO),
        ("The Salt Road", "The Salt Road (Dramatized Adaptation)", NO),
        ("The Salt Road", "The Salt Road 2", NO),
        ("Road", "The Salt Road", NO),
        ("Salt Road - Shore 01", "Salt Road - Shore 02", NO),
        ("Salt Road (Shore 1)", "Salt Road (Shore 2)", NO),
        ("Lantern Cycle", "Lantern Cycle - Volume 02", NO),
        ("x" * 2_000, "The Salt Road", NO),
    ],
)
def test_the_matcher_says_what_is_the_same_title(wanted: str, listed: str, same: VerdictKind) -> None:
    assert match_row(Wanted(wanted, MARA), row(listed)) is same


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("place", "series", "same"),
    [
        ("Salt Road - Shore 02", SeriesEntry("Shore", "2", 2.0), YES),
        ("Salt Road - Shore 02", SeriesEntry("Shore", "1", 1.0), NO),
        ("Salt Road - Shore 02", SeriesEntry("Coasts", "1", 1.0), PERHAPS),
        ("Salt Road - Shore 02", SeriesEntry("Shore", "01-03", 1.0), NO),
        ("Salt Road", SeriesEntry("Shore", "1", 1.0), YES),
    ],
)
def test_another_volume_of_a_series_is_another_book(place: str, series: SeriesEntry, same: VerdictKind) -> None:
    assert match_row(Wanted(place, MARA), row("Salt Road", series=(series,))) is same


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("wanted", "listed", "same"),
    [
        ("R.A. Nimble", ("R A Nimble",), YES),
        ("J.R.R. Brandt", ("J R R Brandt",), YES),
        ("A.B. Li", ("AB Li",), YES),
        ("Robert A. Nimble", ("R A Nimble",), YES),
        ("VELL, Mara", (MARA,), YES),
        ("Mary O'Brien", ("Mary OBrien",), YES),
        ("村上", ("村上",), YES),
        ("Mara Vell", ('Mara "MV" Vell', "Tom Asher"), YES),
        ("\U0002a700", (MARA,), NO),  # a letter that has no Latin form
        ("Ines Quill", (MARA,), NO),
        (MARA, (), PERHAPS),
        ("", (MARA,), PERHAPS),
    ],
)
def test_one_author_however_written(wanted: str, listed: tuple[str, ...], same: VerdictKind) -> None:
    assert match_row(Wanted("The Salt Road", wanted), row(authors=listed)) is same
    # However telling the title is, a torrent that names no author is only perhaps it.
    telling = "The Long Salt Road Home Again"
    assert match_row(Wanted(telling, wanted), row(telling, listed)) is same or (not wanted and listed)


@pytest.mark.spec("VIP-5")
@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("rows", "vip", "status", "kind", "needs_vip"),
    [
        ((row(free=True),), False, "available_free", "found", False),
        ((row(personal_freeleech=True),), False, "available_free", "found", False),
        ((row(vip=True),), True, "available_free", "found", True),
        ((row(vip=True),), False, "pending", "found", True),
        ((row(vip=True), row(id=8, free=True)), True, "available_free", "found", False),
        ((row(vip=True), row(id=8)), False, "pending", "found", True),
        ((row(vip=True, free=True),), True, "available_free", "found", False),
        ((row(),), True, "pending", "found", False),
        ((row(authors=(), free=True, vip=True),), True, "pending", "perhaps", False),
        ((row(authors=(), vip=True), row(id=8)), True, "pending", "found", False),
        ((row("Other"),), True, "pending", "not_found", False),
        ((), False, "pending", "not_found", False),
    ],
)
def test_free_by_pick_by_wedge_or_by_vip_and_only_the_last_is_a_shortage(
    rows: tuple[TorrentRow, ...], vip: bool, status: str, kind: str, needs_vip: bool
) -> None:
    finding = judge_wanted(Wanted("The Salt Road", MARA), rows, vip_active=vip)
    assert (finding.status.value, finding.kind and finding.kind.value, finding.needs_vip) == (status, kind, needs_vip)
    if kind == "perhaps":
        assert "perhaps torrent 7" in finding.note


def test_not_on_the_site_is_said_only_when_every_hit_was_seen() -> None:
    finding = judge_wanted(Wanted("Hunter", MARA), (row(),), vip_active=False, hits=612)
    assert finding.kind is None
    assert finding.note == "not among the first 1 of 612 that the search found"


def test_a_torrent_id_needs_no_guessing() -> None:
    assert match_row(Wanted("whatever", torrent_id=7), row()) is YES
    assert judge_wanted(Wanted("x", torrent_id=8), (row(),), vip_active=False).status is PendingStatus.FAILED


def test_rows_fetched_for_something_else_tell_only_what_is_free_for_everyone() -> None:
    wanted = Wanted("The Salt Road", MARA)
    assert FreeRows((row(vip=True), row(id=8))).find(wanted) is None
    assert FreeRows((row(authors=(), free=True),)).find(wanted) is None
    finding = FreeRows((row(vip=True), row(id=8, free=True))).find(wanted)
    assert finding is not None
    assert (finding.kind, finding.matches[0].torrent_id) == (FindingKind.FOUND, 8)


@pytest.mark.spec("VIP-10")
@pytest.mark.parametrize(
    ("title", "author", "texts"),
    [
        ("Salt Road: A Novel", "R.A. Nimble", ["Salt Road Nimble", "Salt Road", "R A Nimble"]),
        ("él último", "José Ñandú", ["él último Ñandú", "él último", "José Ñandú"]),
        ("日本語", "村上", ["日本語 村上", "日本語", "村上"]),
        ("हिन्दी", "क ख", ["हिन्दी ख", "हिन्दी", "क ख"]),
        ("S.P.Q.R.", "Mary O'Brien Jr.", ["S P Q R Brien", "S P Q R", "Mary O Brien Jr"]),
        ("Salt Road - Shore 01", "VELL, Mara", ["Salt Road VELL", "Salt Road", "Mara VELL"]),
        ("F*ck It", "J.R.R. Brandt & Tom Asher", ["F ck It Brandt", "F ck It", "J R R Brandt"]),
        ("...", "?", []),
    ],
)
def test_the_site_is_asked_in_words_that_it_indexes(title: str, author: str, texts: list[str]) -> None:
    assert [query.text for query in queries_for(Wanted(title, author))] == texts


@given(st.text(max_size=300))
def test_search_words_are_letters_marks_and_digits_as_written(text: str) -> None:
    words = search_words(text)
    assert all(char == " " or unicodedata.category(char)[0] in "LMN" for char in words)
    assert [c for c in words if c != " "] == [c for c in text if unicodedata.category(c)[0] in "LMN"]


@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=300))
def test_any_text_is_judged_without_a_fault(title: str, author: str, found: str) -> None:
    wanted = Wanted(title, author)
    judge_wanted(wanted, (row(title=found),), vip_active=True)
    assert all(len(query.text) <= 200 for query in queries_for(wanted))


_ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["The Salt Road", "The Salt Ring", "Winter"]),
        st.sampled_from([(MARA,), (), ("Jo Penn",)]),
        id=st.integers(1, 9),
        free=st.booleans(),
        vip=st.booleans(),
        personal_freeleech=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(_ROWS, st.booleans(), st.booleans(), st.sampled_from([Wanted("The Salt Road", MARA), Wanted("Any", MARA, 3)]))
def test_a_finding_judged_again_after_vip_changed_is_what_the_rows_would_have_given(
    rows: list[TorrentRow], before: bool, after: bool, wanted: Wanted
) -> None:
    seen = judge_wanted(wanted, rows, vip_active=before)
    again = judge_again(seen.matches, seen.kind, None, vip_active=after)
    assert (again or seen) == judge_wanted(wanted, rows, vip_active=after)

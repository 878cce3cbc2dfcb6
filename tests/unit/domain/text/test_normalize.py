"""Forms of text: folding, repairing, lengths, dates, placeholders, languages, identifiers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mamctl.domain.text.dates import is_coarser, parse_copyright, parse_date
from mamctl.domain.text.durations import parse_duration, spell_duration
from mamctl.domain.text.identifiers import find_asin, isbn13, parse_asin, parse_isbn
from mamctl.domain.text.languages import language_code, parse_language
from mamctl.domain.text.normalize import fold, fold_title, plain_text, repair, tidy, word_sieve
from mamctl.domain.text.placeholders import is_chapter_title, is_genre_placeholder, is_placeholder
from mamctl.domain.text.titles import parse_title


def test_titles_that_differ_in_form_only_fold_alike():
    for text in ("Salt Road, The", "the salt  road", "THE SALT-ROAD", "The Sált Road"):
        assert fold_title(text) == fold_title("The Salt Road")
    assert fold("A & B") == fold("a and b")
    assert fold("???") != fold("!!!")


@given(st.text(max_size=80))
def test_folding_is_idempotent_and_blind_to_case_and_blanks(text):
    assert fold(fold(text)) == fold(text)
    assert fold(f"  {text}\t") == fold(text)
    assert tidy(tidy(text)) == tidy(text)


_SIGNS = st.text(alphabet="abAB é\u0301'`’&\\\"?!-_/0²\n\x07", max_size=12)


@given(_SIGNS | st.text(max_size=40), st.lists(_SIGNS | st.text(max_size=6), max_size=3))
@example("O'Neil & Sons", ["oneil", "and"])
@example('["Bont\\u00e9"]', ["bonte"])
@example("???", ["???"])
def test_no_text_is_sieved_out_that_has_the_words(text, words):
    folded = [fold(word) for word in words]
    assert word_sieve(folded)(text) or not all(word in fold(text) for word in folded)
    assert not word_sieve(["salt"])("Road of Copper")


def test_what_is_no_unicode_is_read_as_what_it_most_likely_was():
    assert tidy(b"Lotte Gro\xdf - \xdcbung".decode("utf-8", "surrogateescape")) == "Lotte Groß - Übung"
    assert tidy("salt \ud800road") == "salt \ufffdroad"
    assert plain_text("<p>salt \ud800road</p>&#xd800;") == "salt \ufffdroad\n\n\ufffd"


@given(st.text(alphabet=st.characters(), max_size=40))
def test_whatever_is_tidied_can_be_written(text):
    tidy(text).encode("utf-8")
    plain_text(text).encode("utf-8")


@given(st.text(alphabet=st.characters(min_codepoint=0xA1, max_codepoint=0x24F), min_size=1, max_size=20))
@example("°¡°¡")  # GBK, read as Latin-1, written as UTF-8, and read as Windows-1252
def test_mojibake_is_repaired_only_when_the_round_trip_is_clean(text):
    try:
        broken = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    assert repair(broken) == repair(text)
    assert repair("BrontÃ«") == "Brontë"
    assert repair("Brontë") == "Brontë"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2013", "2013"),
        ("2013-05", "2013-05"),
        ("2013-05-14", "2013-05-14"),
        ("2013-05-14T00:00:00Z", "2013-05-14"),
        ("17/06/2008", "2008-06-17"),
        ("06/05/2013", "2013"),
        ("01-JAN-2004", "2004-01-01"),
        ("May 3, 2011", "2011-05-03"),
        ("3 May 2011", "2011-05-03"),
        ("14-May-2013", "2013-05-14"),
        ("20130514", "2013-05-14"),
        ("0101-01-01", None),
        ("1000", None),
        ("soon", None),
        ("", None),
        ("2013-13-40", "2013"),
    ],
)
def test_a_date_is_as_fine_as_it_is_known(text, found):
    assert parse_date(text) == found


def test_a_copyright_is_two_facts():
    both = parse_copyright("©2011 Mara Vell (P)2013 Harbour Audio")
    assert (both.text_year, both.audio_year, both.audio_holder) == (2011, 2013, "Harbour Audio")
    assert parse_copyright("2011").text_year == 2011
    assert is_coarser("2013", "2013-05-14")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("11:04:09", 39849),
        ("11 hours, 4 minutes, 9 seconds", 39849),
        ("11 hrs 4 min", 39840),
        ("11 hrs and 4 mins", 39840),
        ("664", 39840),
        ("11:04", 39840),
        ("09;44;14", 35054),
        ("03.50.57", 13857),
        ("11 Std. 4 Min.", 39840),
        ("PT11H4M", 39840),
        ("0", None),
        ("long", None),
        ("", None),
    ],
)
def test_a_length_is_read(text, seconds):
    assert parse_duration(text) == seconds


@given(st.integers(min_value=60, max_value=10**6))
def test_a_spelt_length_is_read_again(seconds):
    assert parse_duration(spell_duration(seconds)) == seconds


@pytest.mark.parametrize(
    "text", ["Unknown", "[unknown]", "Track 01", "Various", "Audiobook", "n/a", "-", "Unknown Album (3)"]
)
def test_placeholders_are_known(text):
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["Title", "Mara Vell", "1984", "The Unknown Road", "Room", "It", "未知の道"])
def test_titles_are_no_placeholders(text):
    assert not is_placeholder(text)


def test_chapters_and_genres():
    assert all(is_chapter_title(text) for text in ("Chapter 1", "Prologue", "01", "Kapitel 3", "Opening Credits"))
    assert not any(is_chapter_title(text) for text in ("The Salt Road", "Part of Your World", "Chapterhouse"))
    assert is_genre_placeholder("Audiobook")
    assert not is_genre_placeholder("Fantasy")


def test_languages_and_identifiers():
    assert {parse_language(text) for text in ("en", "eng", "en-US", "English", "english")} == {"English"}
    assert (parse_language("Klingon"), parse_language("und"), language_code("German")) == ("Klingon", None, "deu")
    assert parse_asin("b00test123") == "B00TEST123"
    assert parse_asin("BESTSELLER") is None
    assert (parse_isbn("978-0-306-40615-7"), parse_isbn("9780306406158")) == ("9780306406157", None)
    assert isbn13("0306406152") == "9780306406157"
    assert find_asin("https://shop.test/pd/B00TEST123?ref=x") == "B00TEST123"


def test_markup_is_taken_off():
    assert plain_text("<p>A road of <i>salt</i>.</p><p>Second.</p>") == "A road of salt.\n\nSecond."
    assert plain_text("&lt;p&gt;A &amp;amp; B&lt;/p&gt;") == "A & B"
    assert plain_text("a < b and b > c") == "a < b and b > c"


@given(st.text(max_size=120))
def test_nothing_raises(text):
    for read in (
        parse_date,
        parse_duration,
        parse_language,
        parse_asin,
        parse_isbn,
        plain_text,
        is_placeholder,
        is_chapter_title,
        parse_copyright,
    ):
        read(text)
    assert parse_title(text).title or not tidy(text)


@given(
    st.lists(
        st.sampled_from(["salt", "road", "Winter", "(Unabridged)", "[B00TEST123]", "échos", "{Tom Asher}"]),
        min_size=1,
        max_size=6,
    )
)
def test_no_word_of_a_title_is_lost(parts):
    found = parse_title(" ".join(parts))
    held = fold(f"{found.title} {found.subtitle} {found.narrators} {found.asin} {found.notes}")
    assert set(fold(" ".join(part for part in parts if part != "(Unabridged)")).split()) <= set(held.split())


@pytest.mark.parametrize(
    ("broken", "meant"),
    [
        ("Je Ä\x8das metat kamenÃ\xad", "Je čas metat kamení"),
        ("GarcÃ\xada", "García"),
        ("VoilÃ\xa0", "Voilà"),
        ("Ender\x92s Road \x96 A \x93Tale\x94", "Ender’s Road – A “Tale”"),
        ("©2011 Mara â€“ Vell", "©2011 Mara – Vell"),
        ("Salt &amp; Iron", "Salt & Iron"),
        ("The &quot;Salt&quot; Myth", 'The "Salt" Myth'),
        ("Zo&#235; Fell", "Zoë Fell"),
        ("Miedziana łódź".encode("cp1250").decode("latin-1"), "Miedziana łódź"),
        ("Łucja Żółkiewska".encode("cp1250").decode("latin-1"), "Łucja Żółkiewska"),
        ("青木真理".encode("shift_jis").decode("latin-1"), "青木真理"),
        ("5 m³ Wasser, 3¹ und £5: ¿qué?", "5 m³ Wasser, 3¹ und £5: ¿qué?"),
        ("Соль".encode("cp1251").decode("latin-1"), "Соль"),
        ("Соль и море".encode("cp1251").decode("latin-1"), "Соль и море"),
        ("盐路".encode("gbk").decode("latin-1"), "盐路"),
        ("ソルトロード".encode("shift_jis").decode("latin-1"), "ソルトロード"),
        ("Überfahrt", "Überfahrt"),
        ("Åå", "Åå"),
        ("Ça ira", "Ça ira"),
        ("AT&T; or not", "AT&T; or not"),
    ],
)
def test_text_of_another_encoding_is_read_as_it_was_meant(broken, meant):
    assert tidy(repair(broken)).replace("’", "'").replace("“", '"').replace("”", '"') == meant.replace(
        "’", "'"
    ).replace("“", '"').replace("”", '"')

"""Lists of names are taken apart as a reader would, and names are compared as names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.text.credits import (
    normalise_name,
    parse_credits,
    same_people,
    same_person,
    split_people,
    unite_people,
)
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.publishers import is_publisher

pytestmark = pytest.mark.spec("META-6")

names = st.sampled_from(
    [
        "Mara Vell",
        "Tom Asher",
        "Inés Quill",
        "J. R. Okoye",
        "Ursula K. Le Guin",
        "Jean-Luc Éon",
        "Фёдор Тест",
        "Jo Penn",
    ]
)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Mara Vell", ["Mara Vell"]),
        ("Mara Vell, Tom Asher", ["Mara Vell", "Tom Asher"]),
        ("Mara Vell & Jo Penn", ["Mara Vell", "Jo Penn"]),
        ("Mara Vell, Jo Penn, and Ann Roe", ["Mara Vell", "Jo Penn", "Ann Roe"]),
        ("A / B", ["A", "B"]),
        ("Mara Vell/Tom Asher;Jo Penn", ["Mara Vell", "Tom Asher", "Jo Penn"]),
        ("Vell, Mara", ["Mara Vell"]),
        ("Vell, Mara & Penn, Jo", ["Mara Vell", "Jo Penn"]),
        ("Vell, Mara, Asher, Tom", ["Mara Vell", "Tom Asher"]),
        ("Le Guin, Ursula K.", ["Ursula K. Le Guin"]),
        ("García Márquez, Gabriel", ["Gabriel García Márquez"]),
        ("Tolkien, J. R. R.", ["J. R. R. Tolkien"]),
        ("Marlow, J. R.", ["J. R. Marlow"]),  # no junior
        ("Marlow, J.D.; Vell, Mara", ["J.D. Marlow", "Mara Vell"]),  # no doctor of law
        ("Mara Vell, M.D.", ["Mara Vell, M.D."]),
        ("Vell, Mara, M.D.", ["Mara Vell, M.D."]),
        ("Достоевский, Фёдор", ["Фёдор Достоевский"]),
        ("村上春樹, 川上未映子", ["村上春樹", "川上未映子"]),
        ("村上春樹、川上未映子", ["村上春樹", "川上未映子"]),
        ("Dr. Seuss", ["Dr. Seuss"]),
        ("Anthony Boucher Jr.", ["Anthony Boucher Jr."]),
        ("Martin Boucher, Jr.", ["Martin Boucher Jr."]),
        ("Smith, John Jr.", ["John Smith Jr."]),
        ("Smith, John, Jr.", ["John Smith Jr."]),
        ("Ben Bova, PhD", ["Ben Bova, PhD"]),
        ("Ben Bova, Ph.D., Jo Penn", ["Ben Bova, Ph.D.", "Jo Penn"]),
        ("Simon & Schuster", []),
        ("Mara Vell & Simon & Schuster", ["Mara Vell"]),
        ("Audible Studios", []),
        ("Various", []),
        ("Unknown Author", []),
        ("Mara Vell, Jo Penn - translator", ["Mara Vell"]),
        ("Mara Vell (Author), Tom Asher (Narrator)", ["Mara Vell"]),
        ("by Mara Vell", ["Mara Vell"]),
        ("Mara Vell et al.", ["Mara Vell"]),
        ("Mara Vell; mara  vell", ["Mara Vell"]),
        ("", []),
    ],
)
def test_a_list_of_authors_is_split(text, people):
    assert list(split_people(text)) == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("read by Tom Asher and Ines Quill", ["Tom Asher", "Ines Quill"]),
        ("Narrated by: Tom Asher, Ines Quill", ["Tom Asher", "Ines Quill"]),
        ("gelesen von Tom Asher", ["Tom Asher"]),
        ("Tom Asher, Full Cast", ["Tom Asher"]),
        ("Mara Vell (Author), Tom Asher (Narrator)", ["Tom Asher"]),
        ("Tom Asher; T. Asher; Asher, Tom", ["Tom Asher"]),
        ("Asher, Tom; TOM ASHER; Tom J. Asher", ["Tom J. Asher"]),
    ],
)
def test_a_list_of_narrators_names_nobody_twice(text, people):
    assert list(split_people(text, "narrator")) == people


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J.R.R. Tolkien", "J. R. R. Tolkien"),
        ("JRR Tolkien", "J.R.R. Tolkien"),
        ("Ursula Le Guin", "Ursula K. Le Guin"),
        ("LeGuin, Ursula", "Ursula Le Guin"),
        ("JD Marlow", "J. D. Marlow"),
        ("Marlow, J. R.", "JR Marlow"),
        ("Zoë Brontë", "zoe bronte"),
        ("Dr. Mara Vell", "Mara Vell, PhD"),
        ("M. Vell", "Mara Vell"),
        ("Mara Müller", "Mara Mueller"),
        ("Scott Fitzgerald", "F. Scott Fitzgerald"),
        ("Vell Mara", "Mara Vell"),
        ("John Smith Jr.", "John Smith"),
    ],
)
def test_one_person_is_known_in_many_spellings(one, other):
    assert same_person(one, other)
    assert same_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Robert Jordan", "Robert Jackson"),
        ("Mona Vell", "Mara Vell"),
        ("John Smith Jr.", "John Smith Sr."),
        ("Vell", "Mara Vell"),
        ("Jane Vell", "Mara Jane Vell"),
        ("Mara Jane Vell", "Mara Ann Vell"),
        ("J. Vell", "Mara Vell"),
    ],
)
def test_other_people_are_told_apart(one, other):
    assert not same_person(one, other)
    assert not same_person(other, one)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Cast, P. C.", ["P. C. Cast"]),
        ("Lu, Marie", ["Marie Lu"]),
        ("Read, Piers Paul", ["Piers Paul Read"]),
        ("Reader, Bill", ["Bill Reader"]),
        ("Writer, Kim", ["Kim Writer"]),
        ("Narrator, Tom Asher", ["Tom Asher"]),
        ("nobody12, Dana Vell", ["nobody12", "Dana Vell"]),
        ("SaltRose, Mina Hoshi", ["SaltRose", "Mina Hoshi"]),
        ("Macvell, Arthur Conan, Sir", ["Sir Arthur Conan Macvell"]),
        ("Alexandre Vell (1802 - 1870)", ["Alexandre Vell"]),
        ("Leo Vell (1828 - 1910), Louise Penn (1855-1939)", ["Leo Vell", "Louise Penn"]),
        ("Mara Vell (Goodreads Author)", ["Mara Vell"]),
        ("Mara Vell (as J.D. Penn)", ["Mara Vell"]),
        ("Mara Vell (author, narrator)", ["Mara Vell"]),
        ("Mara Vell (Author/Narrator)", ["Mara Vell"]),
        ("Vell, Mara (Mara Vell)", ["Mara Vell"]),
        ("Mara Vell and Tom Asher performed by various narrators", ["Mara Vell", "Tom Asher"]),
        ("Mara Vell read by Tom Asher, Ines Quill", ["Mara Vell"]),
        ("Stef Kant-introduction", []),
        ("Von: Mara Vell", ["Mara Vell"]),
        ("By: Mara Vell", ["Mara Vell"]),
        ("Jacob and Wilhelm Vell", ["Jacob Vell", "Wilhelm Vell"]),
        ("Will & Ariel Vell", ["Will Vell", "Ariel Vell"]),
        ("Elena Vell e Umberto Penn", ["Elena Vell", "Umberto Penn"]),
        ("Harry Vell en Hella Penn", ["Harry Vell", "Hella Penn"]),
        ("Stig Vell och Camilla Penn", ["Stig Vell", "Camilla Penn"]),
        ("José Vell y Gasset", ["José Vell y Gasset"]),
        ("Mara Vell • Tom Asher", ["Mara Vell", "Tom Asher"]),
        ("Mara Vell, CFA", ["Mara Vell, CFA"]),
        ("N/A", []),
        ("Anonymous", []),
        ("the author", []),
        ("a full cast including Tom Asher and Ines Quill", ["Tom Asher", "Ines Quill"]),
        ("Cast: Tom Asher, Ines Quill", ["Tom Asher", "Ines Quill"]),
        ("Tom Asher as Mara, Ines Quill as Jo", ["Tom Asher", "Ines Quill"]),
    ],
)
def test_roles_casts_dates_and_shared_names_are_seen_through(text, people):
    assert split_people(text) == tuple(people)


def test_who_reads_is_not_who_wrote():
    assert split_people("Mara Vell read by Tom Asher, Ines Quill", "narrator") == (
        "Mara Vell",
        "Tom Asher",
        "Ines Quill",
    )


@pytest.mark.parametrize("label", ["Voz", "Voce", "Voix", "Stimme", "Voice"])
def test_a_word_for_voice_before_a_name_is_no_part_of_it(label):
    assert split_people(f"{label}: Ines Quill", "narrator") == ("Ines Quill",)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("l'auteur", ()),
        ("VV.AA.", ()),
        ("verschiedene Sprecher", ()),
        ("коллектив авторов", ()),
        ("Käthe Örtel u.v.a.", ("Käthe Örtel",)),
        ("Mara Vell m.fl.", ("Mara Vell",)),
        ("青木真理／小野健", ("青木真理", "小野健")),
    ],
)
def test_nobody_and_others_in_other_languages(text, people):
    assert split_people(text, "narrator") == people


def test_uniting_a_long_list_is_no_burden():
    united = unite_people(f"Anna{n} Berg{n * 7}" for n in range(100_000))
    assert len(united) == 200


def test_names_are_turned_to_first_last():
    assert normalise_name(" Vell,  Mara ") == "Mara Vell"
    assert normalise_name("Vell, Mara J., PhD") == "Mara J. Vell, PhD"
    assert normalise_name("Mara Vell, Jr.") == "Mara Vell Jr."


@pytest.mark.parametrize(
    "text", ["Simon and Schuster Audio", "Harbour Audio", "Oxford University Press", "Tantor Media"]
)
def test_publishers_are_known(text):
    assert is_publisher(text)


@pytest.mark.parametrize("text", ["Mara Vell", "Bill Press", "Audio", "Laurie House"])
def test_people_are_no_publishers(text):
    assert not is_publisher(text)


@given(st.lists(names, min_size=1, max_size=5, unique=True), st.sampled_from([", ", " & ", "; ", " / ", " and "]))
def test_full_names_survive_every_separator(people, separator):
    assert list(split_people(separator.join(people))) == people


@given(st.lists(names, min_size=1, max_size=4), st.randoms())
def test_order_and_case_do_not_matter(people, chance):
    shuffled = [name.upper() for name in people]
    chance.shuffle(shuffled)
    assert same_people(people, shuffled)


@given(st.text(max_size=80), st.text(max_size=80))
def test_comparing_never_raises_and_is_symmetric(one, other):
    assert same_person(one, other) == same_person(other, one)
    assert same_person(one, one)


@given(st.lists(st.one_of(names, st.text(max_size=20)), max_size=6))
def test_uniting_is_idempotent(people):
    united = unite_people(people)
    assert unite_people(united) == united


@given(st.text(alphabet="abcXZé ,;&/-.()J", max_size=60))
def test_no_letter_of_a_list_is_lost(text):
    held = fold(" ".join(credit.name for credit in parse_credits(text)))
    letters = sorted(char for char in fold(text).replace("and", "") if char.isalnum())
    assert letters == sorted(char for char in held.replace("and", "") if char.isalnum())


@given(st.text(max_size=200))
def test_splitting_never_raises_and_is_stable_under_blanks(text):
    assert split_people(text) == split_people(f"  {text} ")

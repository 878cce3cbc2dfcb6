"""Titles and names as people and catalogues write them, outside of what a generator thinks of."""

from __future__ import annotations

import pytest

from mamctl.domain.matching.match import VerdictKind, judge_match
from mamctl.domain.matching.records import BookQuery, CatalogueRecord
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry

AUTHOR = "Mara Vell"
SECOND = SeriesEntry("Lantern Cycle", "2")


def matches(title: str, other: str, author: str = AUTHOR, listed: str = AUTHOR, **more: object) -> bool:
    """Whether `other` is chosen when it is all that a catalogue has."""
    facts = {"source": Source.AUDIBLE, "id": "1", "title": other, "authors": (listed,), **more}
    asked = BookQuery(title=title, author=author)
    return judge_match(asked, [CatalogueRecord(**facts)]).kind is VerdictKind.MATCH  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # volumes
        ("The Salt Road Vol. 2", "The Salt Road, Volume 2"),
        ("The Salt Road Vol1", "The Salt Road, Volume 1"),
        ("The Salt Road Vol. II", "The Salt Road 2"),
        ("The Salt Road Bk 2", "The Salt Road: Book Two"),
        ("The Salt Road v2", "The Salt Road 2"),
        ("The Salt Road #3.5", "The Salt Road 3.5"),
        ("Lantern Cycle V", "Lantern Cycle 5"),
        ("Lantern Cycle X", "Lantern Cycle 10"),
        ("Faust, Part I", "Faust: Part One"),
        ("Lantern Cycle Books 1-3", "Lantern Cycle: Books 1 to 3"),
        ("Lantern Cycle: Books 1-3", "The Lantern Cycle Box Set: Books 1-3"),
        ("The Salt Road (1 of 2) [Dramatized Adaptation]", "The Salt Road (Part 1 of 2) (Dramatized Adaptation)"),
        ("The Salt Road [GraphicAudio] Part 1", "The Salt Road (Part 1 of 2) (Dramatized Adaptation)"),
        ("The Salt Road - Part 1 of 1", "The Salt Road"),
        ("The Salt Road CD1", "The Salt Road"),
        # kinds and editions
        ("The Salt Road, A Novel", "The Salt Road"),
        ("Salt. Roman", "Salt"),
        ("Salt: Ungekürzte Lesung", "Salt"),
        ("The Salt Road, Revised and Updated", "The Salt Road"),
        ("The Salt Road (2nd ed.)", "The Salt Road"),
        ("The Salt Road: Author's Preferred Edition", "The Salt Road"),
        ("The Salt Road: An Audible Original", "The Salt Road"),
        ("The Salt Road: The International Bestseller", "The Salt Road"),
        ("The Salt Road: Reese's Book Club (A Novel)", "The Salt Road"),
        ("Moby Dick", "Moby-Dick; or, The Whale"),
        ("The Hobbit", "The Hobbit, or There and Back Again"),
        ("The Fellowship of the Ring", "The Lord of the Rings: The Fellowship of the Ring"),
        ("World War Z", "World War Z: An Oral History of the Zombie War"),
        ("Die Gefährten: Der Herr der Ringe 1", "Der Herr der Ringe - Die Gefährten"),
        ("Sherlock Holmes 01 - A Study in Scarlet", "A Study in Scarlet"),
        ("The Salt Road narrated by Tom Asher", "The Salt Road"),
        ("The Salt Road꞉ A Novel", "The Salt Road"),
        # numbers
        ("20,000 Leagues Under the Sea", "Twenty Thousand Leagues Under the Sea"),
        ("The One Hundred and One Dalmatians", "The 101 Dalmatians"),
        ("A Hundred Years of Solitude", "One Hundred Years of Solitude"),
        ("Fahrenheit Four Fifty-One", "Fahrenheit 451"),
        ("11.22.63", "11/22/63"),
        ("4.50 from Paddington", "4:50 from Paddington"),
        # spelling, articles, scripts
        ("Doctor Quill", "Dr. Quill"),
        ("Saint Quill", "St. Quill"),
        ("The Grey House", "The Gray House"),
        ("The Colour of Salt", "The Color of Salt"),
        ("Salt™", "Salt"),
        ("The Art of Not Giving a F*ck", "The Art of Not Giving a Fuck"),
        ("Salzweg", "Der Salzweg"),
        ("Route du sel", "La Route du sel"),
        ("Der Prozeß", "Der Prozess"),
        ("L’Étranger", "L'Etranger"),
        ("Преступление и наказание", "Prestuplenie i nakazanie"),
        ("ΟΔΥΣΣΕΙΑ", "Οδύσσεια"),
    ],
)
def test_one_book(one: str, other: str) -> None:
    assert matches(one, other)
    assert matches(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lantern Cycle, Vol. 3", "Lantern Cycle, Vol. 3.5"),
        ("Lantern Cycle, Vol. 3", "Lantern Cycle, Vol. 13"),
        ("Lantern Cycle IV", "Lantern Cycle VI"),
        ("Henry V", "Henry IV"),
        ("Henry VI, Part 1", "Henry VI, Part 2"),
        ("Lantern Cycle Books 1-3", "Lantern Cycle: Books 4-6"),
        ("Lantern Cycle #1-3", "Lantern Cycle #4-6"),
        ("The Salt Road: The Lantern Cycle Book 1", "The Salt Road: The Lantern Cycle Book 2"),
        ("Salt Hunter: A LitRPG Adventure", "Salt Hunter 2: A LitRPG Adventure"),
        ("Salt Hunter 2: A LitRPG Adventure", "Salt Hunter 3: A LitRPG Adventure"),
        ("The Salt Gate: An Inspector Quill Mystery", "The Salt Gale: An Inspector Quill Mystery"),
        ("The Salt Road", "The Salt Road: Episode 1"),
        ("The Salt Road, Season 1", "The Salt Road, Season 2"),
        ("The Salt Road", "The Salt Road: 3 Books in 1"),
        ("The Salt Road", "The Salt Road / The Iron Gate"),
        ("The Salt Road", "The Salt Road & The Iron Gate"),
        ("The Salt Road", "The Salt Road and Other Stories"),
        ("The Salt Road", "The Salt Road (Hörspiel)"),
        ("The Salt Road", "The Salt Road: A BBC Radio Drama"),
        ("The Salt Road", "The Salt Road (BookRags)"),
        ("The Salt Road", "Trivia: The Salt Road"),
        ("The Salt Road", "Review: The Salt Road"),
        ("The Salt Road", "The Salt Road (Excerpt)"),
        ("The Salt Road", "The Salt Road (Young Readers Edition)"),
        ("The Salt Road", "The Salt Road: Adapted for Young Adults"),
        ("The Salt Road", "The Salt Road: A Graphic Novel Adaptation"),
        ("The Salt Road", "Zusammenfassung: The Salt Road"),
        ("The Salt Road", "The Salt Road (Spanish Edition)"),
        ("The Salt King", "The Salt Ring"),
        ("Salt", "Salty"),
        ("Salt to the Sea", "Salt of the Sea"),
        ("Hunter: An Inspector Quill Mystery", "Hunters: An Inspector Quill Mystery"),
        ("Salt 2: Rising", "Salt"),
        ("三体 第1巻", "三体 第2巻"),
        ("The Woman in Salt", "The Women in Salt"),
        ("The Last Wish", "The Lost Wish"),
        ("The Hunger", "The Hunter"),
        ("ノルウェイの森（上）", "ノルウェイの森（下）"),
        ("三体：黑暗森林", "三体：死神永生"),
        ("Война и мир. Том 1", "Война и мир. Том 2"),
    ],
)
def test_a_near_twin(one: str, other: str) -> None:
    assert not matches(one, other)
    assert not matches(other, one)


@pytest.mark.parametrize(
    "title",
    [
        "02 The Salt Road",
        "Lantern Cycle 02 The Salt Road",
        "The Salt Road, Lantern Cycle Book 2",
        "The Salt Road, The Lantern Cycle, Book 2",
        "The Salt Road (Lantern Cycle, No. 2)",
        "The Salt Road (Lantern Cycle II)",
        "LC 2: The Salt Road",
        "Mara Vell - [Lantern Cycle 02] - The Salt Road",
    ],
)
def test_a_series_in_a_file_name(title: str) -> None:
    assert matches(title, "The Salt Road", series=(SECOND,))
    assert not matches(title, "The Iron Gate", series=(SeriesEntry("Lantern Cycle", "1"),))
    assert not matches(title, "The Salt Road 3", series=(SeriesEntry("Lantern Cycle", "3"),))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CS Lewis", "Clive Staples Lewis"),
        ("Bill Bryson", "William Bryson"),
        ("Steven Vell", "Stephen Vell"),
        ("Фёдор Достоевский", "Fyodor Dostoevsky"),
        ("Достоевский Ф. М.", "Фёдор Михайлович Достоевский"),
        ("Stephen King writing as Richard Bachman", "Richard Bachman"),
        ("Mara Vell & co", "Mara Vell"),
        ("Asher, Tom; Vell, Mara", "Mara Vell"),
    ],
)
def test_one_author(one: str, other: str) -> None:
    assert matches("The Salt Road", "The Salt Road", one, other)
    assert matches("The Salt Road", "The Salt Road", other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Emily Brontë", "Anne Brontë"),
        ("A. Brontë", "Emily Brontë"),
        ("John Smith", "Jane Smith"),
        ("Stephen King", "Owen King"),
        ("Leo Tolstoy", "Alexei Tolstoy"),
        ("Mara Vell - translator", "Mara Vell"),
    ],
)
def test_another_author(one: str, other: str) -> None:
    assert not matches("The Salt Road", "The Salt Road", one, other)
    assert not matches("The Salt Road", "The Salt Road", other, one)

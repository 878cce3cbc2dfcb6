"""When a sidecar is about another book than tags and folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mamctl.domain.library.other_book import find_other_book
from mamctl.domain.metadata.observation import Field, Observation, Origin, Source
from mamctl.domain.problem import Problem

NOW = datetime(2026, 11, 25, tzinfo=UTC)
FOLDER = "Mara Vell/The Salt Road"


def said(source: Source, title: str | None, *authors: str, narrators: tuple[str, ...] = ()) -> list[Observation]:
    origin = Origin(source, "book", NOW)
    return [
        *origin.observe(Field.TITLE, title, 0.9),
        *origin.observe(Field.AUTHORS, authors, 0.9),
        *origin.observe(Field.NARRATORS, narrators, 0.9),
    ]


TAGS = said(Source.TAGS, "The Salt Road", "Mara Vell", narrators=("Jo Finch",))


def judge(
    title: str | None, *authors: str, folder: str = FOLDER, tags: list[Observation] | None = None
) -> Problem | None:
    sidecar = said(Source.ABS_JSON, title, *authors)
    return find_other_book(TAGS if tags is None else tags, sidecar, "x/metadata.json", folder)


@pytest.mark.spec("META-1")
@pytest.mark.parametrize(
    "folder", [FOLDER, "Mara Vell - The Salt Road (2019) [M4B]", "Vell, Mara/2019 - The Salt Road"]
)
def test_another_title_by_another_author_is_another_book(folder: str) -> None:
    problem = judge("Winter Harbour", "Robert Gale", folder=folder)
    assert problem is not None
    assert problem.code == "foreign_sidecar"
    assert problem.message == (
        "x/metadata.json: it is about “Winter Harbour” by Robert Gale, but tags and folder say “The Salt Road” by"
        " Mara Vell; nothing was taken from it"
    )


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("Winter Harbour", ("Mara Vell",)),  # the author's other title, or a title that was corrected
        ("The Salt Road", ("Robert Gale",)),  # an author that was corrected
        ("Salt", ("Robert Gale",)),
        ("Winter Harbour", ("Robert Gale", "M. Vell")),
        ("Winter Harbour", ("Finch",)),  # the tags' narrator: who wrote it is what they do not know
        ("Зимняя гавань", ("Роберт Гейл",)),  # perhaps the same names
        ("Winter Harbour", ("Роберт Гейл",)),
        ("Winter Harbour", ()),
        (None, ("Robert Gale",)),
    ],
)
def test_one_thing_in_common_is_enough(title: str | None, authors: tuple[str, ...]) -> None:
    assert judge(title, *authors) is None


@pytest.mark.parametrize(
    ("folder", "tags"),
    [
        ("Audiobooks/B0TESTAAA1", TAGS),  # only the tags say it
        ("Robert Gale/The Salt Road", TAGS),
        ("Mara Vell/Winter Harbour", TAGS),
        ("Mara Vell/The Salt Road and Winter Harbour", TAGS),
        (FOLDER, []),
        (FOLDER, said(Source.TAGS, "The Salt Road")),
        (FOLDER, said(Source.TAGS, None, "Mara Vell")),
    ],
)
def test_tags_and_folder_have_to_agree(folder: str, tags: list[Observation]) -> None:
    assert judge("Winter Harbour", "Robert Gale", folder=folder, tags=tags) is None


def test_names_of_punctuation_and_single_letters_are_words_too() -> None:
    assert judge("???", "!!!") is not None
    assert judge("It", "X", tags=said(Source.TAGS, "Me", "Y"), folder="Y/Me") is not None
    assert judge("It", "X", tags=said(Source.TAGS, "It", "Y"), folder="Y/It") is None

"""The known categories agree with the ids that several independent clients publish."""

from __future__ import annotations

from collections import Counter

import pytest

from mamctl.domain.site.categories import CATEGORY_BY_ID, KNOWN_CATEGORIES, MAIN_CATEGORIES

AUDIOBOOK_IDS = {*range(39, 60), 83, 84, 85, 87, 88, 89, 97, 98, 99, 100, 106, 108, 111, 119}
EBOOK_IDS = {*range(60, 83), 90, 91, 92, 94, 95, 96, 101, 102, 103, 104, 107, 109, 112, 115, 118, 120}


def ids_of(main_id: int) -> set[int]:
    return {category.id for category in KNOWN_CATEGORIES if category.main_id == main_id}


def test_book_ids_are_the_published_ones() -> None:
    assert ids_of(13) == AUDIOBOOK_IDS
    assert ids_of(14) == EBOOK_IDS


def test_ids_are_unique_and_every_main_has_its_share() -> None:
    assert len(CATEGORY_BY_ID) == len(KNOWN_CATEGORIES)
    assert Counter(category.main_id for category in KNOWN_CATEGORIES) == {13: 35, 14: 39, 15: 12, 16: 4}
    assert all(category.main_name == MAIN_CATEGORIES[category.main_id] for category in KNOWN_CATEGORIES)


def test_row_names_are_the_site_s() -> None:
    assert CATEGORY_BY_ID[41].row_name == "Audiobooks - Fantasy"
    assert CATEGORY_BY_ID[74].row_name == "Ebooks - General Non-Fiction"
    assert CATEGORY_BY_ID[19].row_name == "Guitar/Bass Tabs"
    assert CATEGORY_BY_ID[127].row_name == "Radio - Comedy"


@pytest.mark.parametrize(("number", "name"), [(119, "Nature"), (120, "Nature"), (41, "Fantasy")])
def test_categories_have_the_site_s_own_names(number: int, name: str) -> None:
    assert CATEGORY_BY_ID[number].name == name

"""How a text changed, by section."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mamctl.domain.site.rule_texts import SectionChange, diff_texts

OLD = "Read all.\n\n## Seeding\nSeed for 72 hours.\nKeep 1.0.\n\n## Bonus\nOne point an hour.\n"


def test_each_changed_line_stands_under_its_heading() -> None:
    new = OLD.replace("72", "96").replace("One point", "Two points") + "\n## Wedges\nA wedge frees a torrent.\n"
    assert diff_texts(OLD, new) == (
        SectionChange("Seeding", ("Seed for 72 hours.",), ("Seed for 96 hours.",)),
        SectionChange("Bonus", ("One point an hour.",), ("Two points an hour.",)),
        SectionChange("Wedges", (), ("## Wedges", "A wedge frees a torrent.")),
    )


def test_a_change_before_the_first_heading_has_no_title() -> None:
    assert diff_texts(OLD, OLD.replace("all", "everything"))[0].title == ""


texts = st.lists(st.sampled_from(["## A", "## B", "one", "two", "three", ""]), max_size=12).map("\n".join)


@given(texts, texts)
def test_going_back_swaps_what_went_and_came(old: str, new: str) -> None:
    assert diff_texts(old, old) == ()
    there, back = diff_texts(old, new), diff_texts(new, old)
    assert bool(there) == bool(back)
    assert sum(len(s.removed) - len(s.added) for s in there) == sum(len(s.added) - len(s.removed) for s in back)

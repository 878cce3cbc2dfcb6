"""Drift as a story: a library enriched once, catalogues that change their minds over HTTP, and what comes of it."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from mamctl.domain.catalogues.drift import DriftPolicy
from mamctl.domain.catalogues.drift_changes import ChangeKind
from mamctl.domain.metadata.observation import Field, Source
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.drift import check_drift, fix_drift
from mamctl.jobs.catalogues.drift_lookup import look_up_again, rules_of
from mamctl.jobs.catalogues.enrich import enrich
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.store.catalogues.drift import due_books, undo_changes, write_agreed
from mamctl.store.catalogues.drift_history import load_changes
from mamctl.store.library.agreed import load_agreed, load_observations, set_by_user, verify_by_user
from tests.kit.catalogue_story import CatalogueStory

ORDER = ("audible", "goodreads", "open_library")
BOOKS = 25
PROTECTED = (Field.TITLE, Field.NARRATORS, Field.DURATION)


class Story(CatalogueStory):
    """A stocked and enriched library, forty days later."""

    def __init__(self, folder, server, world):
        super().__init__(folder, server, world)
        self.ask(lambda run, sources: enrich(run, tuple(self.recordings), sources, LookupPolicy()))
        self.clock.now += timedelta(days=40)

    def ask(self, work, *, dry_run=False):
        """One run over the catalogues of the order."""
        with self.run("drift", ORDER, dry_run=dry_run) as (run, sources):
            return work(run, sources)

    def check(self, policy=None, *, dry_run=False):
        return self.look(check_drift, policy, dry_run=dry_run)

    def fix(self, policy=None, **more):
        return self.look(fix_drift, policy, **more)

    def look(self, job, policy=None, *, dry_run=False, **more):
        """The figures of a run, with the changes that it gave out one by one."""
        policy, changes = policy or DriftPolicy(), []

        def work(run, sources):
            return job(run, self.due(policy), sources, policy, {}, changes.append, **more)

        figures = self.ask(work, dry_run=dry_run)
        assert figures.changes == len(changes)
        return replace(figures, changes=changes)

    def look_up_again(self, certain=0.9):
        """What a check finds of each book before it compares."""
        return self.ask(
            lambda run, sources: list(
                look_up_again(run, self.due(DriftPolicy()), sources, {}, lambda: None, rules_of(sources, {}, certain))
            )
        )

    def due(self, policy):
        return due_books(self.db, self.clock() - policy.after, self.clock())

    def everything(self):
        """All that undoing must bring back, row by row."""
        agreed = self.db.execute("SELECT * FROM agreed ORDER BY book_id, field").fetchall()
        said = (tuple(sorted(map(repr, load_observations(self.db, book)))) for book in self.recordings)
        return [tuple(row) for row in agreed], list(said)

    def retell(self, **more):
        """The catalogues tell of the same works, each changed by the functions in `more`."""
        works = tuple(
            replace(work, **{name: change(work) for name, change in more.items()}) for work in self.world.works
        )
        self.server.show(replace(self.world, works=works))


@pytest.fixture(scope="module")
def world():
    return make_world(BOOKS)


@pytest.fixture
def story(tmp_path, world):
    with PracticeCatalogue(world) as server:
        story = Story(tmp_path, server, world)
        yield story
        story.db.close()


def reworded(work):
    return f"All is told anew, in words that nobody used of number {work.id} before; and there is a lighthouse."


@pytest.mark.spec("DRIFT-1")
@pytest.mark.spec("DRIFT-4")
def test_where_nothing_changed_nothing_is_proposed(story):
    figures = story.check()
    assert figures.books > 0.9 * BOOKS
    assert figures.changes == []
    assert story.fix().made == []
    assert story.due(DriftPolicy()) == ()


@pytest.mark.spec("DRIFT-1")
@pytest.mark.spec("DRIFT-3")
@pytest.mark.spec("DRIFT-4")
def test_what_the_catalogues_say_otherwise_is_corrected_once(story):
    story.retell(description=reworded)
    before = story.values()
    seen = story.check()
    assert {change.field for change in seen.changes} == {Field.DESCRIPTION}
    assert story.values() == before
    fixed = story.fix()
    assert [change.key for change in fixed.made] == [change.key for change in seen.changes]
    assert story.values() != before
    for change, recorded in zip(fixed.made, reversed(load_changes(story.db)), strict=True):
        assert (recorded.old, recorded.new) == (change.old, change.new)
        assert (recorded.state, recorded.source) == ("made", change.source)
        assert load_agreed(story.db, change.book)[change.field].value == change.new
    story.clock.now += timedelta(days=40)
    assert story.check().changes == []
    assert story.fix().made == []


@pytest.mark.spec("DRIFT-2")
def test_titles_narrators_lengths_and_verified_fields_stay(story):
    book = next(iter(story.recordings))
    set_by_user(story.db, book, Field.PUBLISHER, "My Own Press", story.clock())
    verify_by_user(story.db, book, [Field.DESCRIPTION], story.clock())
    before = story.values()
    story.retell(
        title=lambda work: f"{work.title} Retold",
        description=reworded,
        recordings=lambda work: tuple(
            replace(one, narrators=("Somebody Else",), publisher="Another House", duration_s=one.duration_s + 60)
            for one in work.recordings
        ),
    )
    figures = story.fix()
    after = story.values()
    for number, values in before.items():
        for field in PROTECTED:
            assert after[number].get(field) == values.get(field)
    assert after[book][Field.PUBLISHER] == "My Own Press"
    assert after[book][Field.DESCRIPTION] == before[book][Field.DESCRIPTION]
    kinds = {change.field: change.kind for change in figures.changes if change.book == book}
    assert kinds[Field.TITLE] is ChangeKind.PROTECTED
    assert kinds[Field.DESCRIPTION] is ChangeKind.PROTECTED
    assert all(change.kind is ChangeKind.SAFE for change in figures.made)
    told = [change for change in figures.changes if change.kind is not ChangeKind.SAFE]
    assert len(load_changes(story.db, state="told")) == len(told)
    story.clock.now += timedelta(days=40)
    assert story.check().changes == []


@pytest.mark.spec("DRIFT-2")
def test_the_database_refuses_to_correct_what_is_verified(story):
    book = next(iter(story.recordings))
    verify_by_user(story.db, book, [Field.TITLE], story.clock())
    other = replace(load_agreed(story.db, book)[Field.TITLE], value="Another Title")
    with pytest.raises(sqlite3.IntegrityError, match="verified"):
        write_agreed(story.db, book, other, 1, story.clock())


@pytest.mark.spec("DRIFT-3")
def test_undoing_brings_back_exactly_what_was(story):
    before = story.everything()
    story.retell(description=reworded, first_published=lambda _: "1999-01-02")
    # Protected fields keep their evidence, so that only what was corrected is compared.
    assert story.fix().made
    assert story.everything() != before
    assert undo_changes(story.db, load_changes(story.db, state="made"), story.clock()) == []
    values = {(row[0], row[1]): row for row in before[0]}
    assert {(row[0], row[1]): row for row in story.everything()[0]} == values
    story.clock.now += timedelta(days=40)
    assert story.check().changes == []  # what a person took back is not proposed again


@pytest.mark.spec("DRIFT-3")
def test_a_change_that_was_changed_again_is_left(story):
    story.retell(description=reworded)
    story.fix()
    change = load_changes(story.db, state="made")[0]
    set_by_user(story.db, change.book, Field(change.field), "A person's own words.", story.clock())
    problems = undo_changes(story.db, [change], story.clock())
    assert [problem.code for problem in problems] == ["drift_changed_since"]
    assert load_agreed(story.db, change.book)[Field.DESCRIPTION].value == "A person's own words."
    assert [p.code for p in undo_changes(story.db, [replace(change, id=999)], story.clock())] == ["drift_not_made"]


@pytest.mark.spec("DRIFT-4")
def test_a_run_corrects_no_more_than_it_may_and_the_next_goes_on(story):
    story.retell(description=reworded)
    expected = len(story.check().changes)
    assert expected > 10
    made = []
    for _ in range(expected):
        figures = story.fix(DriftPolicy(max_changes=4))
        assert len(figures.made) <= 4
        made += [(change.book, change.field) for change in figures.made]
        if not figures.made:
            break
    assert len(made) == len(set(made)) == expected
    story.clock.now += timedelta(days=40)
    assert story.check().changes == []


@pytest.mark.parametrize(
    "trouble", [FaultKind.PAGE, FaultKind.OTHER_SHAPE, FaultKind.SOFT_BLOCK, FaultKind.EMPTY, FaultKind.STUB]
)
def test_a_catalogue_in_trouble_is_never_drift(story, trouble):
    before = story.values()
    story.server.behaviour.plan(trouble)
    figures = story.fix()
    assert figures.changes == []
    assert story.values() == before


def test_a_silent_catalogue_leaves_the_book_for_the_next_time(story):
    story.server.behaviour.plan(FaultKind.PAGE, "goodreads")
    story.retell(description=reworded)
    figures = story.fix()
    assert {problem.subject for problem in figures.all_problems()} == {"goodreads"}
    assert story.due(DriftPolicy()) != ()


def test_an_id_that_leads_to_another_book_is_not_listened_to(story):
    before = story.values()
    story.retell(authors=lambda _: ("Quite Another Person",), description=reworded)
    figures = story.fix()
    assert figures.made == []
    assert {problem.code for problem in figures.problems} == {"record_changed"}
    assert story.values() == before


def test_another_production_is_told_and_nothing_is_taken_from_it(story):
    story.retell(
        recordings=lambda work: tuple(
            replace(one, duration_s=one.duration_s * 2, publisher="Another House") for one in work.recordings
        )
    )
    figures = story.fix()
    reasons = {change.reason for change in figures.changes if change.field is Field.DURATION}
    assert reasons == {"the catalogue now describes another production; nothing was taken from it"}
    publishers = [change for change in figures.changes if change.field is Field.PUBLISHER]
    assert publishers == []


def test_later_enrichment_does_not_make_the_change_that_was_left(story):
    story.retell(title=lambda work: f"{work.title} Retold")
    story.fix()
    titles = {book: values[Field.TITLE] for book, values in story.values().items()}
    for book in story.recordings:
        said = [one for one in load_observations(story.db, book) if one.field is Field.TITLE]
        assert not any(str(one.value).endswith("Retold") for one in said if one.source is not Source.USER)
        assert not str(titles[book]).endswith("Retold")


@pytest.mark.spec("DRIFT-4")
def test_books_of_which_nothing_came_are_not_read_again_until_something_changes(story):
    def settled() -> int:
        return len([one for one in story.look_up_again() if one.settled])

    assert settled() == 0
    first = story.check()
    assert first.changes == []
    assert story.check().books == first.books == settled()
    story.clock.now += timedelta(days=40)
    assert story.check().changes == []  # asked again, in the same words
    assert settled() == first.books
    story.retell(rating=lambda work: 1.0, ratings_count=lambda work: 7)
    story.clock.now += timedelta(days=40)
    assert len([one for one in story.look_up_again() if one.settled and one.known_by]) > 0.9 * first.books
    assert story.check().changes == []  # how a book is rated is no part of it
    assert not any(one.known_by for one in story.look_up_again())
    book = story.due(DriftPolicy())[0]
    verify_by_user(story.db, book, [Field.TITLE], story.clock())
    assert settled() == first.books - 1
    assert story.check().changes == []
    assert settled() == first.books
    assert len([one for one in story.look_up_again(certain=0.8) if one.settled]) == 0


@pytest.mark.spec("DRIFT-1")
@pytest.mark.spec("DRIFT-2")
def test_what_is_known_of_an_earlier_comparison_changes_no_result(story):
    def compared_twice():
        figures = story.check()
        story.db.execute("DELETE FROM compared_books")
        again = story.check()
        assert (figures.books, figures.changes, figures.problems) == (again.books, again.changes, again.problems)
        return figures.changes

    assert compared_twice() == []
    book = story.due(DriftPolicy())[0]
    set_by_user(story.db, book, Field.SUBTITLE, "What nobody else says", story.clock())
    assert {change.book for change in compared_twice()} <= {book}
    story.retell(description=lambda work: reworded(work) if work.id % 3 else work.description)
    assert compared_twice() == []  # the answers of before are at hand for a day
    story.clock.now += timedelta(days=2)
    changed = {change.book for change in compared_twice() if change.field is Field.DESCRIPTION}
    assert 0.4 * BOOKS < len(changed) < 0.9 * BOOKS
    assert story.fix().made
    compared_twice()
    story.server.behaviour.plan(FaultKind.PAGE, "goodreads")
    story.clock.now += timedelta(days=40)
    compared_twice()


def test_a_dry_run_keeps_nothing_of_a_comparison(story):
    assert story.check(dry_run=True).books
    assert story.db.execute("SELECT count(*) FROM compared_books").fetchone()[0] == 0


@pytest.mark.spec("DRIFT-2")
def test_what_you_decide_while_the_catalogues_are_asked_counts(story):
    story.retell(description=reworded)
    verified, matched, gone, *others = (change.book for change in story.check().changes)
    before = story.values()

    def decide():
        if load_agreed(story.db, verified)[Field.DESCRIPTION].verified:
            return
        verify_by_user(story.db, verified, [Field.DESCRIPTION], story.clock())
        story.db.execute("UPDATE catalogue_answers SET chosen_by = 'person' WHERE book_id = ?", (matched,))
        story.db.execute("DELETE FROM books WHERE id = ?", (gone,))

    figures = story.fix(step=decide)
    kinds = {change.book: change.kind for change in figures.changes}
    assert kinds == {verified: ChangeKind.PROTECTED} | dict.fromkeys(others, ChangeKind.SAFE)
    after = story.values()
    assert [after[book] for book in (verified, matched)] == [before[book] for book in (verified, matched)]
    assert {change.book for change in figures.made} == set(others)

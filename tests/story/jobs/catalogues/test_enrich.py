"""Enrichment as a story: books of a library, catalogues over HTTP, and what is agreed in the end."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from mamctl.adapters.catalogues.audible import Audible
from mamctl.adapters.catalogues.client import CatalogueHttp, RequestPolicy
from mamctl.domain.catalogues.links import CatalogueAnswer, ChosenBy, Outcome
from mamctl.domain.library.paths.observe import observe_path
from mamctl.domain.matching.queries import MOST_QUESTIONS
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Origin, Source
from mamctl.jobs.catalogues import enrich as meta_enrich
from mamctl.jobs.catalogues.ask import LookupPolicy
from mamctl.jobs.catalogues.enrich import enrich
from mamctl.jobs.run import job_run
from mamctl.practice.catalogue.faults import FaultKind
from mamctl.practice.catalogue.make_world import make_world
from mamctl.practice.catalogue.server import PracticeCatalogue
from mamctl.practice.catalogue.world import World
from mamctl.store.catalogues.answers import books_to_ask_about, books_without, load_answers, save_answers
from mamctl.store.database import open_store
from mamctl.store.library.agreed import load_agreed, load_observations, replace_observations, save_agreed, set_by_user
from tests.kit.catalogue_story import CatalogueStory

ORDER = ("audible", "audnexus", "goodreads", "open_library", "google_books", "librivox", "itunes")
BOOKS = 40


class Story(CatalogueStory):
    """A library that is looked up."""

    def enrich(self, *book_ids, order=ORDER, policy=None, budget=10_000, step=lambda: None):
        """One run, and what it reported of each book."""
        told = []
        with self.run("meta.enrich", order, budget=budget) as (run, catalogues):
            ids = book_ids or tuple(self.recordings)
            figures = enrich(run, ids, catalogues, policy or LookupPolicy(), on_progress=told.append, step=step)
        return figures, told

    def agreed(self, book_id):
        return load_agreed(self.db, book_id)


@pytest.fixture(scope="module")
def world():
    return make_world(BOOKS)


@pytest.fixture
def story(tmp_path, world):
    with PracticeCatalogue(world) as server:
        story = Story(tmp_path, server, world)
        yield story
        story.db.close()


@pytest.mark.spec("META-8")
def test_a_library_is_enriched_with_the_right_records(story):
    figures, _ = story.enrich()
    assert figures.books == BOOKS
    right = 0
    for book_id, recording in story.recordings.items():
        answer = load_answers(story.db, book_id).get("audible")
        if answer and answer.record_id:
            assert answer.record_id == recording.asin()
            right += 1
    assert right >= 0.95 * BOOKS
    complete = [
        book_id
        for book_id, recording in story.recordings.items()
        if {Field.TITLE, Field.AUTHORS, Field.NARRATORS} <= story.agreed(book_id).keys()
        and (not story.world.by_id[recording.work_id].series or Field.SERIES in story.agreed(book_id))
    ]
    assert len(complete) >= 0.95 * BOOKS


def test_a_second_run_changes_nothing(story):
    story.enrich()
    before = story.values()
    figures, _ = story.enrich()
    assert figures.changes == 0
    assert story.values() == before


def test_a_second_run_on_the_same_day_asks_nobody(story):
    story.enrich()
    story.server.reset()
    story.enrich(policy=LookupPolicy(fresh_after=story.clock() - timedelta(days=1)))
    assert story.server.asked() == []


def test_a_later_run_asks_for_fifty_known_records_at_once(story):
    story.enrich(order=("audible",))
    story.server.reset()
    story.clock.now += timedelta(days=2)
    story.enrich(order=("audible",), policy=LookupPolicy(fresh_after=story.clock() - timedelta(days=1)))
    assert len(story.server.asked()) <= 3


def test_two_independent_voices_are_enough_and_audnexus_is_no_second_one(story):
    book_id = next(iter(story.recordings))
    story.enrich(book_id)
    asked = story.server.catalogues_asked()
    assert asked == {"audible", "goodreads"}


def test_who_is_down_is_reported_once_and_never_counts_as_disagreement(story):
    story.enrich()
    before = story.values()
    story.clock.now += timedelta(days=100)  # even the outdated answers have gone from memory of man
    (story.folder / "catalogues" / "answers.db").unlink()
    story.server.behaviour.plan(FaultKind.OUTAGE, "audible")
    figures, _ = story.enrich()
    assert story.values() == before
    (problem,) = figures.problems()
    assert problem.code == "catalogue_down"
    assert problem.subject == "audible"
    # Three tries for three books, then it is left alone.
    assert len(story.server.asked("audible")) <= 3 * 3 * 4 + BOOKS


def test_when_nobody_answers_the_run_ends_early_and_takes_nothing_back(story):
    before = story.values()
    story.server.behaviour.plan(FaultKind.RESET)
    figures, told = story.enrich()
    assert {book.outcome for book in told} == {Outcome.UNAVAILABLE}
    assert figures.changes == 0
    assert story.values() == before
    assert len(books_to_ask_about(story.db, ORDER)) == BOOKS


def test_a_missing_field_is_asked_of_those_who_know_it(story):
    lacking = books_without(story.db, Field.NARRATORS)
    assert lacking
    figures, _ = story.enrich(*lacking, policy=LookupPolicy(wanted=frozenset({Field.NARRATORS})))
    assert story.server.catalogues_asked() <= {"audible", "audnexus", "librivox", "goodreads"}
    assert len(books_without(story.db, Field.NARRATORS)) <= 0.2 * len(lacking)
    assert figures.books == len(lacking)


def test_what_a_person_verified_stays(story):
    book_id = next(iter(story.recordings))
    set_by_user(story.db, book_id, Field.NARRATORS, ("Somebody Else",), story.clock())
    set_by_user(story.db, book_id, Field.DESCRIPTION, "My own words.", story.clock())
    story.enrich(book_id)
    agreed = story.agreed(book_id)
    assert agreed[Field.NARRATORS].value == ("Somebody Else",)
    assert agreed[Field.DESCRIPTION].value == "My own words."


def test_the_files_own_asin_makes_the_record_more_than_a_find(story):
    book_id = next(book_id for book_id in story.recordings if Field.ASIN in story.agreed(book_id))
    story.enrich(book_id)
    sources = {said.source for said in load_observations(story.db, book_id)}
    assert Source.CATALOGUE_ASIN in sources
    assert load_answers(story.db, book_id)["audible"].chosen_by is ChosenBy.ASIN


def test_a_wrong_asin_in_the_files_does_not_hide_the_book(story):
    ids = list(story.recordings)
    book_id = next(one for one in ids if Field.ASIN not in story.agreed(one))
    other = story.recordings[next(one for one in ids if one != book_id)]
    now = story.clock()
    story.db.execute(
        "INSERT INTO observations (book_id, field, value, source, place, confidence, seen_at)"
        " VALUES (?, 'asin', json_quote(?), 'tags', 'x', 0.9, ?)",
        (book_id, other.asin(), now.isoformat()),
    )
    story.enrich(book_id)
    answer = load_answers(story.db, book_id)["audible"]
    assert answer.record_id in {story.recordings[book_id].asin(), None}
    assert answer.record_id != other.asin()


def test_a_person_s_choice_of_record_is_followed_and_their_no_is_respected(story):
    book_id, other_id = list(story.recordings)[:2]
    chosen = story.recordings[other_id].asin()
    now = story.clock()
    pinned = CatalogueAnswer(
        catalogue="audible", outcome=Outcome.MATCH, reason="a person chose it", asked_at=now,
        chosen_by=ChosenBy.USER, record_id=chosen,
    )  # fmt: skip
    declined = replace(pinned, catalogue="goodreads", outcome=Outcome.NONE, record_id=None)
    save_answers(story.db, book_id, None, [pinned, declined])
    story.enrich(book_id)
    answers = load_answers(story.db, book_id)
    assert answers["audible"].record_id == chosen
    assert answers["goodreads"].outcome is Outcome.NONE
    assert story.server.asked("goodreads") == []


def test_the_budget_ends_a_run_and_the_next_goes_on(story, monkeypatch):
    monkeypatch.setattr(meta_enrich, "WINDOW", 10)
    first, _ = story.enrich(budget=5)
    assert any(problem.code == "catalogue_budget" for problem in first.problems())
    assert first.left > 0
    assert first.books + first.left == BOOKS
    assert all(len(story.server.asked(name)) <= 5 for name in ORDER)
    second, _ = story.enrich(*books_to_ask_about(story.db, ORDER), policy=LookupPolicy(only_unavailable=True))
    assert not list(second.problems())
    assert books_to_ask_about(story.db, ORDER) == ()
    assert all("audible" in load_answers(story.db, book_id) for book_id in story.recordings)


def test_who_was_out_of_reach_is_asked_in_the_next_run_and_nobody_else(story):
    story.server.behaviour.plan(FaultKind.OUTAGE, "audible")
    story.enrich()
    assert len(books_to_ask_about(story.db, ORDER)) == BOOKS
    assert books_to_ask_about(story.db, [name for name in ORDER if name != "audible"]) == ()
    story.server.reset()
    story.clock.now += timedelta(days=2)
    story.enrich(policy=LookupPolicy(only_unavailable=True))
    assert story.server.catalogues_asked() == {"audible"}
    assert books_to_ask_about(story.db, ORDER) == ()
    sources = {said.source for book_id in story.recordings for said in load_observations(story.db, book_id)}
    assert {Source.AUDIBLE, Source.GOODREADS} <= sources


def test_a_refused_key_keeps_no_book_waiting(story):
    story.server.behaviour.plan(FaultKind.REFUSED_KEY, "goodreads")
    figures, _ = story.enrich()
    assert [problem.code for problem in figures.problems()] == ["catalogue_keyless"]
    assert books_to_ask_about(story.db, ORDER) == ()


def test_a_choice_made_while_the_catalogues_were_asked_is_not_overwritten(story):
    book_id = next(iter(story.recordings))
    before = story.agreed(book_id)
    declined = CatalogueAnswer(
        catalogue="audible", outcome=Outcome.NONE, reason="a person said so", asked_at=story.clock(),
        chosen_by=ChosenBy.USER,
    )  # fmt: skip

    class Meddling(Audible):
        def search(self, book_query):
            with closing(open_store(story.folder / "mamctl.db")) as other:
                save_answers(other, book_id, None, [declined])
            return super().search(book_query)

    http = CatalogueHttp(story.folder / "catalogues", RequestPolicy(), now=story.clock, sleep=story.clock.sleep)
    url = story.server.base_url("audible")
    catalogue = Meddling(http, today=lambda: story.clock().date(), base_url=url, interval=0)
    with job_run("meta.enrich", story.db, story.folder / "mamctl.db", story.clock) as run:
        figures = enrich(run, [book_id], [catalogue], LookupPolicy())
    http.close()
    assert figures.changes == 0
    assert story.agreed(book_id) == before
    assert load_answers(story.db, book_id)["audible"].outcome is Outcome.NONE


def test_the_other_catalogues_are_asked_about_the_record_that_a_person_chose(story):
    book_id, other_id = list(story.recordings)[:2]
    meant = story.world.by_id[story.recordings[other_id].work_id]
    pinned = CatalogueAnswer(
        catalogue="audible", outcome=Outcome.MATCH, reason="a person chose it", asked_at=story.clock(),
        chosen_by=ChosenBy.USER, record_id=story.recordings[other_id].asin(),
    )  # fmt: skip
    save_answers(story.db, book_id, None, [pinned])
    story.enrich(book_id, order=("goodreads", "audible"))
    answer = load_answers(story.db, book_id)["goodreads"]
    assert (answer.outcome, answer.title) in {(Outcome.MATCH, meant.title), (Outcome.NONE, None)}


@pytest.mark.spec("META-8")
def test_the_second_reading_of_a_name_is_asked_where_the_first_finds_nothing(story):
    book_id = next(iter(story.recordings))
    work = story.world.by_id[story.recordings[book_id].work_id]
    path = f"/library/Evening Walk - {work.title} - {work.authors[0]}"
    said = observe_path(path.removeprefix("/library/"), story.clock(), place=path)
    story.db.execute("UPDATE books SET path = ? WHERE id = ?", (path, book_id))
    replace_observations(story.db, book_id, None, said, (Source.TAGS, Source.FOLDER))
    save_agreed(story.db, book_id, None, agree(load_observations(story.db, book_id)), story.clock())
    assert story.agreed(book_id)[Field.TITLE].value == "Evening Walk"
    _, told = story.enrich(book_id)
    assert story.agreed(book_id)[Field.TITLE].value == work.title
    assert f"its name was read as “{work.title}” by {work.authors[0]}" in told[0].reason
    asked = Counter(story.server.catalogues_asked())
    # A question may cost a second request: another region, or the words without their fields.
    assert all(len(story.server.asked(name)) <= 2 * MOST_QUESTIONS for name in asked)


@pytest.mark.spec("META-8")
def test_a_title_of_your_own_is_not_read_otherwise(story):
    book_id = next(one for one in story.recordings if Field.ASIN not in story.agreed(one))
    set_by_user(story.db, book_id, Field.TITLE, "The Road That No Catalogue Knows", story.clock())
    _, told = story.enrich(book_id)
    assert story.agreed(book_id)[Field.TITLE].value == "The Road That No Catalogue Knows"
    assert told[0].outcome is Outcome.NONE


def test_a_catalogue_that_tells_anew_is_believed_anew(story):
    book_id = next(iter(story.recordings))
    story.enrich(book_id)
    works = tuple(replace(work, description="Told anew.") for work in story.world.works)
    story.server.show(World(works, story.world.series))
    story.clock.now += timedelta(days=2)
    _, told = story.enrich(book_id)
    assert [change.field for change in told[0].changes] == [Field.DESCRIPTION]
    assert story.agreed(book_id)[Field.DESCRIPTION].value == "Told anew."


def test_what_others_record_while_catalogues_are_asked_counts(story):
    book_id = next(one for one in story.recordings if Field.ASIN not in story.agreed(one))
    former = {one.source for one in load_observations(story.db, book_id)}

    def scan_meanwhile():
        with closing(open_store(story.folder / "mamctl.db")) as db:
            said = Origin(Source.LIBATION, "/library/a.json", story.clock()).observe(
                Field.PUBLISHER, "Scanned Now", 0.9
            )
            replace_observations(db, book_id, None, said, [Source.LIBATION])
            set_by_user(db, book_id, Field.TITLE, "Mine", story.clock())

    story.enrich(book_id, step=scan_meanwhile)
    assert former | {Source.LIBATION, Source.AUDIBLE} <= {one.source for one in load_observations(story.db, book_id)}
    agreed = story.agreed(book_id)
    assert (agreed[Field.PUBLISHER].value, agreed[Field.TITLE].value) == ("Scanned Now", "Mine")


def test_a_record_that_is_no_longer_listed_takes_nothing_back(story):
    story.enrich()
    before = story.values()
    links = {book_id: load_answers(story.db, book_id) for book_id in story.recordings}
    story.server.show(World((), ()))
    story.clock.now += timedelta(days=2)
    figures, _ = story.enrich()
    assert figures.changes == 0
    assert story.values() == before
    for book_id, known in links.items():
        assert known.items() <= load_answers(story.db, book_id).items()


def test_a_doubt_that_comes_later_takes_nothing_back(story):
    """Goodreads has come to list a namesake, so that its search no longer tells which of them is meant."""
    book_id = next(one for one in story.recordings if Field.NARRATORS not in story.agreed(one))
    story.enrich(book_id, order=("goodreads",))
    before, links = story.agreed(book_id), load_answers(story.db, book_id)
    assert links["goodreads"].outcome is Outcome.MATCH
    work = story.world.by_id[story.recordings[book_id].work_id]
    twins = tuple(replace(work, id=900 + number, series=(), series_ids=()) for number in range(2))
    story.server.show(World((*twins, *story.world.works), story.world.series))
    story.clock.now += timedelta(days=2)
    story.enrich(book_id, order=("goodreads",))
    assert {field: one.value for field, one in story.agreed(book_id).items()} == {
        field: one.value for field, one in before.items()
    }
    assert load_answers(story.db, book_id)["goodreads"].outcome is Outcome.MATCH


def test_a_match_that_no_longer_fits_is_given_up(story):
    """A person has said that it is another book: the words about the former one go."""
    book_id = next(one for one in story.recordings if Field.ASIN not in story.agreed(one))
    story.enrich(book_id)
    assert Field.DESCRIPTION in story.agreed(book_id)
    set_by_user(story.db, book_id, Field.TITLE, "Nobody Wrote This", story.clock())
    set_by_user(story.db, book_id, Field.AUTHORS, ("Nemo Nescio",), story.clock())
    story.enrich(book_id)
    assert Field.DESCRIPTION not in story.agreed(book_id)
    assert load_answers(story.db, book_id)["audible"].outcome is Outcome.NONE


def test_observations_name_the_record_that_states_them(story):
    book_id = next(iter(story.recordings))
    story.enrich(book_id)
    said = [one for one in load_observations(story.db, book_id) if one.source is Source.GOODREADS]
    assert said
    assert {one.place for one in said} == {f"goodreads:{load_answers(story.db, book_id)['goodreads'].record_id}"}
    assert all(0 < one.confidence < 1 for one in said)

"""Every catalogue over HTTP against the practice catalogue: what it finds, and how it says that it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mamctl.domain.matching.records import BookQuery, CatalogueUnavailableError, Medium, Unavailability
from mamctl.jobs.catalogues.ports import ListsSeries, LooksUpMany
from mamctl.practice.catalogue.faults import FaultKind
from tests.kit.catalogue import NAMES

SEARCHING = [name for name in NAMES if name != "audnexus"]
WITH_NARRATORS = ["audible", "audnexus", "custom", "librivox"]


def _book_query(work):
    return BookQuery(title=work.title, author=work.authors[0], asin=None)


@pytest.fixture
def work(world):
    return next(work for work in world.works[3:] if work.series and len(work.authors) == 1 and len(work.title) > 12)


@pytest.mark.spec("META-2")
@pytest.mark.parametrize("name", SEARCHING)
def test_a_search_by_title_and_author_finds_the_book_first(adapter, work, name):
    found = adapter(name).search(_book_query(work))
    assert found[0].title == work.title
    assert found[0].authors[0] == work.authors[0]
    assert found[0].source == name


@pytest.mark.spec("META-2")
def test_goodreads_search(adapter, work):
    first = adapter("goodreads").search(_book_query(work))[0]
    assert (first.title, first.authors[0], first.source) == (work.title, work.authors[0], "goodreads")
    assert first.id
    assert first.series
    assert first.rating is not None


@pytest.mark.spec("META-2")
def test_goodreads_caching(adapter, server, clock, work):
    goodreads = adapter("goodreads")
    first = goodreads.search(_book_query(work))
    asked = len(server.asked())
    clock.now += timedelta(hours=23)
    assert goodreads.search(_book_query(work)) == first
    assert len(server.asked()) == asked
    clock.now += timedelta(hours=2)
    assert goodreads.search(_book_query(work)) == first
    assert len(server.asked()) > asked


@pytest.mark.spec("META-2")
@pytest.mark.parametrize("name", NAMES)
def test_a_look_up_by_id_tells_the_same_book(adapter, work, name):
    catalogue = adapter(name)
    book_query = BookQuery(asin=work.recordings[0].asin()) if name == "audnexus" else _book_query(work)
    first = catalogue.search(book_query)[0]
    again = catalogue.lookup(first.id)
    assert (again.id, again.title, again.source) == (first.id, first.title, first.source)
    assert again.description == work.description


@pytest.mark.parametrize("name", NAMES)
def test_a_look_up_in_the_known_words_is_known_again_and_can_still_be_read(adapter, server, world, clock, work, name):
    catalogue = adapter(name)
    book_query = BookQuery(asin=work.recordings[0].asin()) if name == "audnexus" else _book_query(work)
    record_id = catalogue.search(book_query)[0].id
    record = catalogue.lookup(record_id)
    first = catalogue.look_up_again(record_id, b"")
    assert (first.same, first.read()) == (False, record)
    kept = catalogue.look_up_again(record_id, first.words)
    clock.now += timedelta(days=2)
    asked = len(server.asked())
    afresh = catalogue.look_up_again(record_id, first.words)
    assert len(server.asked()) > asked
    for one in (kept, afresh):
        sent = len(server.asked())
        assert (one.same, one.words, one.read(), one.read()) == (True, first.words, record, record)
        assert len(server.asked()) == sent
    works = [replace(one, description="In other words altogether.") for one in world.works]
    server.show(replace(world, works=tuple(works)))
    clock.now += timedelta(days=2)
    other = catalogue.look_up_again(record_id, first.words)
    assert not other.same
    assert other.words != first.words
    assert other.read().description == "In other words altogether."
    assert catalogue.lookup(record_id) == other.read()  # what was asked afresh is kept


def test_a_look_up_of_what_is_not_there_has_no_words(adapter):
    found = adapter("goodreads").look_up_again("999999999", b"")
    assert (found.words, found.same, found.read()) == (b"", False, None)


@pytest.mark.parametrize("name", WITH_NARRATORS)
def test_those_who_know_narrators_tell_them_with_the_length(adapter, work, name):
    record = adapter(name).search(BookQuery(title=work.title, author=work.authors[0], asin=work.recordings[0].asin()))[
        0
    ]
    assert set(record.narrators) <= {name for one in work.recordings for name in one.narrators}
    assert record.narrators
    assert min(abs(record.duration_s - one.duration_s) for one in work.recordings) <= 60
    assert record.format is Medium.AUDIO


@pytest.mark.parametrize("name", NAMES)
def test_a_book_that_nobody_wrote_is_an_answer_and_no_outage(adapter, name):
    book_query = BookQuery(title="Qzx Vvwk", author="Nn Qq", asin="B0ZZZZZZZ9")
    assert adapter(name).search(book_query) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_id_is_nothing(adapter, name):
    unknown = {"audible": "B0ZZZZZZZ9", "audnexus": "B0ZZZZZZZ9", "open_library": "OL999999W", "google_books": "v99"}
    assert adapter(name).lookup(unknown.get(name, "99999") + ("9999" if name == "google_books" else "")) is None
    assert adapter(name).lookup("../../etc/passwd") is None


TROUBLES = {
    FaultKind.OUTAGE: {Unavailability.DOWN},
    FaultKind.RESET: {Unavailability.DOWN},
    FaultKind.THROTTLED: {Unavailability.THROTTLED},
    FaultKind.SOFT_BLOCK: {Unavailability.THROTTLED, Unavailability.CHANGED},
    FaultKind.EMPTY: {Unavailability.THROTTLED, Unavailability.CHANGED},
    FaultKind.PAGE: {Unavailability.CHANGED},
    FaultKind.TRUNCATED: {Unavailability.CHANGED},
    FaultKind.OTHER_SHAPE: {Unavailability.CHANGED},
    FaultKind.REFUSED_KEY: {Unavailability.KEYLESS},
    FaultKind.HUGE: {Unavailability.DOWN},
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", TROUBLES)
def test_every_trouble_is_unavailability_and_never_an_answer(adapter, server, work, name, kind):
    server.behaviour.plan(kind, name)
    with pytest.raises(CatalogueUnavailableError) as caught:
        adapter(name).search(BookQuery(title=work.title, author=work.authors[0], asin=work.recordings[0].asin()))
    assert caught.value.reason in TROUBLES[kind]
    assert caught.value.catalogue == name
    assert caught.value.slug == f"catalogue_{caught.value.reason}"


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_trouble_is_not_remembered_as_an_answer(adapter, server, work, kind):
    catalogue = adapter("goodreads")
    server.behaviour.plan(kind, times=2)
    for _ in range(2):
        try:
            catalogue.search(_book_query(work))
        except CatalogueUnavailableError as error:
            if error.reason in {Unavailability.KEYLESS, Unavailability.THROTTLED}:
                return
    assert catalogue.search(_book_query(work))[0].title == work.title


@pytest.mark.parametrize("name", ["goodreads", "google_books", "hardcover"])
def test_without_a_key_nobody_is_asked(server, http, clock, name):
    from mamctl.adapters.catalogues.goodreads import Goodreads
    from mamctl.adapters.catalogues.google_books import GoogleBooks
    from mamctl.adapters.catalogues.hardcover import Hardcover

    catalogues = {
        "goodreads": Goodreads(http, key=None, base_url=server.base_url(name)),
        "google_books": GoogleBooks(http, key=None, base_url=server.base_url(name)),
        "hardcover": Hardcover(http, key=None, base_url=server.base_url(name)),
    }
    with pytest.raises(CatalogueUnavailableError) as caught:
        catalogues[name].search(BookQuery(title="The Salt Road"))
    assert caught.value.reason is Unavailability.KEYLESS
    assert server.asked() == []


def test_audible_finds_in_another_region_what_the_first_does_not_sell(adapter, world):
    asin = next(asin for one in world.recordings for region, asin in one.asins if region == "uk")
    record = adapter("audible").lookup(asin)
    assert (record.asin, record.region) == (asin, "uk")


def test_audible_s_stub_with_status_200_is_no_book(adapter, server, work):
    server.behaviour.plan(FaultKind.STUB, "audible")
    assert adapter("audible").lookup(work.recordings[0].asin()) is None


def test_audible_counts_pages_from_zero(adapter, server, work):
    adapter("audible").search(_book_query(work))
    assert server.asked("audible")[0].fields["page"] == "0"


def test_audible_leaves_out_what_is_only_announced(adapter, clock, work):
    from datetime import UTC, datetime

    clock.now = datetime(1900, 1, 1, tzinfo=UTC)
    assert adapter("audible").search(_book_query(work)) == []


def test_audible_answers_for_fifty_books_at_once_and_remembers_each(adapter, server, world):
    catalogue = adapter("audible")
    assert isinstance(catalogue, LooksUpMany)
    asins = [*[one.asin() for one in world.recordings][:60], "B0ZZZZZZZ9"]
    found = catalogue.lookup_many(asins)
    assert sum(record is not None for record in found.values()) == 60
    # Two batches, and the second region for the one that the first does not sell.
    assert len(server.asked("audible")) == 3
    assert catalogue.lookup(asins[7]).asin == asins[7]
    assert catalogue.lookup("B0ZZZZZZZ9") is None
    assert len(server.asked("audible")) == 3


def test_audnexus_tells_a_missing_book_as_an_error_of_the_server_and_is_understood(adapter, server, work):
    server.behaviour.plan(FaultKind.OLD_MISSING, "audnexus")
    assert adapter("audnexus").lookup(work.recordings[0].asin()) is None


def test_audnexus_true_errors_in_the_older_shape_are_an_outage(adapter, server, work):
    server.behaviour.plan(FaultKind.OLD_ERROR, "audnexus")
    with pytest.raises(CatalogueUnavailableError) as caught:
        adapter("audnexus").lookup(work.recordings[0].asin())
    assert caught.value.reason is Unavailability.DOWN


@pytest.mark.spec("META-2")
@pytest.mark.parametrize("name", ["audible", "goodreads", "hardcover"])
def test_a_series_is_listed_with_its_books_in_order(adapter, world, work, name):
    catalogue = adapter(name)
    assert isinstance(catalogue, ListsSeries)
    first = catalogue.search(_book_query(work))[0]
    record = first if first.series_ids and first.series_ids[0] else catalogue.lookup(first.id)
    series = catalogue.series(record.series_ids[0])
    told = world.by_series[work.series_ids[0]]
    assert series.name == told.name
    assert [volume.title for volume in series.volumes] == [world.by_id[number].title for number in told.work_ids]
    assert series.volumes[0].position == "1"


def test_librivox_searches_by_last_name(adapter, server, work):
    adapter("librivox").search(BookQuery(title=work.title, author="Vell, Mara"))
    adapter("librivox").search(BookQuery(title=work.title, author="Mara Vell"))
    assert {entry.fields["author"] for entry in server.asked("librivox")} == {"Vell"}


def test_an_isbn_leads_straight_to_the_book(adapter, work):
    for name in ("goodreads", "google_books", "open_library"):
        found = adapter(name).search(BookQuery(title="something else entirely", isbn=work.isbn))
        assert found[0].title == work.title
        assert found[0].isbn == work.isbn


def test_a_wrong_answer_stays_an_answer_for_matching_to_judge(adapter, server, work):
    server.behaviour.plan(FaultKind.WRONG_BOOK, "open_library")
    found = adapter("open_library").search(_book_query(work))
    assert found
    assert work.title not in {record.title for record in found}

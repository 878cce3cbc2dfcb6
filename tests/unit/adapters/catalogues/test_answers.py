"""What is read from the answers of each catalogue, form by form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from mamctl.adapters.catalogues import (
    audible_products,
    audnexus,
    custom,
    goodreads_answers,
    google_books,
    hardcover_answers,
    itunes,
    librivox,
    open_library,
)
from mamctl.adapters.catalogues.answer import Answer
from mamctl.domain.matching.records import CatalogueUnavailableError, Medium, Unavailability
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def answer(body, status=200, kind="application/json"):
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    return Answer(status, body.encode() if isinstance(body, str) else body, NOW, kind)


def response(inside):
    head = "<Request><authentication>true</authentication><key><![CDATA[***]]></key></Request>"
    return answer(f'<?xml version="1.0" encoding="UTF-8"?><GoodreadsResponse>{head}{inside}</GoodreadsResponse>')


PRODUCT = {
    "asin": "B00TEST123", "title": "The Salt Road", "subtitle": "Lantern Cycle, Book 2",
    "authors": [{"asin": "B000AUTH01", "name": "Mara Vell"}, {"name": "Jo Penn - translator"}],
    "narrators": [{"name": "Tom Asher"}, {"name": "Ines Quill"}],
    "series": [
        {"asin": "B00SERIES2", "title": "World of Vell", "sequence": ""},
        {"asin": "B00SERIES1", "title": "Lantern Cycle", "sequence": "2, Dramatized Adaptation"},
    ],
    "publication_name": "Lantern Cycle", "runtime_length_min": 664, "release_date": "2013-05-14",
    "publisher_name": "Harbour Audio", "language": "english", "format_type": "unabridged",
    "content_delivery_type": "SinglePartBook", "publisher_summary": "<p>A road of <i>salt</i>.</p><p>Second line.</p>",
    "rating": {"overall_distribution": {"display_average_rating": "4.6", "num_ratings": 812}},
    "category_ladders": [
        {"root": "Genres", "ladder": [{"id": "1", "name": "Science Fiction & Fantasy"}, {"id": "2", "name": "Epic"}]}
    ],
    "product_images": {"500": "https://m.catalogue.test/I/abc._SL500_.jpg", "1024": "https://m.catalogue.test/b.jpg"},
}  # fmt: skip


class TestAudible:
    def test_a_product_is_read_in_full(self):
        record = audible_products.parse_product(answer({"product": PRODUCT}), "us")
        assert record.authors == ("Mara Vell",)
        assert record.narrators == ("Tom Asher", "Ines Quill")
        assert record.series == (SeriesEntry("Lantern Cycle", "2"), SeriesEntry("World of Vell", None))
        assert record.series_ids == ("B00SERIES1", "B00SERIES2")
        assert record.duration_s == 664 * 60
        assert record.published == "2013-05-14"
        assert record.language == "English"
        assert record.abridged is False
        assert record.genres == ("Science Fiction & Fantasy",)
        assert record.description == "A road of salt.\n\nSecond line."
        assert record.cover == "https://m.catalogue.test/b.jpg"
        assert (record.rating, record.ratings_count) == (4.6, 812)
        assert record.format is Medium.AUDIO

    @pytest.mark.parametrize("kind", ["PodcastParent", "PodcastEpisode", "BookSeries", "Periodical"])
    def test_what_is_no_book_is_left_out_of_a_search(self, kind):
        body = {"products": [PRODUCT, PRODUCT | {"content_delivery_type": kind}], "total_results": 2}
        assert len(audible_products.parse_products(answer(body), "us", "2026-03-01")) == 1

    def test_a_preorder_is_left_out(self):
        body = {"products": [PRODUCT | {"release_date": "2031-01-01"}], "total_results": 1}
        assert audible_products.parse_products(answer(body), "us", "2026-03-01") == []

    def test_a_complaint_about_a_parameter_is_no_answer(self):
        body = {"message": "1 validation error detected: Value '999' at 'numResults' failed to satisfy constraint"}
        with pytest.raises(CatalogueUnavailableError) as caught:
            audible_products.parse_products(answer(body, 400), "us", "2026-03-01")
        assert caught.value.reason is Unavailability.CHANGED


class TestAudnexus:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"error": {"code": "NOT_FOUND", "message": "Book not found", "details": None}}, 404),
            ({"error": {"code": "REGION_UNAVAILABLE", "message": "Item not available", "details": None}}, 404),
            ({"error": {"code": "BAD_REQUEST", "message": "Bad ASIN", "details": None}}, 400),
            ({"statusCode": 404, "error": "Not Found", "message": "No such book"}, 404),
            ({"statusCode": 500, "error": "Internal Server Error",
              "message": "Item not available in region 'us' for ASIN: B0TEST1234"}, 500),
            ({"statusCode": 500, "error": "Internal Server Error",
              "message": "Required key 'authors' does not exist in Audible API response for ASIN B0TEST1234"}, 500),
        ],
    )  # fmt: skip
    def test_a_missing_book_in_every_shape(self, body, status):
        assert audnexus.parse_book(answer(body, status)) is None

    def test_an_error_of_theirs_is_an_outage(self):
        body = {"statusCode": 500, "error": "Internal Server Error", "message": "An error occurred while updating"}
        with pytest.raises(CatalogueUnavailableError) as caught:
            audnexus.parse_book(answer(body, 500))
        assert caught.value.reason is Unavailability.DOWN


class TestGoodreads:
    def test_a_search_tells_book_ids_and_parts_title_and_series(self):
        inside = """<search><total-results>1</total-results><results><work><id type="integer">9001</id>
          <original_publication_year type="integer">2011</original_publication_year>
          <original_publication_month type="integer" nil="true"/><average_rating>4.02</average_rating>
          <best_book type="Book"><id type="integer">5550001</id><title>The Salt Road (Lantern Cycle,  #2)</title>
          <author><id type="integer">77</id><name>Mara  Vell</name></author>
          <image_url>https://catalogue.test/nophoto/x.png</image_url></best_book></work></results></search>"""
        (record,) = goodreads_answers.parse_search(response(inside))
        assert (record.id, record.title, record.authors) == ("5550001", "The Salt Road", ("Mara Vell",))
        assert record.series == (SeriesEntry("Lantern Cycle", "2"),)
        assert (record.first_published, record.cover, record.rating) == ("2011", None, 4.02)

    @pytest.mark.spec("META-2")
    def test_an_audio_edition_tells_its_narrator_by_role(self):
        inside = """<book><id>5550001</id><title>The Salt Road (Lantern Cycle, #2)</title>
          <title_without_series>The Salt Road</title_without_series><isbn13><![CDATA[9783161484100]]></isbn13>
          <asin><![CDATA[B00TEST123]]></asin><publication_year>2013</publication_year>
          <publication_month>5</publication_month><publication_day>14</publication_day>
          <publisher>Harbour Audio</publisher><language_code>en-US</language_code>
          <description><![CDATA[A road of <i>salt</i>.<br /><br />Second line.]]></description>
          <work><original_publication_year type="integer">2011</original_publication_year>
            <ratings_count type="integer">1234</ratings_count></work>
          <average_rating>4.02</average_rating><format>Audible Audio</format>
          <url><![CDATA[https://catalogue.test/book/5550001]]></url>
          <authors><author><name>Mara Vell</name><role></role></author>
            <author><name>Tom Asher</name><role>Narrator</role></author>
            <author><name>Jo Penn</name><role>Translator</role></author></authors>
          <popular_shelves><shelf name="to-read" count="9"/><shelf name="science-fiction" count="8"/>
            <shelf name="audiobooks" count="5"/><shelf name="owned" count="3"/></popular_shelves>
          <series_works><series_work><user_position>2</user_position><series><id>31</id><title><![CDATA[
            Lantern Cycle
          ]]></title></series></series_work></series_works></book>"""
        record = goodreads_answers.parse_book(response(inside))
        assert (record.authors, record.narrators) == (("Mara Vell",), ("Tom Asher",))
        assert record.series == (SeriesEntry("Lantern Cycle", "2"),)
        assert record.series_ids == ("31",)
        assert (record.published, record.first_published) == ("2013-05-14", "2011")
        assert (record.asin, record.isbn) == ("B00TEST123", "9783161484100")
        assert (record.language, record.format, record.genres) == ("English", Medium.AUDIO, ("Science Fiction",))
        assert record.description == "A road of salt.\n\nSecond line."
        assert (record.rating, record.ratings_count) == (4.02, 1234)

    @pytest.mark.parametrize(
        ("body", "status", "reason"),
        [
            ("Invalid API key.", 401, Unavailability.KEYLESS),
            ("Invalid API key", 200, Unavailability.KEYLESS),
            ("Invalid Request", 200, Unavailability.CHANGED),
            ("<!DOCTYPE html><html><body>Sign in</body></html>", 200, Unavailability.CHANGED),
            ("", 200, Unavailability.THROTTLED),
            ("", 202, Unavailability.THROTTLED),
            ("<error>something broke</error>", 200, Unavailability.CHANGED),
            ("<OtherResponse/>", 200, Unavailability.CHANGED),
            ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><GoodreadsResponse><search>&b;</search>', 200,
             Unavailability.CHANGED),
        ],
    )  # fmt: skip
    def test_each_form_of_refusal(self, body, status, reason):
        with pytest.raises(CatalogueUnavailableError) as caught:
            goodreads_answers.parse_search(answer(body, status, "text/html"))
        assert caught.value.reason is reason

    @pytest.mark.parametrize("status", [200, 404])
    def test_book_not_found_is_an_answer(self, status):
        assert goodreads_answers.parse_book(answer("<error>book not found</error>", status)) is None

    def test_entities_from_outside_are_never_opened(self):
        body = (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><GoodreadsResponse><book><id>1</id>'
            "<title>T</title><publisher>&b;</publisher></book></GoodreadsResponse>"
        )
        with pytest.raises(CatalogueUnavailableError) as caught:
            goodreads_answers.parse_book(answer(body))
        assert caught.value.reason is Unavailability.CHANGED


class TestOpenLibrary:
    @pytest.mark.parametrize("told", ["A road.", {"type": "/type/text", "value": "A road."}])
    def test_a_description_comes_in_two_forms(self, told):
        body = {
            "key": "/works/OL1W",
            "title": "The Salt Road",
            "description": told,
            "first_publish_date": "May 3, 2011",
        }
        record = open_library.parse_work(answer(body), "https://covers.catalogue.test")
        assert (record.description, record.first_published) == ("A road.", "2011-05-03")


class TestGoogleBooks:
    def test_without_hits_there_is_no_list(self):
        assert google_books.parse_volumes(answer({"kind": "books#volumes", "totalItems": 0})) == []

    def test_dates_are_as_fine_as_they_come(self):
        info = {"title": "The Salt Road", "publishedDate": "2011-05"}
        body = {"totalItems": 1, "items": [{"id": "x", "volumeInfo": info}]}
        assert google_books.parse_volumes(answer(body))[0].published == "2011-05"


class TestHardcover:
    def test_roles_are_free_text(self):
        people = [
            {"contribution": role, "author": {"name": name}}
            for role, name in (
                (None, "Mara Vell"), ("Narrator", "Tom Asher"), ("Reading", "Ines Quill"),
                ("author/narrator", "Jo Penn"), ("Illustrator", "Una Fell"),
            )
        ]  # fmt: skip
        edition = {"title": "The Salt Road", "contributions": people, "book": {"id": 7}, "reading_format_id": 2}
        (record,) = hardcover_answers.parse_editions(answer({"data": {"editions": [edition]}}))
        assert record.authors == ("Mara Vell", "Jo Penn")
        assert record.narrators == ("Tom Asher", "Ines Quill", "Jo Penn")

    @pytest.mark.parametrize(
        "body",
        [{"error": "Unable to verify token"}, {"errors": [{"message": "Could not verify JWT: JWTExpired"}]}],
    )
    def test_an_expired_token_is_told_with_status_200(self, body):
        with pytest.raises(CatalogueUnavailableError) as caught:
            hardcover_answers.parse_search(answer(body))
        assert caught.value.reason is Unavailability.KEYLESS


class TestITunes:
    def test_a_name_holds_authors_and_a_note(self):
        result = {
            "wrapperType": "audiobook", "artistName": "Mara Vell, Jo Penn & Ben Bova, PhD",
            "collectionName": "The Salt Road (Unabridged)", "collectionId": 7,
            "artworkUrl100": "https://catalogue.test/x/100x100bb.jpg", "releaseDate": "2013-05-14T07:00:00Z",
        }  # fmt: skip
        (record,) = itunes.parse_results(answer({"resultCount": 1, "results": [result]}), "us")
        assert (record.title, record.abridged) == ("The Salt Road", False)
        assert record.authors == ("Mara Vell", "Jo Penn", "Ben Bova, PhD")
        assert record.cover == "https://catalogue.test/x/600x600bb.jpg"
        assert record.published == "2013-05-14"


class TestLibriVox:
    def test_nothing_found_is_status_404(self):
        assert librivox.parse_books(answer({"error": "Audiobooks could not be found"}, 404)) == []

    def test_readers_come_from_the_sections_and_year_0_is_none(self):
        book = {
            "id": "7", "title": "Salt Road, The", "language": "English", "copyright_year": "0",
            "totaltime": "02:53:26", "authors": [{"first_name": "Mara", "last_name": "Vell"}],
            "sections": [
                {"readers": [{"display_name": "Una Fell"}]},
                {"readers": [{"display_name": "Tom Asher"}]},
                {"readers": [{"display_name": "Tom Asher"}]},
            ],
        }  # fmt: skip
        (record,) = librivox.parse_books(answer({"books": [book]}))
        assert (record.title, record.first_published) == ("The Salt Road", None)
        assert record.narrators == ("Tom Asher", "Una Fell")
        assert record.duration_s == 2 * 3600 + 53 * 60 + 26


class TestCustom:
    def test_the_contract_s_example(self):
        match = {
            "title": "The Salt Road", "author": "Mara Vell, Jo Penn", "narrator": "Tom Asher", "publishedYear": "2011",
            "series": [{"series": "Lantern Cycle", "sequence": "2"}], "language": "english", "duration": 664,
            "asin": "B00TEST123", "genres": ["Fantasy"],
        }  # fmt: skip
        (record,) = custom.parse_matches("abs-tract", answer({"matches": [match]}))
        assert record.authors == ("Mara Vell", "Jo Penn")
        assert record.narrators == ("Tom Asher",)
        assert record.duration_s == 664 * 60
        assert record.series == (SeriesEntry("Lantern Cycle", "2"),)

    def test_only_the_title_is_required(self):
        (record,) = custom.parse_matches("abs-tract", answer({"matches": [{"title": "The Salt Road"}, {}]}))
        assert (record.title, record.format) == ("The Salt Road", None)

    def test_matches_without_an_asin_have_ids_of_their_own_that_stay(self):
        base = {"title": "The Salt Road", "author": "Mara Vell"}
        matches = [base | {"narrator": "Tom Asher"}, base | {"narrator": "Ines Quill"}, {"title": "The Salt Road"}]
        found = custom.parse_matches("abs-tract", answer({"matches": matches}))
        assert len({record.id for record in found}) == 3
        assert found[0].id.endswith(" The Salt Road / Mara Vell")
        (alone,) = custom.parse_matches("other", answer({"matches": [matches[0] | {"description": "New."}]}))
        assert (alone.id, alone.catalogue) == (found[0].id, "other")

    @pytest.mark.parametrize(
        ("status", "reason"), [(400, Unavailability.DOWN), (401, Unavailability.KEYLESS), (418, Unavailability.CHANGED)]
    )
    def test_its_errors(self, status, reason):
        with pytest.raises(CatalogueUnavailableError) as caught:
            custom.parse_matches("abs-tract", answer({"error": "no"}, status))
        assert (caught.value.reason, caught.value.catalogue) == (reason, "abs-tract")

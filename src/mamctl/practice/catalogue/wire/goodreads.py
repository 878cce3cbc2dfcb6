"""Goodreads' XML: search, book by number or ISBN, an author's books, series; and the bodies it has instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.sax.saxutils import escape

from mamctl.practice.catalogue.wire.reply import PRACTICE_KEY, Asked, Reply
from mamctl.practice.catalogue.world import Work

_NOT_FOUND = "<error>book not found</error>"
BOOK_NUMBER = 5_550_000  # Goodreads' numbers for books are the works' with this added
SERIES_NUMBER = 40_000
AUTHOR_NUMBER = 70_000
_PAGE = 30  # books on one page of an author's
_RESULTS = 20  # works on one page of a search
_MOST_FOUND = 400


def answer_goodreads(asked: Asked) -> Reply:
    """Status 200 for nearly everything: the content says what it is."""
    if asked.param("key") != PRACTICE_KEY:
        return Reply(b"Invalid API key.", 401, "text/plain")
    if asked.path in {"/search/index.xml", "/search.xml"}:
        return _xml(asked, "search_index", _search(asked))
    for pattern, answer in _PAGES:
        if found := re.fullmatch(pattern, asked.path):
            return answer(asked, found[1])
    return Reply(b"Invalid Request", 404, "text/plain")


def _xml(asked: Asked, method: str, inside: str) -> Reply:
    head = (
        "<Request><authentication>true</authentication>"
        f"<key><![CDATA[{asked.param('key')}]]></key><method><![CDATA[{method}]]></method></Request>"
    )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<GoodreadsResponse>{head}{inside}</GoodreadsResponse>'
    return Reply(text.encode(), 200, "application/xml; charset=utf-8")


def _search(asked: Asked) -> str:
    text = asked.param("q")
    if asked.param("search[field]") == "author":
        found = asked.shelves.find("goodreads", author=text, most=_MOST_FOUND)
    else:
        found = asked.shelves.find("goodreads", title=text)
    if asked.wrong_book:
        found = list(asked.shelves.world.works[:3])
    start = _RESULTS * (max(1, int(asked.param("page") or 1)) - 1)
    works = found[start : start + _RESULTS]
    results = "".join(_result(asked, work) for work in works)
    return (
        f"<search><query><![CDATA[{text.replace(']]>', '')}]]></query><results-start>{start + 1}</results-start>"
        f"<results-end>{start + len(works)}</results-end><total-results>{len(found)}</total-results>"
        f"<source>Goodreads</source><query-time-seconds>0.05</query-time-seconds><results>{results}</results></search>"
    )


def _result(asked: Asked, work: Work) -> str:
    author = f'<id type="integer">{_author_number(asked, work.authors[0])}</id><name>{escape(work.authors[0])}</name>'
    return (
        f'<work><id type="integer">{work.id}</id><books_count type="integer">7</books_count>'
        f"{_date(work.first_published, 'original_publication')}"
        f"<average_rating>{work.rating}</average_rating><ratings_count>{work.ratings_count}</ratings_count>"
        f'<best_book type="Book"><id type="integer">{BOOK_NUMBER + work.id}</id>'
        f"<title>{escape(full_title(work))}</title>"
        f"<author>{author}</author>"
        f"<image_url>https://catalogue.test/i/{work.id}.jpg</image_url></best_book></work>"
    )


def full_title(work: Work) -> str:
    """ "The Salt Road (Lantern Cycle, #2)"."""
    if not work.series:
        return work.title
    inside = "; ".join(f"{entry.name}, #{entry.position}" if entry.position else entry.name for entry in work.series)
    return f"{work.title} ({inside})"


def _date(text: str, stem: str) -> str:
    """Year, month and day in three elements; what is not known is empty and marked nil."""
    parts = [*text.split("-"), "", ""][:3]
    return "".join(
        f'<{stem}_{unit} type="integer">{int(part)}</{stem}_{unit}>'
        if part
        else f'<{stem}_{unit} type="integer" nil="true"/>'
        for unit, part in zip(("year", "month", "day"), parts, strict=True)
    )


def _book(asked: Asked, work: Work | None) -> Reply:
    if work is None or not asked.shelves.knows("goodreads", work):
        return Reply(_NOT_FOUND.encode(), 404, "application/xml")
    if asked.wrong_book:
        work = asked.shelves.world.works[work.id % len(asked.shelves.world.works)]
    return _xml(asked, "book_show", _book_element(asked, work))


def _author_books(asked: Asked, number: int) -> Reply:
    """The author's books, 30 a page; `end` and `total` say whether another page follows."""
    name = next((name for name in asked.shelves.world.authors if _author_number(asked, name) == number), None)
    if name is None:
        return Reply(b"<error>author not found</error>", 404, "application/xml")
    known = [w for w in asked.shelves.world.works if name in w.authors and asked.shelves.knows("goodreads", w)]
    start = _PAGE * (max(1, int(asked.param("page") or 1)) - 1)
    page = known[start : start + _PAGE]
    books = "".join(_book_element(asked, work) for work in page)
    inside = (
        f"<author><id>{number}</id><name>{escape(name)}</name>"
        f"<link><![CDATA[https://catalogue.test/author/show/{number}]]></link>"
        f'<books start="{start + 1}" end="{start + len(page)}" total="{len(known)}">{books}</books></author>'
    )
    return _xml(asked, "author_list", inside)


def _author_number(asked: Asked, name: str) -> int:
    return AUTHOR_NUMBER + asked.shelves.world.authors[name]


def _book_element(asked: Asked, work: Work) -> str:
    authors = "".join(
        f"<author><id>{_author_number(asked, name)}</id><name>{escape(name)}</name><role></role></author>"
        for name in work.authors
    )
    series = "".join(
        f"<series_work><id>1</id><user_position>{entry.position or ''}</user_position>"
        f"<series><id>{SERIES_NUMBER + number}</id><title><![CDATA[\n    {entry.name}\n]]></title></series>"
        "</series_work>"
        for entry, number in zip(work.series, work.series_ids, strict=True)
    )
    shelves = "".join(
        f'<shelf name="{escape(name.lower().replace(" ", "-"))}" count="100"/>'
        for name in ("to-read", *work.genres, "owned")
    )
    description = work.description.replace("\n\n", "<br /><br />")
    return (
        f"<book><id>{BOOK_NUMBER + work.id}</id><title>{escape(full_title(work))}</title>"
        f"<title_without_series>{escape(work.title)}</title_without_series>"
        f"<isbn><![CDATA[]]></isbn><isbn13><![CDATA[{work.isbn}]]></isbn13><asin><![CDATA[]]></asin>"
        f"<image_url>https://catalogue.test/i/{work.id}.jpg</image_url>{_date(work.published, 'publication')}"
        f"<publisher>{escape(work.publisher)}</publisher><language_code>{work.language[:3].lower()}</language_code>"
        f"<is_ebook>false</is_ebook><description><![CDATA[{description}]]></description>"
        f'<work><id type="integer">{work.id}</id>{_date(work.first_published, "original_publication")}'
        f'<ratings_count type="integer">{work.ratings_count}</ratings_count></work>'
        f"<average_rating>{work.rating}</average_rating><format>Hardcover</format>"
        f"<url><![CDATA[https://catalogue.test/book/show/{work.id}]]></url>"
        f"<authors>{authors}</authors><popular_shelves>{shelves}</popular_shelves>"
        f"<series_works>{series}</series_works></book>"
    )


def _series(asked: Asked, number: int) -> Reply:
    series = asked.shelves.world.by_series.get(number)
    if series is None:
        return Reply(b"<error>series not found</error>", 404, "application/xml")
    works = (asked.shelves.world.by_id[work_id] for work_id in series.work_ids)
    parts = "".join(
        f"<series_work><id>{n}</id><user_position>{work.series[0].position or ''}</user_position>{_result(asked, work)}"
        "</series_work>"
        for n, work in enumerate(works, start=1)
    )
    inside = (
        f"<series><id>{SERIES_NUMBER + series.id}</id><title><![CDATA[\n{series.name}\n]]></title><description/>"
        f"<numbered>true</numbered><series_works>{parts}</series_works></series>"
    )
    return _xml(asked, "series_show", inside)


_PAGES: tuple[tuple[str, Callable[[Asked, str], Reply]], ...] = (
    (r"/book/show/(\d+)\.xml", lambda asked, id_: _book(asked, asked.shelves.world.by_id.get(int(id_) - BOOK_NUMBER))),
    (r"/book/isbn/(\w+)", lambda asked, isbn: _book(asked, asked.shelves.world.by_isbn.get(isbn))),
    (r"/author/list/(\d+)\.xml", lambda asked, id_: _author_books(asked, int(id_))),
    (r"/series/(\d+)", lambda asked, id_: _series(asked, int(id_) - SERIES_NUMBER)),
)

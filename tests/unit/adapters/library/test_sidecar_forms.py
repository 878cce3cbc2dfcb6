"""Older and newer forms of the same sidecars: OPF 2 and 3, Libation's two files, Audiobookshelf's text form."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from mamctl.adapters.library.sidecar_json import observe_json
from mamctl.adapters.library.sidecar_xml import observe_xml
from mamctl.domain.metadata.merge import agree
from mamctl.domain.text.series import SeriesEntry

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
pytestmark = pytest.mark.spec("META-1")
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="{version}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">{lines}</metadata>
</package>"""


def opf(lines: str, version: str = "3.0") -> dict:
    return values(observe_xml(PACKAGE.format(version=version, lines=lines).encode(), "metadata.opf", NOW))


def values(said) -> dict:
    return {value.field.value: value.value for value in agree(said)}


def test_opf_3_refines_its_elements():
    found = opf("""
        <dc:title id="t1">The Salt Road</dc:title><meta refines="#t1" property="title-type">main</meta>
        <dc:title id="t2">A Tale of Snow</dc:title><meta refines="#t2" property="title-type">subtitle</meta>
        <dc:title id="t3">Salt</dc:title><meta refines="#t3" property="title-type">short</meta>
        <dc:creator id="c1">Mara Vell</dc:creator><meta refines="#c1" property="role">aut</meta>
        <dc:creator id="c2">Tom Asher</dc:creator><meta refines="#c2" property="role" scheme="marc:relators">nrt</meta>
        <dc:contributor id="c3">Bo Finch</dc:contributor><meta refines="#c3" property="role">trl</meta>
        <meta property="belongs-to-collection" id="s1">Lantern Cycle</meta>
        <meta refines="#s1" property="collection-type">series</meta>
        <meta refines="#s1" property="group-position">2.0</meta>
        <meta property="belongs-to-collection" id="s2">Boxed Lights</meta>
        <meta refines="#s2" property="collection-type">set</meta>
        <dc:identifier>urn:isbn:9780306406157</dc:identifier>""")
    assert (found["title"], found["subtitle"]) == ("The Salt Road", "A Tale of Snow")
    assert (found["authors"], found["narrators"]) == (("Mara Vell",), ("Tom Asher",))
    assert (found["series"], found["isbn"]) == ((SeriesEntry("Lantern Cycle", "2"),), "9780306406157")


@pytest.mark.parametrize(
    ("lines", "series"),
    [
        ('<meta name="calibre:series_index" content="2.50"/><meta name="calibre:series" content="Lantern Cycle"/>',
         (SeriesEntry("Lantern Cycle", "2.5"),)),
        ('<meta name="calibre:series" content="Unit #9"/><meta name="calibre:series_index" content="3"/>',
         (SeriesEntry("Unit #9", "3"),)),
        ('<meta name="calibre:series" content="A"/><meta name="calibre:series_index" content="1"/>'
         '<meta name="calibre:series" content="B"/><meta name="calibre:series_index" content="4"/>',
         (SeriesEntry("A", "1"), SeriesEntry("B", "4"))),
        ('<meta property="belongs-to-collection">Lantern Cycle</meta>', (SeriesEntry("Lantern Cycle"),)),
    ],
)  # fmt: skip
def test_series_of_an_opf(lines, series):
    assert opf(lines, "2.0")["series"] == series


@pytest.mark.parametrize("column", ["#narrators", "#narrator"])
@pytest.mark.parametrize("value", [["Tom Asher", "Ines Quill"], "Tom Asher & Ines Quill"])
def test_narrators_in_a_column_of_calibre(column, value):
    content = json.dumps({"#value#": value, "datatype": "text"}).replace('"', "&quot;").replace("& ", "&amp; ")
    found = opf(f'<meta name="calibre:user_metadata:{column}" content="{content}"/>', "2.0")
    assert found["narrators"] == ("Tom Asher", "Ines Quill")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Salt & Iron", "Salt & Iron"),
        ("Salt &amp; Iron", "Salt & Iron"),
        ("Caf&eacute;&nbsp;Noir", "Café Noir"),
        ("Salt &unknown; Iron", "Salt &unknown; Iron"),
        ("Caf&#233;", "Café"),
        ("<![CDATA[Salt & Iron]]>", "Salt & Iron"),
    ],
)
def test_signs_that_xml_forbids_are_read_as_they_were_meant(written, title):
    assert opf(f"<dc:title>{written}</dc:title>")["title"] == title


@pytest.mark.parametrize(
    ("scheme", "text", "field"),
    [
        ("AMAZON", "B00TEST123", "asin"),
        ("amazon_uk", "B00TEST123", "asin"),
        ("MOBI-ASIN", "B00TEST123", "asin"),
        ("ISBN", "978-0-306-40615-7", "isbn"),
        ("", "9780306406157", "isbn"),
        ("uuid", "9780306406157", None),
        ("calibre", "17", None),
    ],
)
def test_identifiers_of_an_opf(scheme, text, field):
    kind = f' opf:scheme="{scheme}"' if scheme else ""
    assert opf(f"<dc:identifier{kind}>{text}</dc:identifier>", "2.0").keys() == ({field} if field else set())


EXPORTED = {
    "Account": "me", "AudibleProductId": "B00TEST123", "Locale": "uk", "Title": "The Salt Road", "Subtitle": None,
    "AuthorNames": "Mara Vell, Jo Penn", "NarratorNames": "Tom Asher", "LengthInMinutes": 664,
    "Description": "A road of salt and snow.", "Publisher": "Harbour Audio", "SeriesNames": "Lantern Cycle, Unit #9",
    "SeriesOrder": "2 : Lantern Cycle, 3 : Unit #9", "CategoriesNames": "Fantasy; Epic", "IsAbridged": False,
    "DatePublished": "2013-05-14T00:00:00", "Language": "English", "MyLibationTags": "read",
}  # fmt: skip


@pytest.mark.parametrize("form", [EXPORTED, [EXPORTED]], ids=["object", "list of one"])
def test_what_libation_wrote_before(form):
    found = values(observe_json(json.dumps(form).encode(), "The Salt Road.json", "x", NOW))
    assert (found["title"], found["authors"], found["narrators"]) == (
        "The Salt Road",
        ("Mara Vell", "Jo Penn"),
        ("Tom Asher",),
    )
    assert found["series"] == (SeriesEntry("Lantern Cycle", "2"), SeriesEntry("Unit #9", "3"))
    assert (found["asin"], found["published"], found["duration"]) == ("B00TEST123", "2013-05-14", 39840.0)
    assert (found["abridged"], found["genres"], found["publisher"]) == (False, ("Fantasy", "Epic"), "Harbour Audio")


@pytest.mark.parametrize(
    ("order", "names", "series"),
    [
        ("", "Lantern Cycle", (SeriesEntry("Lantern Cycle"),)),
        (" : Lantern Cycle", "Lantern Cycle", (SeriesEntry("Lantern Cycle"),)),
        ("1-3 : Tales, Old and New", "x", (SeriesEntry("Tales, Old and New", "1-3"),)),
        (None, None, None),
    ],
)
def test_the_series_order_of_libation(order, names, series):
    data = {**EXPORTED, "SeriesOrder": order, "SeriesNames": names}
    assert values(observe_json(json.dumps(data).encode(), "x.json", "x", NOW)).get("series") == series


TEXT_FORM = """;ABMETADATA2
#audiobookshelf v2.4.4

media=book
tags=["own"]
title=The Salt Road: A Tale
subtitle=null
authors=Mara Vell, Jo Penn
narrators=Tom Asher
series=Lantern Cycle #2, Harbour Tales, The #1.5
genres=Fantasy, Epic
publishedYear=2011
publisher=Harbour Audio
asin=B00TEST123
language=eng
explicit=N
abridged=Y

[DESCRIPTION]
A road of salt.
title=not a field

[CHAPTER]
start=0
end=61.5
title=Opening
"""


def test_the_text_form_of_audiobookshelf():
    found = values(observe_json(TEXT_FORM.encode(), "metadata.abs", "x", NOW))
    assert (found["title"], found.get("subtitle")) == ("The Salt Road: A Tale", None)
    assert (found["authors"], found["narrators"]) == (("Mara Vell", "Jo Penn"), ("Tom Asher",))
    assert found["series"] == (SeriesEntry("Lantern Cycle", "2"), SeriesEntry("Harbour Tales, The", "1.5"))
    assert (found["year"], found["genres"], found["abridged"]) == (2011, ("Fantasy", "Epic"), True)
    assert found["description"] == "A road of salt.\ntitle=not a field"


def test_the_first_text_form_of_audiobookshelf():
    old = ";ABMETADATA1\n#audiobookshelf v1.6.0\n\ntitle=Winter\nauthor=Jo Penn\nnarrator=Tom Asher\npublishYear=1999\n"
    found = values(observe_json(old.encode(), "metadata.abs", "x", NOW))
    assert found == {"title": "Winter", "authors": ("Jo Penn",), "narrators": ("Tom Asher",), "year": 1999}


@pytest.mark.parametrize(
    ("series", "read"),
    [
        ([{"title": "Unit #9", "sequence": "3"}], (SeriesEntry("Unit #9", "3"),)),
        ([{"title": "Lantern Cycle #2", "sequence": "2"}], (SeriesEntry("Lantern Cycle", "2"),)),
        ([{"title": "Area 51", "sequence": ""}], (SeriesEntry("Area 51"),)),
    ],
)
def test_a_place_beside_a_name_eats_no_number_of_it(series, read):
    product = {"runtime_length_min": 60, "title": "T", "series": series}
    assert values(observe_json(json.dumps(product).encode(), "x.metadata.json", "x", NOW))["series"] == read

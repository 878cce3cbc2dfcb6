"""NFO files of every layout and language: markup, tables, columns, labels above values, lists, and mere chatter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mamctl.adapters.library.text_encoding import decode_nfo
from mamctl.domain.library.nfo import parse_nfo
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Origin, Source

ORIGIN = Origin(Source.NFO, "book.nfo", datetime(2026, 11, 25, tzinfo=UTC))
BOOK = {"title": "The Salt Road", "authors": ("Mara Vell",), "narrators": ("Tom Asher", "Ines Quill")}


def read(text: str) -> dict:
    values = {value.field.value: value.value for value in agree(parse_nfo(text, ORIGIN).observations)}
    if series := values.pop("series", None):
        values["series"] = (series[0].name, series[0].position)
    return values


@pytest.mark.parametrize(
    "text",
    [
        "[b]Title:[/b] The Salt Road\n[b]Author:[/b] Mara Vell\n[b]Narrator:[/b] Tom Asher, Ines Quill",
        "[size=4][center]Title: The Salt Road[/center][/size]\nAuthor: Mara Vell\nRead by: Tom Asher & Ines Quill",
        "<b>Title:</b> The Salt Road<br>\n<b>Author:</b> Mara Vell<br />\n"
        "<b>Narrated by:</b> Tom Asher, Ines Quill<br>",
        "**Title:** The Salt Road\n**Author:** Mara Vell\n**Narrators:** Tom Asher, Ines Quill",
        "| Title | The Salt Road |\n|---|---|\n| Author | Mara Vell |\n| Narrator | Tom Asher, Ines Quill |",
        "Title : The Salt Road        Author : Mara Vell\nNarrator : Tom Asher, Ines Quill   Year : 1987",
        "TITLE\n\n   The Salt Road\n\nAUTHOR\n   Mara Vell\n\nNARRATOR\n   Tom Asher, Ines Quill",
        "Title: The Salt Road\nAuthor: Mara Vell\nNarrators:\n  - Tom Asher\n  - Ines Quill\nPublisher: Lark Audio",
        "Title     : The Salt Road\nAuthor    : Mara Vell\nNarrators : Tom Asher,\n"
        "            Ines Quill\nPublished : 2013",
        "Title / Album : The Salt Road\nAuthor(s) : Mara Vell\nNarrator(s)/Reader(s): Tom Asher, Ines Quill",
        "Artist : Mara Vell\nAlbum : The Salt Road\nComposer : Tom Asher, Ines Quill",
        "Titel: The Salt Road\nSchrijver: Mara Vell\nVoorgelezen door: Tom Asher en Ines Quill",
        "Titel: The Salt Road\nFörfattare: Mara Vell\nUppläsare: Tom Asher och Ines Quill",
        "Titolo: The Salt Road\nAutore: Mara Vell\nLetto da: Tom Asher e Ines Quill",
        "Tytuł: The Salt Road\nAutor: Mara Vell\nLektor: Tom Asher i Ines Quill",
        "Название: The Salt Road\nАвтор: Mara Vell\nЧитает: Tom Asher и Ines Quill",
        "Hörbuch: The Salt Road\nAutorin: Mara Vell\nVorgelesen von: Tom Asher und Ines Quill",
        "Título: The Salt Road\nAutora: Mara Vell\nNarrado por: Tom Asher y Ines Quill",
        "Titre : The Salt Road\nAuteur : Mara Vell\nLu par : Tom Asher et Ines Quill",
        "Titre : The Salt Road\nAuteur(e)s : Mara Vell\nLu par : Tom Asher et Ines Quill",
        "Tittel: The Salt Road\nForfatter: Mara Vell\nInnleser: Tom Asher og Ines Quill",
        "Nimi: The Salt Road\nKirjailija: Mara Vell\nLukija: Tom Asher, Ines Quill",
        "Název: The Salt Road\nAutor: Mara Vell\nČte: Tom Asher, Ines Quill",
        "Cím: The Salt Road\nSzerző: Mara Vell\nFelolvasó: Tom Asher, Ines Quill",
        "书名：The Salt Road\n作者：Mara Vell\n演播：Tom Asher、Ines Quill",
        "<table><tr><th>Title</th><td>The Salt Road</td></tr><tr><td>Author</td>\n<td>Mara Vell</td></tr>"
        "<tr><td>Narrator</td><td>Tom Asher, Ines Quill</td></tr></table>",
        "║ Title    ▸ The Salt Road          ║\n║ Author   ▸ Mara Vell ║\n║ Narrator ▸ Tom Asher, Ines Quill ║",
        "TITLE\nThe Salt Road\n\nAUTHOR\nMara Vell\n\nNARRATOR(S)\nTom Asher\nInes Quill\n\nRUNTIME\n10:04:00",
        'title: "The Salt Road"\nauthor: "Mara Vell"\nnarrator: ["Tom Asher", "Ines Quill"]',
    ],
)
def test_a_book_is_read_in_every_layout_and_language(text):
    assert {key: value for key, value in read(text).items() if key in BOOK} == BOOK


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Titel: T\nLänge: 7 Std. 55 Min.", "duration", 28_500.0),
        ("Título: T\nDuración: 18 horas 32 minutos", "duration", 66_720.0),
        ("Title: T\nUnabridged - 11 hrs 26 mins", "duration", 41_160.0),
        ("Title: T\nUnabridged - 11 hrs 26 mins", "abridged", False),
        ("Title: T\nLength 19 hours 11 minutes", "duration", 69_060.0),
        ("| Title | T |\n| Duration | 16 hrs |", "duration", 57_600.0),
        ("Titel: T\nSpeltid: 6 tim 15 min", "duration", 22_500.0),
        ("Tytuł: T\nCzas trwania: 9 godz. 10 min", "duration", 33_000.0),
        ("Tittel: T\nSpilletid: 8 t 3 min", "duration", 28_980.0),
        ("Titel: T\nSpilletid: 8 timer og 3 minutter", "duration", 28_980.0),
        ("Título: T\nDuração: 8 horas e 3 minutos", "duration", 28_980.0),
        ("Название: T\nВремя звучания: 9 часов 41 минута", "duration", 34_860.0),
        ("书名：T\n时长：10小时4分钟", "duration", 36_240.0),
        ("Titre : T\nDate de parution : 12 mars 2019", "published", "2019-03-12"),
        ("Titolo: T\nCiclo: Sale vol. 2", "series", ("Sale", "2")),
        ("Título: T\nSérie: Sal, Livro 2", "series", ("Sal", "2")),
        ("Title: T\nRead by: Tom Asher (a.k.a. Tim Oak)", "narrators", ("Tom Asher",)),
        ("Titel: T\nErscheinungsjahr: 2012", "year", 2012),
        ("Titel: T\nÅr: 2005", "year", 2005),
        ("Titel: T\nTaal: Nederlands", "language", "Dutch"),
        ("Titel: T\nUitgever: Lark", "publisher", "Lark"),
        ("Titel: T\nSerie: Salz\nDel: 1", "series", ("Salz", "1")),
        ("Título: T\nSerie: Sal\nLibro: 1", "series", ("Sal", "1")),
        ("Title: T\nSeries / Book No. : Salt / 1", "series", ("Salt", "1")),
        ("Title: T\nSeries: Salt (Book 8 of 9)", "series", ("Salt", "8")),
        ("Title: T\nAuthor: Alexandre Vell (1802 - 1870)", "authors", ("Alexandre Vell",)),
        ("Title: T\nAudible Product Id: B00TEST123", "asin", "B00TEST123"),
    ],
)
def test_other_fields(text, field, value):
    assert read(text).get(field) == value


@pytest.mark.parametrize(
    "line",
    [
        "Letto da: Tom Asher",
        "Composer : Tom Asher",
        "Länge : 7 Std.",
        "Thanks for downloading! Please seed.",
        "Zzyzx: something",
    ],
)
def test_a_line_that_names_something_else_is_no_title(line):
    assert not {"title", "subtitle"} & read(line).keys()


def test_a_release_line_is_taken_apart():
    values = read("Mara_Vell-The_Salt_Road-AUDIOBOOK-2011-GRP\n\n encoded with LAME at 64 kbps")
    assert (values["title"], values["authors"]) == ("The Salt Road", ("Mara Vell",))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1250", "Tytuł: Słone światło\nAutor: Józef Żółkiewski\nCzyta: Łucja Święch"),
        ("cp1250", "Název: Měděná lucerna\nAutor: Jiří Veselý\nČte: Šárka Dvořáčková"),
        ("cp1251", "Название: Медный фонарь\nАвтор: Марина Велова\nЧитает: Олег Кротов\nГод: 2013"),
        ("cp866", "Название: Медный фонарь\nАвтор: Марина Велова\nЧитает: Олег Кротов\nГод: 2013"),
        ("cp1254", "Başlık: Bakır Fener\nYazar: Işıl Güneş\nSeslendiren: Şahin Öz"),
        ("gbk", "书名: 铜灯\n作者: 李墨\n演播: 王岚"),
        ("shift_jis", "タイトル: 銅のランタン\n著者: 青木真理\n朗読: 小野健"),
        ("cp1252", "Titel: Der Würfel\nAutor: Jörg Mühlbach\nSprecher: Käthe Örtel"),
        ("cp437", "╔════╗\nTitel: Der Würfel\nAutor: Jörg Mühlbach\nSprecher: Käthe örtel"),
    ],
)
def test_the_labels_of_a_file_tell_its_code_page(encoding, text):
    assert decode_nfo(text.encode(encoding)) == text
    title, author, narrator = [line.split(": ")[1] for line in text.split("\n") if ": " in line][:3]
    said = read(text)
    assert (said["title"], said["authors"], said["narrators"]) == (title, (author,), (narrator,))


def test_a_date_behind_a_label_that_is_not_known_is_no_title():
    assert "title" not in read("登録日：2019年3月")

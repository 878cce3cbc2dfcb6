"""The labels that NFO files, JSON and YAML sidecars use, in every spelling, and what each means."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from mamctl.domain.text.normalize import fold
from mamctl.regex import regex


class Label(StrEnum):
    """What a label introduces."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    AUTHOR = "author"
    NARRATOR = "narrator"
    TRANSLATOR = "translator"  # known, but nothing that is kept of a book
    SERIES = "series"
    POSITION = "position"
    PUBLISHER = "publisher"
    TEXT_YEAR = "text_year"
    YEAR = "year"
    AUDIO_DATE = "audio_date"
    COPYRIGHT = "copyright"
    UNABRIDGED = "unabridged"
    ABRIDGED = "abridged"
    EDITION = "edition"
    DURATION = "duration"
    ASIN = "asin"
    ISBN = "isbn"
    GENRE = "genre"
    LANGUAGE = "language"
    DESCRIPTION = "description"
    COVER = "cover"
    OTHER = "other"  # about files, tools and shops


_SPELLINGS = {
    Label.TITLE: "titulo del libro; titel des buches; horbuch; audiolibro; livre; tytul; название; libro titulo; "
    "boektitel; naslov; book album; titel album; nazwa; книга название; otsikko; "
    "tittel; nimi; nazev; cim; baslik; kitap adi; 书名; 書名; タイトル; "
    "title; album; book title; book; name; release; release name; titel; titre; titolo; titulo; book name",
    Label.SUBTITLE: "unter titel; sous titre; subtitulo; sottotitolo; ondertitel; undertitel; podtytul; подзаголовок; "
    "; "
    "subtitle; sub title; untertitel; tagline",
    Label.AUTHOR: "autorin; autoren; autora; autores; autori; schrijver; schrijfster; auteurs; forfattare; "
    "forfatter; autorzy; pisarz; автор; авторы; schriftsteller; geschrieben von; escrito por; "
    "ecrit par; scritto da; geschreven door; skriven av; kirjailija; von; "
    "auteures; szerzo; yazar; 作者; 著者; "
    "author; authors; artist; artists; album artist; albumartist; written by; by; writer; autor; auteur; "
    "autore; author name; book author",
    Label.NARRATOR: "composer; starring; narrated; narrator reader; gesprochen von; gelesen; sprecherin; "
    "vorgelesen von; lecteur; lectrice; voix; raconte par; narrado por; narradora; leido por; "
    "locutor; letto da; voce; voorgelezen door; verteller; voorlezer; stem; upplasare; inlasare; "
    "upplast av; inlast av; oppleser; lest av; oplaeser; indlaeser; lektor; lektorka; czyta; czytaja; "
    "читает; чтец; исполнитель; lukija; narratrice; innleser; opplest av; laest af; oplaest af; indlaest af; cte; "
    "felolvaso; seslendiren; narrato da; gelezen door; ingesproken door; narre par; текст читает; озвучка; "
    "演播; 播讲; 朗读; 朗讀; 主播; 朗読; ナレーター; "
    "narrator; narrators; narrated by; read by; reader; readers; performed by; performer; narration; "
    "voice; voices; voiced by; sprecher; gelesen von; lu par; narrateur; narrador; narratore; lettore; cast; "
    "narrator name; readby; performedby; narratedby",
    Label.TRANSLATOR: "traductor; traduit par; traduttore; vertaler; vertaald door; oversattare; oversetter; tlumacz; "
    "przeklad; переводчик; ubersetzung; ubersetzerin; director; producer; regie; realizacja; "
    "traduzione; traduzione di; traducido por; traduzido por; traduction; preklad; перевод; 译者; 翻訳; "
    "foreword by; introduction by; edited by; illustrated by; "
    "translator; translators; translated by; ubersetzer; ubersetzt von; traducteur; "
    "illustrator; editor",
    Label.SERIES: "serien; zyklus; reihentitel; saga; cycle; cykl; seria; сериал; серия; цикл; reeks; sarja; "
    "ciclo; sorozat; seri; 系列; シリーズ; series book no; "
    "series name; series; series title; book series; part of; serie; reihe; collection; seriesname; "
    "seriestitle; series primary; mvnm",
    Label.POSITION: "teil; folge; bandnummer; tome; volumen; deel; del; bind; czesc; tom; книга; часть; том; номер; "
    "numero; nummer; libro; parte; partie; position; series no; book nr; volume no; nr in der reihe; "
    "numero de la serie; book num; "
    "position in series; series position; series number; series part; book number; book no; book; "
    "volume; part; series index; series sequence; sequence; band; book in series; seriesnumber; seriesposition; "
    "seriespart; seriesindex; mvin; number in series; volume number",
    Label.PUBLISHER: "editorial; editora; editions; maison d edition; editore; uitgever; uitgeverij; forlag; forlaget; "
    "wydawnictwo; wydawca; издательство; издатель; herausgeber verlag; kustantaja; horverlag; "
    "publisher; published by; audio publisher; label; verlag; editeur; publisher name; "
    "publishername; studio; casa editrice; vydavatel; nakladatelstvi; kiado; yayinevi; 出版社",
    Label.TEXT_YEAR: "ersterscheinung; originaljahr; first edition; erstveroffentlichung; "
    "first published; first published year; original publication year; originalpublicationyear; "
    "book copyright; original release date; original year; originally published; print publication year; "
    "copyright year",
    Label.YEAR: "erscheinungsjahr; annee de publication; ano de publicacion; anno; jaar; ar; aar; rok; "
    "rok wydania; год; год издания; vuosi; utgivningsar; utgivelsesar; anno di pubblicazione; "
    "julkaisuvuosi; rok vydani; annee de parution; ev; yil; год выпуска; 出版年; "
    "jaar van uitgave; publicatiejaar; копирайт год; release year; year of release; "
    "year; jahr; annee; ano; published year; publishedyear; year published; publication year",
    Label.AUDIO_DATE: "veroffentlicht; fecha; fecha de publicacion; data; datum; utgiven; data wydania; дата; "
    "date de parution; udgivet; utgitt; julkaistu; lancamento; fecha de lanzamiento; data di uscita; 出版日期; 発売日; "
    "audiobook copyright; recording copyright; audible com release; audible release; release date; "
    "released; date; published; publication date; releasedate; date published; recording date; publisheddate; "
    "published date; audio release; erscheinungsdatum; date de sortie; premiered; audiobook release date; issue date",
    Label.COPYRIGHT: "copyright; copyrights; rights; c",
    Label.UNABRIDGED: "ungekurzt; integral; texte integral; integrale; integra; onverkort; oavkortad; uforkortet; "
    "полная версия; edizione integrale; version integral; "
    "unabridged",
    Label.ABRIDGED: "gekurzt; abrege; abreviado; verkort; forkortad; abridged; is abridged; abridgement",
    Label.EDITION: "edition; version; format type; formattype; format; book format; type",
    Label.DURATION: "lange; lengte; speelduur; duracion; durata; langd; lengde; laengde; varighed; varighet; speltid; "
    "spilletid; duracao; delka; 时长; 時長; 再生時間; "
    "czas trwania; dlugosc; длительность; продолжительность; время звучания; kesto; horas; hours; "
    "gesamtlange; gesamtdauer; gesamtspielzeit; spielzeit; listening time; "
    "duration; runtime; runtime minutes; runtime min; length; total time; playtime; play time; running "
    "time; total length; total duration; formattedduration; time; spieldauer; dauer; laufzeit; duree; "
    "runtime length min; book length; audio length; listening length; playing time; total playtime",
    Label.ASIN: "audible product id; audible product; amazon id; "
    "asin; audible asin; audibleasin; amazon asin; audible id; cdek",
    Label.ISBN: "isbn; isbn 10; isbn 13; isbn10; isbn13",
    Label.GENRE: "genero; genere; gatunek; жанр; kategoria; categoria; categorie; sjanger; "
    "genre; genres; category; categories; subject; subjects; tags; kategorie; style",
    Label.LANGUAGE: "taal; sprak; sprog; spraak; jezyk; язык; kieli; idiom; lenguaje; "
    "jazyk; nyelv; dil; 语言; 語言; 言語; "
    "language; lang; languages; sprache; langue; idioma; lingua",
    Label.DESCRIPTION: "klappentext; inhaltsangabe; zusammenfassung; quatrieme de couverture; "
    "descripcion; descrizione; "
    "trama; samenvatting; beschrijving; beskrivning; beskrivelse; opis; описание; аннотация; kuvaus; "
    "blurb; "
    "book description; description; summary; synopsis; plot; about; about the book; publisher s "
    "summary; publishers summary; about this audiobook; about this book; beschreibung; inhalt; resume; sinopsis; "
    "review; blurb; overview; descriptions; publisher summary",
    Label.COVER: "cover; cover url; image; artwork; coverurl; cover image",
    Label.OTHER: "playlist; complete name; format profile; overall bit rate; writing application; track name; "
    "track name total; encoded date; tagged date; bitrate mode; kodierung; groesse; grosse; taille; "
    "tamano; dimensione; omvang; rozmiar; размер; calidad; qualitat; qualite; kwaliteit; jakosc; "
    "качество; битрейт; kanale; quelle; fuente; bron; zrodlo; источник; homepage; web; seed; "
    "password; kapitel; chapitres; hoofdstukken; tracklist; passwort; "
    "source format; source sample rate; source channels; source bitrate; source; lossless encode; encoded "
    "codec; encoded sample rate; encoded channels; encoded bitrate; codec; quality; channels; "
    "chapters; ripper; posted "
    "by; tracklisting; codec bitrate; size; files; encoder; bitrate; bit rate; sample rate; encoding; ripped by; "
    "ripped with; uploader; uploaded by; product id; productid; goodreadsid; goodreads id; purchase date; comment; "
    "notes; total size; file size; number of files; audio format; file type; url; link; rating; audio; mode; "
    "frequency; "
    "tool; container; file format; encoded by; encoding tool; tracks; track; disc; discs; rip date; group; "
    "abridged by; ripping tool; total files; id; sku; date ripped; website; store; price; nfo; audible link",
}
_LONGEST = 40  # characters of a label
_PLURAL = regex(r"\(s\)", re.IGNORECASE)
_NO_LETTER = regex(r"\W")

MEDIA_HEADINGS = frozenset(
    "mediainformation fileinformation media technicaldetails encodinginformation ripinfo ripinformation tracklisting "
    "tracklist chapters chapterlist files filelist releasenotes releaseinfo technicalinformation audioinformation "
    "notes groupnews".split()
)
BOOK_HEADINGS = frozenset(
    "generalinformation bookinformation general information audiobookinformation bookinfo details".split()
)


def squeeze(text: str) -> str:
    """A label without case, accents, dots, blanks, "(s)" and "?"."""
    if "(" in text:
        text = _PLURAL.sub("s", text)
    letters = fold(text).replace(" ", "")
    return letters if letters.isalnum() else _NO_LETTER.sub("", letters)


@cache
def _labels() -> dict[str, Label]:
    """Every spelling, squeezed, with its meaning."""
    labels = {
        squeeze(spelling): label
        for label, spellings in _SPELLINGS.items()
        for spelling in spellings.split(";")
        if spelling.strip()
    }
    # "Book: 2" is a place, "Book: The Salt Road" a title; so the more frequent meaning is the place, and values decide.
    return labels | {"book": Label.POSITION, "part": Label.POSITION}


def label_of(text: str) -> Label | None:
    """What a label means, of several joined by a slash the first that is known; None for unknown labels."""
    if len(text) > _LONGEST:
        return None
    labels = _labels()
    found = labels.get(squeeze(text))
    if found is None and "/" in text:
        parts = [labels.get(squeeze(part)) for part in text.split("/")]
        return parts[0] if all(part is not None for part in parts) else None
    return found

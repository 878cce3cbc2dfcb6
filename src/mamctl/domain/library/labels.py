"""The labels that NFO files, JSON and YAML sidecars use, in every spelling, and what each means."""

from __future__ import annotations

import re
from enum import StrEnum

from mamctl.domain.text.normalize import fold


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
    Label.TITLE: "title; album; book title; book; name; release; release name; titel; titre; titolo; titulo; book name",
    Label.SUBTITLE: "subtitle; sub title; untertitel; tagline",
    Label.AUTHOR: "author; authors; artist; artists; album artist; albumartist; written by; by; writer; autor; auteur; "
    "autore; author name; book author",
    Label.NARRATOR: "narrator; narrators; narrated by; read by; reader; readers; performed by; performer; narration; "
    "voice; voices; voiced by; sprecher; gelesen von; lu par; narrateur; narrador; narratore; lettore; cast; "
    "narrator name; readby; performedby; narratedby",
    Label.TRANSLATOR: "translator; translators; translated by; ubersetzer; ubersetzt von; traducteur; "
    "illustrator; editor",
    Label.SERIES: "series name; series; series title; book series; part of; serie; reihe; collection; seriesname; "
    "seriestitle; series primary; mvnm",
    Label.POSITION: "position in series; series position; series number; series part; book number; book no; book; "
    "volume; part; series index; series sequence; sequence; band; book in series; seriesnumber; seriesposition; "
    "seriespart; seriesindex; mvin; number in series; volume number",
    Label.PUBLISHER: "publisher; published by; audio publisher; label; verlag; editeur; publisher name; "
    "publishername; studio",
    Label.TEXT_YEAR: "first published; first published year; original publication year; originalpublicationyear; "
    "book copyright; original release date; original year; originally published; print publication year; "
    "copyright year",
    Label.YEAR: "year; jahr; annee; ano; published year; publishedyear; year published; publication year",
    Label.AUDIO_DATE: "audiobook copyright; recording copyright; audible com release; audible release; release date; "
    "released; date; published; publication date; releasedate; date published; recording date; publisheddate; "
    "published date; audio release; erscheinungsdatum; date de sortie; premiered; audiobook release date; issue date",
    Label.COPYRIGHT: "copyright; copyrights; rights; c",
    Label.UNABRIDGED: "unabridged",
    Label.ABRIDGED: "abridged; is abridged; abridgement",
    Label.EDITION: "edition; version; format type; formattype; format; book format; type",
    Label.DURATION: "duration; runtime; runtime minutes; runtime min; length; total time; playtime; play time; running "
    "time; total length; total duration; formattedduration; time; spieldauer; dauer; laufzeit; duree; "
    "runtime length min; book length; audio length; listening length; playing time; total playtime",
    Label.ASIN: "asin; audible asin; audibleasin; amazon asin; audible id; cdek",
    Label.ISBN: "isbn; isbn 10; isbn 13; isbn10; isbn13",
    Label.GENRE: "genre; genres; category; categories; subject; subjects; tags; kategorie; style",
    Label.LANGUAGE: "language; lang; languages; sprache; langue; idioma; lingua",
    Label.DESCRIPTION: "book description; description; summary; synopsis; plot; about; about the book; publisher s "
    "summary; publishers summary; about this audiobook; about this book; beschreibung; inhalt; resume; sinopsis; "
    "review; blurb; overview; descriptions; publisher summary",
    Label.COVER: "cover; cover url; image; artwork; coverurl; cover image",
    Label.OTHER: "source format; source sample rate; source channels; source bitrate; source; lossless encode; encoded "
    "codec; encoded sample rate; encoded channels; encoded bitrate; codec; quality; channels; chapters; ripper; posted "
    "by; tracklisting; codec bitrate; size; files; encoder; bitrate; bit rate; sample rate; encoding; ripped by; "
    "ripped with; uploader; uploaded by; product id; productid; goodreadsid; goodreads id; purchase date; comment; "
    "notes; total size; file size; number of files; audio format; file type; url; link; rating; audio; mode; "
    "frequency; "
    "tool; container; file format; encoded by; encoding tool; tracks; track; disc; discs; rip date; group; "
    "abridged by; ripping tool; total files; id; sku; date ripped; website; store; price; nfo; audible link",
}
_LABELS = {
    re.sub(r"\W", "", spelling): label
    for label, spellings in _SPELLINGS.items()
    for spelling in (part.strip() for part in spellings.split(";"))
}
# "Book: 2" is a place, "Book: The Salt Road" a title; so the more frequent meaning is the place, and values decide.
_LABELS |= {"book": Label.POSITION, "part": Label.POSITION}

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
    return re.sub(r"\W", "", fold(re.sub(r"\(s\)", "s", text, flags=re.IGNORECASE)))


def label_of(text: str) -> Label | None:
    """What a label means; None for unknown labels."""
    return _LABELS.get(squeeze(text)) if len(text) <= 40 else None

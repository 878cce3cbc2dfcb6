"""Knowing the words that stand where a value should be: "Unknown", "Track 01", "Chapter 1" for a title."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.normalize import fold
from mamctl.regex import regex

_WORDS = """
unknown, unknown artist, unknown album, unknown author, unknown title, unknown narrator, unknown publisher, unknown
genre, unknown series, unbekannt, unbekannter kunstler, unbekannter interpret, inconnu, desconocido, various,
various artists, various authors, various narrators, verschiedene, diverse, va, none, null, nil, n a, na, not
available, not applicable, not specified, undefined, untitled, no title, no artist, no author, tba, tbd,
unspecified, anonymous, anon, the author, author, authors, the authors, der autor, die autorin, l auteur, lauteur,
lautrice, lautore, el autor, la autora, divers auteurs, auteurs divers, vv aa, aa vv, autori vari, varios autores,
verschiedene sprecher, verschiedene autoren, diverse autoren, автор, сам автор, аноним, коллектив авторов, разные
авторы, audiobook, audiobooks, audio book, audio books, horbuch, horbucher, livre audio, audiolibro, new album, new
artist, und, undetermined
"""
_PLACEHOLDERS = frozenset(" ".join(word.split()) for word in _WORDS.split(","))
_TRACK = regex(
    r"(?:audio ?)?(?:track|titel|piste|pista|spur|spor|traccia|faixa|disc|disk|cd|file|datei)( no)? ?\d{0,4}"
)
_DATED_ALBUM = regex(r"unknown (?:album|artist|title) [\d ]*(?:am|pm)?")
_WEB_ADDRESS = regex(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_GENRES = frozenset(
    {"other", "books and spoken", "spoken word", "spoken", "speech", "books", "book", "misc", "general"}
)
_SHORT = 200  # characters: titles are asked after again and again
_NOTHING = " \t\r\n-–—_.:*#/\\|?<>[](){}0"


@lru_cache(maxsize=4_096)
def is_placeholder(text: str) -> bool:
    """Whether a program wrote this because it had nothing to write."""
    folded = fold(text)
    if not any(char.isalnum() for char in folded):
        return not text.strip(_NOTHING)
    return folded in _PLACEHOLDERS or bool(_TRACK.fullmatch(folded) or _DATED_ALBUM.fullmatch(folded))


def is_web_address(text: str) -> bool:
    """Whether this is the address of a site and nothing else, as those who pass files on leave it in tags."""
    return _WEB_ADDRESS.fullmatch(text.strip()) is not None


def is_genre_placeholder(text: str) -> bool:
    """Whether a genre means only that this is an audiobook, or nothing."""
    return is_placeholder(text) or fold(text) in _GENRES


_PIECES = (
    "chapter|chap|ch|kapitel|chapitre|capitulo|capitolo|hoofdstuk|part|teil|partie|parte|section|track|titel|disc|"
    "disk|cd|side|book|prologue|prolog|epilogue|epilog|introduction|intro|outro|preface|foreword|afterword|"
    "vorwort|nachwort|credits|dedication|acknowledgements|acknowledgments"
)
_COUNTS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty"
)
_PIECE = regex(
    rf"(?:\d+ )*(?:(?:opening|end|closing) credits|about the author|(?:{_PIECES})"
    rf"(?: ?[\divxlc]+\b| (?:{_COUNTS})\b)*(?: (?:track|part|of|chapter|disc) ?\d+)*)"
)


def is_chapter_title(text: str) -> bool:
    """Whether this names a piece of a book ("Chapter 3", "Prologue", "01") rather than a book."""
    return _is_short_chapter(text) if len(text) <= _SHORT else _is_chapter(text)


def _is_chapter(text: str) -> bool:
    folded = fold(text)
    return folded.replace(" ", "").isdigit() or bool(_PIECE.fullmatch(folded))


_is_short_chapter = lru_cache(maxsize=512)(_is_chapter)

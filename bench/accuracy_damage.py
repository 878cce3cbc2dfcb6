"""What happens to a book's data on its way into a file's tags and name: one function a kind of damage."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from bench.accuracy_twins import Book
from mamctl.domain.matching.records import BookQuery

Damage = Callable[[random.Random, Book, BookQuery], BookQuery]

_NEAR_KEYS = {
    "a": "sq",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "n": "bm",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "l": "k",
    "d": "sf",
}
_SCANNED = (("rn", "m"), ("m", "rn"), ("o", "0"), ("l", "1"), ("i", "l"), ("cl", "d"), ("s", "5"))


def clean(book: Book) -> BookQuery:
    """Everything known and right."""
    return BookQuery(title=book.title, author=book.author, narrator=book.narrator, duration_s=book.duration_s)


def misspelt(dice: random.Random, text: str) -> str:
    """One slip of the hand somewhere in a word of at least four letters."""
    places = [i for i, c in enumerate(text) if c.isalpha() and len(_word_at(text, i)) >= 4]
    if not places:
        return text
    at = dice.choice(places)
    kind = dice.choice(("swap", "drop", "double", "near"))
    if kind == "swap" and at + 1 < len(text) and text[at + 1].isalpha():
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if kind == "drop":
        return text[:at] + text[at + 1 :]
    if kind == "double":
        return text[:at] + text[at] + text[at:]
    return text[:at] + dice.choice(_NEAR_KEYS.get(text[at].lower(), "e")) + text[at + 1 :]


def _word_at(text: str, at: int) -> str:
    start, end = at, at
    while start and text[start - 1].isalpha():
        start -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return text[start:end]


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _last_first(name: str) -> str:
    *given, family = name.split()
    return f"{family}, {' '.join(given)}" if given else name


def _initials(name: str) -> str:
    *given, family = name.split()
    return " ".join([*(f"{word[0]}." for word in given), family])


def _without_initials(name: str) -> str:
    words = [word for word in name.split() if not word.endswith(".")]
    return " ".join(words) if len(words) > 1 else name.replace(".", "")


def _series_in_title(dice: random.Random, book: Book, book_query: BookQuery) -> BookQuery:
    if book.series is None:
        return book_query
    name, place, title = book.series.name, book.series.position, book.title
    forms = (
        f"{title} ({name}, #{place})", f"{title} ({name} #{place})", f"{name}, Book {place} - {title}",
        f"{title}: {name}, Book {place}", f"{name} {(place or '0').zfill(2)} - {title}", f"{title} [{name} {place}]",
        f"{place} - {title}", f"{title} - {name} Book {place}", f"{name} #{place}: {title}",
    )  # fmt: skip
    return replace(book_query, title=dice.choice(forms))


def _scanned(dice: random.Random, text: str) -> str:
    found = [(a, b) for a, b in _SCANNED if a in text[1:]]
    if not found:
        return text
    seen, meant = dice.choice(found)
    return text[0] + text[1:].replace(seen, meant, 1)


def _inverted(title: str) -> str:
    article, _, rest = title.partition(" ")
    return f"{rest}, {article}" if article in {"The", "A", "An"} and rest else title


def _suffixed(dice: random.Random, book: Book, book_query: BookQuery) -> BookQuery:
    tail = dice.choice(
        (" (Unabridged)", " [Unabridged]", f" ({book.year})", " (Audiobook)", f" [{book.asin}]", " (64k)")
    )
    return replace(book_query, title=f"{book_query.title}{tail}")


def _file_name(dice: random.Random, book: Book, book_query: BookQuery) -> BookQuery:
    title = (book_query.title or "").replace(":", " -")
    forms = (
        title.replace(" ", "_"), f"{book.author} - {title}", f"{title} - {book.author}".replace(" ", "_"),
        f"{title} by {book.author}", f"{title} (read by {book.narrator})", title.replace(" ", "."),
    )  # fmt: skip
    return replace(book_query, title=dice.choice(forms))


def _with_subtitle(dice: random.Random, book: Book, book_query: BookQuery) -> BookQuery:
    if book.subtitle is None:
        return book_query
    return replace(book_query, title=f"{book.title}{dice.choice((': ', ' - '))}{book.subtitle}")


def _untold(_: random.Random, __: Book, book_query: BookQuery) -> BookQuery:
    return replace(book_query, narrator=None, duration_s=None)


def _mixed(dice: random.Random, book: Book, book_query: BookQuery) -> BookQuery:
    for name in dice.sample(_MIXABLE, 2):
        book_query = RECOVERABLE[name](dice, book, book_query)
    return book_query


RECOVERABLE: dict[str, Damage] = {
    "clean": lambda _, __, e: e,
    "no narrator, no length": _untold,
    "typo in title": lambda d, _, e: replace(e, title=misspelt(d, e.title or "")),
    "typos, nothing else told": lambda d, b, e: _untold(
        d, b, replace(e, title=misspelt(d, e.title or ""), author=misspelt(d, e.author or ""))
    ),
    "typo in author": lambda d, _, e: replace(e, author=misspelt(d, e.author or "")),
    "typo in narrator": lambda d, _, e: replace(e, narrator=misspelt(d, e.narrator or "")),
    "Last, First": lambda _, __, e: replace(e, author=_last_first(e.author or "")),
    "initials only": lambda _, __, e: replace(e, author=_initials(e.author or "")),
    "initials dropped": lambda _, __, e: replace(e, author=_without_initials(e.author or "")),
    "accents lost": lambda _, __, e: replace(e, title=_unaccented(e.title or ""), author=_unaccented(e.author or "")),
    "case lost": lambda _, __, e: replace(e, title=(e.title or "").upper(), author=(e.author or "").lower()),
    "series in title": _series_in_title,
    "subtitle added": _with_subtitle,
    "article moved": lambda _, __, e: replace(e, title=_inverted(e.title or "")),
    "note after title": _suffixed,
    "file name as title": _file_name,
    "scanner's letters": lambda d, _, e: replace(e, title=_scanned(d, e.title or "")),
    "co-author dropped or added": lambda _, b, e: replace(e, author=" & ".join((e.author or "", *b.coauthors))),
    "family name only": lambda _, __, e: replace(e, author=(e.author or "").split()[-1]),
    "author missing": lambda _, __, e: replace(e, author=None),
    "length a little off": lambda d, _, e: replace(e, duration_s=(e.duration_s or 0) * d.uniform(0.965, 1.035)),
    "several at once": _mixed,
}  # fmt: skip
_MIXABLE = ("typo in title", "Last, First", "accents lost", "series in title", "note after title", "initials dropped",
            "subtitle added", "article moved", "length a little off")  # fmt: skip

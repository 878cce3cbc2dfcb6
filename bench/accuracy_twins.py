"""A made-up book, and what stands beside it in real search results and is not it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mamctl.domain.text.series import SeriesEntry


def _words(text: str) -> list[str]:
    return text.split()


NOUNS = _words(
    "Road Gate River Winter Harbour Lantern Crown Ember Orchard Tide Mirror Shadow Garden Tower Bridge "
    "Storm Raven Wolf Letter House Island Forest Sword Stone Sea Sky Star Moon Sun Night Daughter Widow "
    "Keeper Maker Hunter Singer King Queen Prince Thief Doctor Soldier Stranger Sister Brother Child "
    "Ghost Saint Dragon Fox Crow Bear Hare Wren Heron Salt Iron Glass Silver Bone Ash Smoke Honey Thorn "
    "Ivy Rose Lily Clock Map Key Door Window Cellar Attic Kitchen Hospital Station Railway Lighthouse "
    "Library Museum Circus Carnival Market Empire Republic Colony Kingdom Province Secret Promise Lie "
    "Silence Song Memory Dream Fever Hunger Grief Mercy Justice Honour Exile Return Journey Crossing "
    "Harvest Famine Flood Fire Frost Thunder Engine Machine Signal Cipher Paradox Equation Theorem Planet "
    "Comet Orbit"
)
PLACES = _words(
    "Varn Ostrey Calder Merrow Brannock Tessaly Norvik Alvera Quillon Hestia Dunmore Pellworm Sarn Ravena Lisk"
)


@dataclass(frozen=True)
class Book:
    """One recording of one work, and the ids of the records that rightly describe it."""

    key: int
    title: str
    author: str
    coauthors: tuple[str, ...]
    narrator: str
    duration_s: float
    subtitle: str | None = None
    series: SeriesEntry | None = None
    year: int = 2000
    isbn: str = ""
    asin: str = ""
    form: str = "unabridged"
    twin_of: int | None = None
    twin_kind: str | None = None


Twin = Callable[[Book, random.Random, str], Book | None]


def twins_of(
    book: Book, dice: random.Random, taken: set[str], author: Callable[[random.Random], str]
) -> Iterator[Book]:
    """The twins that chance gives this book; a new title is not one that another book already has."""
    for kind, (share, make) in TWINS.items():
        if dice.random() >= share or (twin := make(book, dice, author(dice))) is None:
            continue
        if twin.title == book.title or twin.title.casefold() not in taken:
            taken.add(twin.title.casefold())
            yield replace(twin, twin_of=book.key, twin_kind=kind)


def _other_recording(book: Book, dice: random.Random, other: str) -> Book:
    return replace(book, narrator=other, duration_s=book.duration_s * dice.choice((0.7, 0.8, 1.03, 1.15, 1.3)))


def _abridged(book: Book, dice: random.Random, _: str) -> Book:
    return replace(book, form="abridged", duration_s=book.duration_s * dice.uniform(0.3, 0.6))


def _dramatized(book: Book, _: random.Random, __: str) -> Book:
    return replace(book, form="dramatized", narrator="A Full Cast", duration_s=book.duration_s * 0.6)


def _omnibus(book: Book, dice: random.Random, _: str) -> Book | None:
    if book.series is None:
        return None
    name = book.series.name
    title = dice.choice((f"{name} Box Set: Books 1-3", f"The Complete {name} Trilogy", f"{name} Omnibus"))
    length = book.duration_s * 3
    return replace(book, title=title, series=SeriesEntry(name, "1-3"), subtitle=None, duration_s=length)


def _summary(book: Book, dice: random.Random, other: str) -> Book:
    title = dice.choice((f"Summary of {book.title}", f"{book.title}: A Study Guide", f"Workbook for {book.title}"))
    return replace(book, title=title, author=other, subtitle=None, duration_s=3_000.0, series=None)


def _other_author(book: Book, dice: random.Random, other: str) -> Book:
    return replace(_near(book, dice, book.title), author=other, coauthors=(), narrator=other)


def _x_and_y(book: Book, dice: random.Random, _: str) -> Book | None:
    noun, place = dice.choice(NOUNS), dice.choice(PLACES)
    tail = dice.choice((f" and {noun}", f" of {place}", f" {noun}"))
    return _near(book, dice, book.title + tail) if _is_plain(book) else None


def _sequel(book: Book, dice: random.Random, _: str) -> Book | None:
    tail = dice.choice((" 2", " II", ", Part Two", ": Book Two", " Returns", " Again"))
    return _near(book, dice, book.title + tail) if _is_plain(book) else None


def _plural(book: Book, dice: random.Random, _: str) -> Book | None:
    return _near(book, dice, f"{book.title}s") if _is_plain(book) and not book.title.endswith("s") else None


def _shorter(book: Book, dice: random.Random, _: str) -> Book | None:
    words = book.title.split()
    return _near(book, dice, " ".join(words[:-2])) if len(words) > 3 and _is_plain(book) else None


def _other_subtitle(book: Book, dice: random.Random, _: str) -> Book | None:
    subtitle = f"The {dice.choice(NOUNS)} of {dice.choice(PLACES)} at Last"
    return replace(_near(book, dice, book.title), subtitle=subtitle) if _is_telling(book.subtitle) else None


def _is_telling(subtitle: str | None) -> bool:
    return subtitle is not None and not subtitle.startswith(("A Memoir", "A Novel"))


def _near(book: Book, dice: random.Random, title: str) -> Book:
    """Another book by the same people, of nearly the same length."""
    length = book.duration_s * dice.uniform(0.8, 1.2)
    return replace(book, title=title, series=None, subtitle=None, duration_s=length)


def _is_plain(book: Book) -> bool:
    return not set(",:") & set(book.title)


# The share of books that have such a twin, and how it is made of the book.
TWINS: dict[str, tuple[float, Twin]] = {
    "other recording": (0.08, _other_recording),
    "abridged": (0.05, _abridged),
    "dramatized": (0.03, _dramatized),
    "omnibus": (0.06, _omnibus),
    "summary": (0.04, _summary),
    "other author": (0.06, _other_author),
    "X and Y": (0.06, _x_and_y),
    "sequel": (0.06, _sequel),
    "plural": (0.02, _plural),
    "shorter title": (0.03, _shorter),
    "other subtitle": (0.03, _other_subtitle),
}

"""A made-up book world with every near-twin that real catalogues have, from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from bench.accuracy_twins import NOUNS, PLACES, Book, twins_of
from mamctl.domain.matching.records import CatalogueRecord
from mamctl.domain.metadata.observation import Source
from mamctl.domain.text.series import SeriesEntry


def _words(text: str) -> list[str]:
    return text.split()


ADJECTIVES = _words(
    "Last First Broken Silent Hidden Burning Frozen Hollow Golden Crimson Scarlet Pale Dark Bright Lost "
    "Forgotten Secret Endless Quiet Restless Wicked Gentle Savage Ancient Final Perfect Ordinary "
    "Impossible Invisible Distant Narrow Crooked Painted Borrowed Stolen Gilded Drowned Winter Northern "
    "Southern Second Third Wild Bitter Sweet Tender"
)
NUMBERS = _words("Two Three Four Five Six Seven Eight Nine Ten Twelve Thirteen Hundred Thousand")
GIVEN = _words(
    "Mara Tom Ines Jo Una Lena Piers Edith Walter Nadia Oscar Freya Hugo Greta Samuel Ruth Felix Clara "
    "Jonas Beatriz Renée Zoë André Søren Jürgen Núria Łukasz Amélie Björn Chloë Dorothea Edmund Florence "
    "Gideon Harriet Isaac Judith Konrad Lydia Magnus Nora Owen Petra Quentin Rosalind Silas Tabitha "
    "Ursula Victor Winifred Yusuf Zelda Robert Elizabeth Alexander Katherine Michael Daniel Rebecca "
    "Jonathan Margaret Theodore Christopher Anne Mary John"
)
FAMILY = _words(
    "Vell Asher Quill Penn Fell Hartmann Okafor Lindqvist Marchetti Delacroix Ferreira Novák Brontë "
    "Müller Søndergaard Ångström García Nuñez O'Dell O'Hara McAllister MacIntyre Le-Roux Ashcombe "
    "Thistlewood Blackwood Greyling Harrow Pemberton Whitlock Castellan Drummond Everhart Fairweather "
    "Goldsmith Holloway Ingram Jessop Kirkwood Langley Montrose Northcott Oakley Prescott Quimby "
    "Ravenscroft Sinclair Tremaine Underhill Vance Westbrook Yardley Zeller Bell Cole Dane Frost Gray "
    "Hale King Lane Marsh Nash Page Reed Stone Wade York Young Smith Jones Brown Carter"
)
SUBJECTS = _words("Sleep Bread Money Maps Bees Rivers Memory Trust Noise Steel Cotton Salt Light Water Walking Cities")
TAILS = (
    "A History of {0} and {1}",
    "How {0} Changed the World",
    "The Untold Story of the {0}",
    "Why We Fear the {0} and What to Do About It",
    "A Memoir",
    "A Novel",
    "{0} and {1}",
    "The {0} War",
)
PUBLISHERS = ("Harbour Audio", "Lark & Sons Audio", "Northlight Media", "Ninth Street Recordings")


@dataclass
class World:
    """All books, and their records; `right` maps a book to the ids of the records that describe it."""

    books: list[Book] = field(default_factory=list)
    records: dict[str, CatalogueRecord] = field(default_factory=dict)
    right: dict[int, set[str]] = field(default_factory=dict)
    of_record: dict[str, int] = field(default_factory=dict)


def make_world(count: int, seed: int) -> World:
    """At least `count` original books with their twins."""
    dice = random.Random(seed)
    world = World()
    taken: set[str] = set()
    while sum(book.twin_of is None for book in world.books) < count:
        author = _author(dice)
        for _ in range(dice.randint(1, 3)):
            _add_series(world, dice, author, taken) if dice.random() < 0.2 else _add_book(world, dice, author, taken)
    for book in list(world.books):
        for twin in twins_of(book, dice, taken, _author):
            codes = {"isbn": _isbn(dice), "asin": _asin(dice)}
            world.books.append(replace(twin, key=len(world.books), **codes))
    for book in world.books:
        _list_book(world, dice, book)
    return world


def _author(dice: random.Random) -> str:
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    shape = dice.random()
    if shape < 0.12:
        return f"{given[0]}. {dice.choice(GIVEN)[0]}. {family}"
    if shape < 0.3:
        return f"{given} {dice.choice(GIVEN)[0]}. {family}"
    if shape < 0.36:
        return f"{given} {dice.choice(GIVEN)} {family}"
    if shape < 0.4:
        return f"{given} {dice.choice(['van der', 'de', 'Le', 'von'])} {family}"
    if shape < 0.43:
        return f"{given}-{dice.choice(GIVEN)} {family}"
    return f"{given} {family}"


def _title(dice: random.Random, taken: set[str]) -> str:
    while True:
        a, b, c = dice.sample(NOUNS, 3)
        adjective, place = dice.choice(ADJECTIVES), dice.choice(PLACES)
        title = dice.choice(
            (
                f"The {adjective} {a}", f"The {a} of {b}", f"{a} and {b}", f"A {a} of {b} and {c}", f"{adjective} {a}",
                f"The {a}'s {b}", f"The {dice.choice(NUMBERS)} {a}s of {place}", f"{a} in the {b}", f"The {place} {a}",
                f"When the {a} Met the {b}", f"{place}", f"The {a} {b}", f"No {a} for the {b}", f"Return to {place}",
                f"The Girl Who Stole the {a}", f"{dice.choice(GIVEN)} and the {adjective} {a}", f"{a}fall", f"The {a}",
                f"{dice.randint(1801, 2190)}", f"Everything the {a} Knows", f"What {dice.choice(GIVEN)} Saw",
                f"{a} {b}",
            )
        )  # fmt: skip
        if title.casefold() not in taken:
            taken.add(title.casefold())
            return title


def _add_book(world: World, dice: random.Random, author: str, taken: set[str], **more: object) -> Book:
    subtitle = None
    title = _title(dice, taken)
    if "series" not in more and dice.random() < 0.25:
        subtitle = dice.choice(TAILS).format(dice.choice(SUBJECTS), dice.choice(NOUNS))
    co = (_author(dice),) if dice.random() < 0.08 else ()
    book = Book(
        len(world.books), title, author, co, _author(dice), float(dice.randint(9_000, 90_000)), subtitle,
        year=dice.randint(1950, 2025), isbn=_isbn(dice), asin=_asin(dice), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    world.books.append(book)
    return book


def _add_series(world: World, dice: random.Random, author: str, taken: set[str]) -> None:
    """Volumes with names of their own, or with the series' name and a number, or with a common first part."""
    kind = dice.choice(("Cycle", "Saga", "", "", "Chronicles"))
    name = f"{dice.choice([*ADJECTIVES, *PLACES])} {dice.choice(NOUNS)} {kind}".strip()
    style = dice.random()
    narrator = _author(dice)
    for place in range(1, dice.randint(3, 7)):
        book = _add_book(world, dice, author, taken, series=SeriesEntry(name, str(place)))
        if style < 0.12:
            book = replace(book, title=f"{name}, Vol. {place}")
        elif style < 0.22:
            book = replace(book, title=f"{name}: {book.title}")
        world.books[book.key] = replace(book, narrator=narrator, duration_s=book.duration_s)


def _list_book(world: World, dice: random.Random, book: Book) -> None:
    """The book's records: Audible's, sometimes another region's, and text catalogues with their own habits."""
    ids: set[str] = set()
    for record in _records(dice, book):
        ident = f"{record.source}:{record.id}"
        world.records[ident] = record
        world.of_record[ident] = book.key
        ids.add(ident)
    world.right[book.key] = ids


def _records(dice: random.Random, book: Book) -> list[CatalogueRecord]:
    marked = f"{book.title} (Dramatized Adaptation)" if book.form == "dramatized" else book.title
    base = CatalogueRecord(
        source=Source.AUDIBLE, id=book.asin, title=marked, authors=(book.author, *book.coauthors),
        narrators=(book.narrator,), duration_s=round(book.duration_s / 60) * 60.0, asin=book.asin,
        series=(book.series,) if book.series else (), subtitle=_audible_subtitle(dice, book),
        abridged=book.form == "abridged", language="English", published=f"{book.year}-05-14",
        publisher=dice.choice(PUBLISHERS), region="us",
    )  # fmt: skip
    found = [base]
    if dice.random() < 0.15:
        asin = _asin(dice)
        found.append(replace(base, id=asin, asin=asin, region="uk"))
    if book.form == "unabridged" and book.twin_kind != "other recording":
        if dice.random() < 0.6:
            found.append(_goodreads(dice, book))
        if dice.random() < 0.4:
            found.append(_open_library(dice, book))
    if book.form == "unabridged" and dice.random() < 0.3:
        title = f"{book.title} (Unabridged)"
        found.append(
            CatalogueRecord(source=Source.ITUNES, id=str(dice.randrange(10**9)), title=title, authors=base.authors)
        )
    return found


def _audible_subtitle(dice: random.Random, book: Book) -> str | None:
    if book.series and book.series.position and book.subtitle is None and dice.random() < 0.7:
        return f"{book.series.name}, Book {book.series.position}"
    return book.subtitle


def _goodreads(dice: random.Random, book: Book) -> CatalogueRecord:
    title = f"{book.title}: {book.subtitle}" if book.subtitle and dice.random() < 0.5 else book.title
    if book.series:
        title = f"{title} ({book.series.name}, #{book.series.position})"
    return CatalogueRecord(
        source=Source.GOODREADS, id=str(dice.randrange(10**8)), title=title, authors=(book.author, *book.coauthors),
        series=(book.series,) if book.series and dice.random() < 0.8 else (),
        first_published=str(book.year), isbn=book.isbn,
    )  # fmt: skip


def _open_library(dice: random.Random, book: Book) -> CatalogueRecord:
    author = book.author if dice.random() < 0.7 else _without_middle(book.author)
    return CatalogueRecord(
        source=Source.OPEN_LIBRARY, id=f"OL{dice.randrange(10**8)}W", title=book.title, authors=(author,),
        subtitle=book.subtitle, first_published=str(book.year), isbn=book.isbn,
    )  # fmt: skip


def _without_middle(name: str) -> str:
    words = name.split()
    return f"{words[0]} {words[-1]}" if len(words) == 3 and words[1].endswith(".") and len(words[0]) > 2 else name


def _isbn(dice: random.Random) -> str:
    return f"978{dice.randrange(10**10):010d}"


def _asin(dice: random.Random) -> str:
    return "B0" + "".join(dice.choices("0123456789ABCDEFGHJKLMNPQRSTVWXYZ", k=8))

"""The tracker's categories as far as they are known: a table, not a count; a sync may add to it."""

from __future__ import annotations

from mamctl.dataclass import dataclass

AUDIOBOOKS, EBOOKS, MUSICOLOGY, RADIO = 13, 14, 15, 16

MAIN_CATEGORIES: dict[int, str] = {
    AUDIOBOOKS: "AudioBooks",
    EBOOKS: "E-Books",
    MUSICOLOGY: "Musicology",
    RADIO: "Radio",
}

# How a search row's `catname` begins; the musicology names stand alone.
_ROW_PREFIX: dict[int, str] = {AUDIOBOOKS: "Audiobooks - ", EBOOKS: "Ebooks - ", RADIO: "Radio - "}


@dataclass(frozen=True, slots=True)
class Category:
    """One sub-category; `id` is what the search takes, ids are unique over all mains."""

    id: int
    name: str
    main_id: int
    main_name: str

    @property
    def row_name(self) -> str:
        """The name as search rows write it, such as `Audiobooks - Fantasy`."""
        return _ROW_PREFIX.get(self.main_id, "") + self.name


# (name, audiobook id, e-book id); None where the site has no such category.
_BOOKS: tuple[tuple[str, int | None, int | None], ...] = (
    ("Action/Adventure", 39, 60),
    ("Art", 49, 71),
    ("Biographical", 50, 72),
    ("Business", 83, 90),
    ("Comics/Graphic novels", None, 61),
    ("Computer/Internet", 51, 73),
    ("Crafts", 97, 101),
    ("Crime/Thriller", 40, 62),
    ("Fantasy", 41, 63),
    ("Food", 106, 107),
    ("General Fiction", 42, 64),
    ("General Non-Fic", 52, None),
    ("General Non-Fiction", None, 74),
    ("Historical Fiction", 98, 102),
    ("History", 54, 76),
    ("Home/Garden", 55, 77),
    ("Horror", 43, 65),
    ("Humor", 99, 103),
    ("Illusion/Magic", None, 115),
    ("Instructional", 84, 91),
    ("Juvenile", 44, 66),
    ("Language", 56, 78),
    ("Literary Classics", 45, 67),
    ("Magazines/Newspapers", None, 79),
    ("Math/Science/Tech", 57, 80),
    ("Medical", 85, 92),
    ("Mixed Collections", None, 118),
    ("Mystery", 87, 94),
    ("Nature", 119, 120),
    ("Philosophy", 88, 95),
    ("Pol/Soc/Relig", 58, 81),
    ("Recreation", 59, 82),
    ("Romance", 46, 68),
    ("Science Fiction", 47, 69),
    ("Self-Help", 53, 75),
    ("Travel/Adventure", 89, 96),
    ("True Crime", 100, 104),
    ("Urban Fantasy", 108, 109),
    ("Western", 48, 70),
    ("Young Adult", 111, 112),
)

_MUSICOLOGY: tuple[tuple[str, int], ...] = (
    ("Music - Complete Editions", 17),
    ("Guitar/Bass Tabs", 19),
    ("Individual Sheet", 20),
    ("Instructional Media - Music", 22),
    ("Individual Sheet MP3", 24),
    ("Music Book", 26),
    ("Music Book MP3", 27),
    ("Sheet Collection", 30),
    ("Sheet Collection MP3", 31),
    ("Lick Library - LTP/Jam With", 113),
    ("Lick Library - Techniques/QL", 114),
    ("Instructional Book with Video", 126),
)

_RADIO: tuple[tuple[str, int], ...] = (
    ("Comedy", 127),
    ("Factual/Documentary", 128),
    ("Drama", 130),
    ("Reading", 132),
)


def _of(main: int, rows: tuple[tuple[str, int], ...]) -> tuple[Category, ...]:
    return tuple(Category(number, name, main, MAIN_CATEGORIES[main]) for name, number in rows)


KNOWN_CATEGORIES: tuple[Category, ...] = (
    *_of(AUDIOBOOKS, tuple((name, audio) for name, audio, _ in _BOOKS if audio is not None)),
    *_of(EBOOKS, tuple((name, ebook) for name, _, ebook in _BOOKS if ebook is not None)),
    *_of(MUSICOLOGY, _MUSICOLOGY),
    *_of(RADIO, _RADIO),
)

CATEGORY_BY_ID: dict[int, Category] = {category.id: category for category in KNOWN_CATEGORIES}

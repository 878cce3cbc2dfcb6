"""Made-up names: people, titles, series, publishers. Drawn with a given random generator, so a seed says it all."""

from __future__ import annotations

from random import Random


def _split(text: str, mark: str | None = None) -> tuple[str, ...]:
    return tuple(text.split(mark))


_GIVEN = _split(
    "Mara Tom Ines Jo Una Edric Lena Piotr Zoë Renée Søren Anaïs Björn Carys Dmitri Elif Farah Gwen Hanno Iria "
    "Jorun Kemal Liv Maeve Nadia Oskar Petra Quentin Rhian Silvan Tamsin Ulla Viktor Wanda Xenia Yusuf Zelda Abel "
    "Bettina Corwin Delphine Emeric Fenna Gideon Hester Isolde Jarrah Kirsi Lucan Minna Niall Orla Percival Rosalind"
)
_SURNAMES = _split(
    "Vell Asher Quill Penn Fell Harrow Ostrander Lindqvist Marchetti Okonjo Brontsen Castellane Dunmore Eastgate "
    "Farrow Gallowglass Hollis Ibsmark Juneau Kestrel Larkin Moravec Nightingale Orsolo Pemberly Quarles Rasmus "
    "Silverlake Thackmore Underhill Vasquel Winterbourne Yarrow Zeller Ashdown Bellweather Crowhurst Dragomir Elstree "
    "Fontclair Grimaldo Hawksby Innesmoor Jessamy Kovarik Lockridge Merriwether Northcote O'Malone Pashkova Redfern "
    "Saltmarsh Tveit Ullmann Verhoeven Wexcombe Le_Grange de_la_Cruzetta von_Hartstein MacLorne Fitzalban St._Aubry"
)
_ADJECTIVES = _split(
    "Salt Hollow Burning Quiet Crooked Silver Last Broken Winter Hidden Crimson Drowned Gilded Iron Lonely Restless "
    "Scarlet Shattered Silent Sunken Thirteenth Velvet Wandering Wicked Amber Bitter Distant Endless Faithless "
    "Frozen Glass Golden Hungry Invisible Lantern Midnight Narrow Painted Paper Patient Red Sleeping Stolen Twilight"
)
_NOUNS = _split(
    "Road Lantern Orchard Harbour Crown Garden Tower River Kingdom Daughter Clock Mirror Throne Song House Island "
    "Bridge Key Storm Sea Forest Door Letter Archive Ghost Thief Map Moon Star Ship Wolf Raven Shadow Promise Secret "
    "Physician Cartographer Gardener Apprentice Detective Weaver Empire Compass Market Winter Machine Signal Well"
)
_PLACES = _split(
    "Vell Orrin Talmere Hastow Kessidy Brannock Elderwick Marrowgate Lowmoor Thessaly Quayle Ostrava Port_Sable "
    "Carrow Dunfell Sennen Alder_Bay Pinter's_End Grey_Ferry Nine_Wells Mossgrave Ambleforth Sorrel_Hill Yarmere"
)
_SERIES_KINDS = _split(
    "Cycle Trilogy Chronicles Saga Mysteries Files Sequence Quartet Tales Series Archive Legacy Novels Casebook Wars"
)
_PUBLISHERS = _split(
    "Harbour Audio,Lantern Recordings,Tall Ship Audio,Quill and Ear,Northlight Audiobooks,Grey Ferry Sound,"
    "Orchard Audio,Spoken Page,Winterbourne Audio,Second Shelf Recordings",
    ",",
)
_PRINT_PUBLISHERS = _split(
    "Harbour Press,Lantern House,Tall Ship Books,Quill & Sons,Northlight,Grey Ferry Press,Orchard Books",
    ",",
)
_GENRES = _split(
    "Fantasy,Science Fiction,Mystery,Thriller,Romance,History,Biography,Horror,Children's Audiobooks,Self Development",
    ",",
)
_SENTENCES = (
    "Nobody in {place} speaks of the {adjective} {noun}.",
    "When the {noun} goes missing, {given} has seven days to find it.",
    "A {adjective} tale of debts, weather & old friends.",
    "“Some doors,” said {given}, “should stay shut.”",
    "The war is over; the {noun} is not.",
)


def make_person(rng: Random) -> str:
    """A name, sometimes with a middle initial, sometimes with two, rarely with a suffix."""
    given, surname = rng.choice(_GIVEN), rng.choice(_SURNAMES).replace("_", " ")
    roll = rng.random()
    if roll < 0.05:
        initials = " ".join(f"{rng.choice('ABCDEFGHJKLMNPRSTW')}." for _ in range(rng.choice((2, 3))))
        return f"{initials} {surname}"
    if roll < 0.25:
        return f"{given} {rng.choice('ABCDEFGHJKLMNPRSTW')}. {surname}"
    if roll < 0.33:
        return f"{given} {rng.choice(_SURNAMES).replace('_', ' ')} {surname}"
    return f"{given} {surname} Jr." if roll < 0.34 else f"{given} {surname}"


def make_title(rng: Random) -> str:
    """A title of one to six words."""
    adjective, noun, other, place = (
        rng.choice(words).replace("_", " ") for words in (_ADJECTIVES, _NOUNS, _NOUNS, _PLACES)
    )
    patterns = (
        f"The {adjective} {noun}",
        f"The {noun} of {place}",
        f"{adjective} {noun}",
        f"A {noun} for {place}",
        f"The {noun} and the {other}",
        f"{place}",
        f"{rng.choice(_GIVEN)}'s {noun}",
        f"The {adjective} {noun} of {place}",
        f"{rng.choice(('Seven', 'Twelve', 'A Thousand', '1001', 'Forty'))} {noun}s",
        f"What the {noun} Knew",
        f"Beneath the {adjective} {noun}",
        f"{noun}",
    )
    weights = (18, 14, 10, 8, 10, 3, 8, 10, 4, 6, 8, 3)
    return rng.choices(patterns, weights)[0]


def make_series_name(rng: Random) -> str:
    """ "Lantern Cycle", "The Orrin Mysteries", …"""
    stem = rng.choice((*_ADJECTIVES, *_NOUNS, *_PLACES)).replace("_", " ")
    name = f"{stem} {rng.choice(_SERIES_KINDS)}"
    return f"The {name}" if rng.random() < 0.3 else name


def make_subtitle(rng: Random) -> str:
    """What some books carry after their title."""
    place = rng.choice(_PLACES).replace("_", " ")
    return rng.choice(
        ("A Novel", f"A Tale of {place}", "An Unlikely Romance", f"The True Story of {place}", "A Thriller")
    )


def make_description(rng: Random) -> str:
    """Two to four sentences, in two paragraphs when there are more than two."""
    words = {
        "place": rng.choice(_PLACES).replace("_", " "),
        "adjective": rng.choice(_ADJECTIVES).lower(),
        "noun": rng.choice(_NOUNS).lower(),
        "given": rng.choice(_GIVEN),
    }
    chosen = [text.format(**words) for text in rng.sample(_SENTENCES, rng.randint(2, 4))]
    return "\n\n".join((" ".join(chosen[:2]), " ".join(chosen[2:]))).strip()


def make_publisher(rng: Random, *, audio: bool) -> str:
    """A publishing house."""
    return rng.choice(_PUBLISHERS if audio else _PRINT_PUBLISHERS)


def make_genres(rng: Random) -> tuple[str, ...]:
    """One to three genres."""
    return tuple(rng.sample(_GENRES, rng.randint(1, 3)))

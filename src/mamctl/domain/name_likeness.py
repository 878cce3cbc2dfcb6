"""Whether two written names can be one person's, and how much doubt is left.

Names are compared as names: "Vell, Mara J." is "Mara Vell"; "M. Vell" may be; "Mona Vell" is not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.match_penalty import Penalty
from mamctl.domain.title_words import clean_title
from mamctl.domain.word_likeness import is_slip

_TITLES = frozenset(["dr", "prof", "professor", "mr", "mrs", "ms", "miss", "sir", "dame", "lord", "lady", "rev", "st"])
_SUFFIXES = frozenset(["jr", "sr", "phd", "md", "ma", "ba", "esq", "mba", "cbe", "obe", "dds", "ii", "iii", "iv"])
_NOBODY = frozenset(
    [
        "various",
        "various authors",
        "unknown",
        "unknown author",
        "anonymous",
        "diverse",
        "n a",
        "none",
        "author",
        "audiobook",
        "full cast",
        "a full cast",
        "cast",
        "various narrators",
        "various artists",
        "unknown narrator",
        "narrator",
        "verschiedene",
        "multiple narrators",
    ]
)
_ROLE = re.compile(
    r"\s+-\s+(?:translator|introduction|foreword|afterword|editor|illustrator|adaptation|contributor|adaptor"
    r"|preface|essay|lyricist|original author)s?\b.*$|\s*\((?:translator|editor|ed\.|author|narrator|reader)\)",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:;|&|/|\||\band\b|\bwith\b|\bund\b)\s*", re.IGNORECASE)
_UMLAUTS = (("ue", "u"), ("oe", "o"), ("ae", "a"))


def split_names(text: str) -> tuple[str, ...]:
    """ "Mara Vell & Jo Penn" and "Mara Vell, Jo Penn" are two people, "Vell, Mara" and "Ben Bova, PhD" one."""
    people = []
    for part in _SPLIT.split(_ROLE.sub("", text)):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        several = len(pieces) > 1 and all(len(_words(piece)) > 1 for piece in pieces)
        people.extend(pieces if several else [part.strip(" ,")])
    return tuple(name for name in people if name)


@lru_cache(maxsize=65_536)
def name_doubt(ours: str, theirs: str) -> float | None:
    """0 for the same name, up to 0.12 for what may be it, None for another person's; symmetric."""
    a, b = sorted((_words(ours), _words(theirs)), key=lambda words: (len(words), words))
    if not a or not b:
        return None
    if a == b or sorted(a) == sorted(b) or "".join(a) == "".join(b):
        return 0.0
    found = [doubt for x, y in _spellings(a, b) if (doubt := _doubt_of_words(x, y)) is not None]
    return min(found, default=None)


def compare_authors(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[Penalty, ...]:
    """What speaks against two lists of authors being one book's: one person in common is enough."""
    a, b = known_people(ours), known_people(theirs)
    if not a or not b:
        side = "neither side names" if not a and not b else "only one side names"
        return (Penalty("author_missing", 0.2, f"{side} an author"),)
    doubt = _closest(a, b)
    if doubt is None:
        return (Penalty("author", 0.6, f"{', '.join(a)} against {', '.join(b)}", hard=True),)
    return (Penalty("author_spelling", doubt, f"{', '.join(a)} against {', '.join(b)}"),) if doubt else ()


def share_person(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the lists have someone in common."""
    return _closest(known_people(ours), known_people(theirs)) is not None


def known_people(names: tuple[str, ...]) -> tuple[str, ...]:
    """The people of a list: joined names split, roles and placeholders left out."""
    people = (person for name in names for person in split_names(name))
    return tuple(dict.fromkeys(person for person in people if " ".join(_plain(person)) not in _NOBODY))


def _closest(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float | None:
    found = [doubt for a in ours for b in theirs if (doubt := name_doubt(a, b)) is not None]
    return min(found, default=None)


def _plain(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", clean_title(name)))


@lru_cache(maxsize=65_536)
def _words(name: str) -> tuple[str, ...]:
    """The name's words, given names first, without titles and suffixes; initials stand alone."""
    plain = _ROLE.sub("", name)
    before, comma, after = plain.partition(",")
    if comma and _plain(after) and not _SUFFIXES.issuperset(_plain(after)):
        plain = f"{after.replace(',', ' ')} {before}"
    words = [word for word in _plain(plain) if word not in _SUFFIXES] or list(_plain(plain))
    return tuple(words[1:] if len(words) > 2 and words[0] in _TITLES else words)


def _spellings(a: tuple[str, ...], b: tuple[str, ...]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The pair as written, with umlauts in either spelling, in Latin letters, and with one side turned."""
    pairs = [(a, b)]
    if any(digraph in word for word in (*a, *b) for digraph, _ in _UMLAUTS):
        pairs.append((_without_umlauts(a), _without_umlauts(b)))
    if "".join(a).isascii() != "".join(b).isascii():
        pairs.append((_latin(a), _latin(b)))
    if len(a) == len(b) == 2:
        pairs.append((a[::-1], b))
    return pairs


def _without_umlauts(words: tuple[str, ...]) -> tuple[str, ...]:
    for digraph, letter in _UMLAUTS:
        words = tuple(word.replace(digraph, letter) for word in words)
    return words


def _latin(words: tuple[str, ...]) -> tuple[str, ...]:
    from anyascii import anyascii

    return tuple(anyascii(word).casefold().replace("'", "") for word in words)


def _doubt_of_words(shorter: tuple[str, ...], longer: tuple[str, ...]) -> float | None:
    """Family names must agree; each given name of the shorter must fit one of the longer, in order."""
    family = _doubt_of_word(shorter[-1], longer[-1])
    if family is None or len(shorter[-1]) < 2:
        return _doubt_of_initials(shorter, longer)
    if len(shorter) == 1:
        return round(0.1 + family, 4)
    given = _doubt_of_given(shorter[:-1], longer[:-1])
    if given is None:
        return _doubt_of_initials(shorter, longer)
    return round(min(0.2, family + given + (0.01 if len(shorter) < len(longer) else 0)), 4)


def _doubt_of_initials(shorter: tuple[str, ...], longer: tuple[str, ...]) -> float | None:
    """ "JRR Tolkien" against "J. R. R. Tolkien", "LeGuin" against "Le Guin": divided otherwise."""
    if shorter[-1] == longer[-1] and "".join(shorter[:-1]) == "".join(word[0] for word in longer[:-1]):
        return 0.01
    joined, other = "".join(shorter), "".join(longer)
    return 0.05 if len(joined) >= 8 and len(shorter) != len(longer) and is_slip(joined, other) else None


def _doubt_of_given(shorter: tuple[str, ...], longer: tuple[str, ...]) -> float | None:
    """The given names in order; one that fits nothing makes another person."""
    doubt, at = 0.0, 0
    for name in shorter:
        fits = [
            (index, d)
            for index in range(at, len(longer))
            if (d := _doubt_of_given_name(name, longer[index])) is not None
        ]
        if not fits:
            return None
        index, least = min(fits, key=lambda fit: (fit[1], fit[0]))
        doubt, at = doubt + least, index + 1
    return doubt


def _doubt_of_given_name(a: str, b: str) -> float | None:
    if 1 in {len(a), len(b)}:
        return 0.01 if a[0] == b[0] else None
    short, long_ = sorted((a, b), key=len)
    if len(short) >= 3 and short != long_ and long_.startswith(short) and len(long_) - len(short) >= 2:
        return 0.03  # "Rob" and "Robert"
    return _doubt_of_word(a, b)


def _doubt_of_word(a: str, b: str) -> float | None:
    if a == b:
        return 0.0
    if not is_slip(a, b):
        return None
    return 0.05 if min(len(a), len(b)) >= 5 else 0.1

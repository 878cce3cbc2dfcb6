"""How surely two written names are one person's: as `person_names` has it, and forgiving typing errors.

Files misspell names and shorten them; a match bears some doubt that an agreed value would not.
"""

from __future__ import annotations

from functools import lru_cache

from mamctl.domain.matching.penalties import Penalty
from mamctl.domain.matching.words import as_scanned, is_typo
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.person_names import fold_name, same_person

OTHER_AUTHOR = 0.6
"""What another author takes off a score."""
_FAMILY_NAME_ONLY = 0.1
_FIRST_NAME_ONLY = 0.12  # "Dante"
_SHORT_FORM = 0.03  # "Rob" and "Robert"
_INITIALS = 0.05  # "CS Lewis"
_OTHER_SCRIPT = 0.1
_MOST_PEOPLE = 200  # of one record, each compared with each; no larger cast was seen
_LONG = 8  # letters; a word so long may differ in two of them
_PET_NAMES = {
    frozenset(pair.split())
    for pair in (
        "bill william, will william, bob robert, bobby robert, dick richard, rick richard, ted edward, ted theodore, "
        "ned edward, mike michael, jim james, jimmy james, jack john, johnny john, tony anthony, chuck charles, "
        "charlie charles, hank henry, harry henry, larry lawrence, andy andrew, drew andrew, jeff geoffrey, "
        "joe joseph, dave david, steve stephen, steven stephen, kate katherine, kate catherine, kathy katherine, "
        "cathy catherine, katie katherine, liz elizabeth, beth elizabeth, betty elizabeth, peggy margaret, "
        "maggie margaret, meg margaret, molly mary, sally sarah, nancy anne, jenny jennifer, sue susan, "
        "sandy alexander, sasha alexander, leo lev, fyodor fedor, feodor fedor, fyodor feodor"
    ).split(", ")
}


_PET_WORDS = frozenset().union(*_PET_NAMES)


def compare_authors(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[Penalty, ...]:
    """Penalties against two lists of authors being one book's: one person in common is enough."""
    a, b = known_people(ours), known_people(theirs)
    if not a or not b:
        side = "neither side names" if not a and not b else "only one side names"
        return (Penalty("author_missing", 0.2, f"{side} an author"),)
    detail = f"{', '.join(a)} against {', '.join(b)}"
    doubt = _closest(a, b)
    if doubt is None:
        return (Penalty("author", OTHER_AUTHOR, detail, hard=True),)
    return (Penalty("author_spelling", doubt, detail),) if doubt else ()


def share_person(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether the lists have someone in common."""
    return _closest(known_people(ours), known_people(theirs)) is not None


def are_strangers(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether both lists name somebody, and nobody is in both."""
    a, b = known_people(ours), known_people(theirs)
    return bool(a) and bool(b) and _closest(a, b) is None


@lru_cache(maxsize=2_048)
def known_people(names: tuple[str, ...]) -> tuple[str, ...]:
    """The first people of a list: joined names split; other roles, publishers and placeholders left out."""
    return tuple(dict.fromkeys(person for name in names for person in split_people(name)))[:_MOST_PEOPLE]


@lru_cache(maxsize=8_192)
def name_doubt(ours: str, theirs: str) -> float | None:
    """0 for the same name, up to 0.2 for what may be it, None for another person's; symmetric."""
    a, b = fold_name(ours), fold_name(theirs)
    if a == b:
        return 0.0
    if (a.count(" "), a) > (b.count(" "), b):
        a, b = b, a
    if not a:
        return None
    if a.isascii() != b.isascii():
        return _in_latin(a, b)
    ones, others = a.split(), b.split()
    if not any(_are_related(word, other) for word in ones for other in others):
        return None
    if same_person(a, b):
        return 0.01
    return _part_of(a, b) or _respelt(ones, others)


def _are_related(a: str, b: str) -> bool:
    """Whether a word of one name can stand for one of the other: two spellings of one person share such a word."""
    if a[0] == b[0]:
        if a.startswith(b) or b.startswith(a) or "e" in a[1:] or "e" in b[1:]:
            return True  # initials, short forms, "Mueller" and "Muller"
    elif a[-1] != b[-1] and len(a) < _LONG and len(b) < _LONG and as_scanned(a) != as_scanned(b):
        return a in _PET_WORDS and b in _PET_WORDS and {a, b} in _PET_NAMES  # one change leaves one end as it is
    return _word_doubt(a, b) is not None


def _part_of(short: str, name: str) -> float | None:
    """The doubt of a family name alone, and of the name by which somebody of several is known: "Dante"."""
    if name.endswith(f" {short}"):
        return _FAMILY_NAME_ONLY
    return _FIRST_NAME_ONLY if name.startswith(f"{short} ") and " " not in short and len(short) > 3 else None


def _closest(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float | None:
    if len(ours) == len(theirs) == 1:
        return name_doubt(ours[0], theirs[0])
    found = [doubt for a in ours for b in theirs if (doubt := name_doubt(a, b)) is not None]
    return min(found, default=None)


def _in_latin(a: str, b: str) -> float | None:
    """ "Фёдор Достоевский" beside "Fyodor Dostoevsky"."""
    from anyascii import anyascii

    latin_a, latin_b = fold_name(anyascii(a)), fold_name(anyascii(b))
    if not latin_a or not latin_b:  # letters that have no Latin form
        return None
    doubt = name_doubt(latin_a, latin_b)
    if doubt is not None:
        return min(0.2, doubt + 0.02)
    *given, family = latin_a.split()
    *other_given, other_family = latin_b.split()
    alike = family == other_family or is_typo(family, other_family)
    return _OTHER_SCRIPT if alike and given and other_given and given[0][0] == other_given[0][0] else None


def _respelt(a: list[str], b: list[str]) -> float | None:
    """The doubt when words of one name are spelt as the other has them; None when it is another name even so."""
    if a[-1] == b[-1] and len(a) == 2 and len(b) > 2 and a[0] == "".join(word[0] for word in b[:-1]):
        return _INITIALS
    doubt, spelt = 0.01, list(a)
    for at, word in enumerate(a):
        if word in b:
            continue
        near = [(cost, other) for other in b if other not in a and (cost := _word_doubt(word, other)) is not None]
        if near:
            cost, spelt[at] = min(near)
            doubt += cost
    return round(min(0.2, doubt), 4) if spelt != a and same_person(" ".join(spelt), " ".join(b)) else None


def _word_doubt(a: str, b: str) -> float | None:
    short, long_ = (a, b) if len(a) <= len(b) else (b, a)
    if short in _PET_WORDS and long_ in _PET_WORDS and {a, b} in _PET_NAMES:
        return _SHORT_FORM
    if len(short) >= 3 and long_.startswith(short) and len(long_) - len(short) >= 2:
        return _SHORT_FORM
    if not is_typo(a, b):
        return None
    return 0.03 if len(short) >= 5 else 0.05

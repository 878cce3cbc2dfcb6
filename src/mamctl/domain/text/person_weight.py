"""How far a piece of a name looks like people rather than like a title or a series: a weight, not a verdict.

No list knows every author, so the evidence is summed: given names, initials, how many words, and against it digits,
little words, words that name sets of books, and common words of titles. Case does not count.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.common_names import is_eastern, is_eastern_name, is_given_name
from mamctl.domain.text.common_words import is_word
from mamctl.domain.text.credits import split_people
from mamctl.domain.text.normalize import fold, tidy
from mamctl.domain.text.person_names import DEGREES, GENERATIONS, PARTICLES
from mamctl.domain.text.publishers import is_publisher
from mamctl.domain.text.vocabulary import SERIES_WORDS, is_form, is_shelf
from mamctl.regex import regex

NO_PEOPLE = -6.0
"""The weight of what cannot be people."""

LIKELY = 1.0
"""From this weight on it is taken for people when nothing contradicts."""

_LITTLE = frozenset(
    "the a an of in on to for with from at is are who what how my your our no not und oder der die das ein eine im dem "
    "les une des en volume part chapter novel story guide life war world book books this that when where why we you "
    "it its his her their as be or into vs up out all her "
    "ο η το οι τα του της των και στο στη στον στην για на из не для под без как что это".split()
)
_TITLE_ENDING = regex(
    r".{3,}(?:tion|sion|ness|ment|ity|hood|ship|dom|ology|ies|ngs|ful|less|ous|ible|able|ward|wards|punk)$"
)
_NO_NAME = regex(r"[\d!?:;=#@_/()\[\]{}]")
_DRAMATIZED = regex(r"\b(?:dramati[sz]\w*|adaptation|edition|version|recording|audio|cast)\b", re.IGNORECASE)
_REGNAL = frozenset({"I", "V", "X"})  # higher ones have several letters, and are no initials
_INITIALS = regex(r"(?:[^\W\d_]\.?){1,3}")


@lru_cache(maxsize=16_384)
def person_weight(text: str) -> float:
    """From -6 (no people) to about 4 (surely people), averaged over all names; 0 is no evidence either way."""
    line = tidy(text)
    if not line or len(line) > 200 or is_publisher(line) or is_form(line) or is_shelf(line) or _DRAMATIZED.search(line):
        return NO_PEOPLE
    if re.search(r"\d", re.sub(r"\w*[^\W\d]\w*\d+\b", "", line)) or _NO_NAME.search(re.sub(r"[;/()\d]", "", line)):
        return NO_PEOPLE
    people = split_people(line, "narrator") or split_people(line)
    if not people or len(people) > 30:
        return NO_PEOPLE
    weights = [_weigh(name) for name in people]
    if min(weights) <= NO_PEOPLE:
        return NO_PEOPLE
    if len(people) > 1 and all(" " not in name for name in people):
        return min(weights) + 0.5  # "Niven & Pournelle", but "Salt & Iron" as well
    return sum(weights) / len(weights)


def _weigh(name: str) -> float:
    if is_eastern(name):
        return 2.0 if is_eastern_name(name.replace(" ", "")) else -1.2
    name = re.sub(r"[\"“”'‘’]\w+[\"“”'‘’]", "", name)
    tokens = name.replace(",", " ").split()
    if len(tokens) > 1 and any(fold(token) in _LITTLE and "." not in token for token in _without_nobility(tokens)):
        return NO_PEOPLE
    words = [word for token in tokens for word in token.split(".") if word]
    folded = [fold(word) for word in words]
    kept = [
        word
        for at, word in enumerate(folded)  # in front, "JD" is initials and no degree
        if word not in PARTICLES and (not at or (word not in DEGREES and word not in GENERATIONS))
    ]
    if len(kept) == 2 and tokens[-1] in _REGNAL and is_given_name(kept[0]):
        kept = kept[:1]  # "Henry V" is a title likelier than an author
    if not kept or any(word in SERIES_WORDS for word in folded):
        return NO_PEOPLE
    initials = sum(
        len(word) == 1 or (len(word) <= 3 and bool(_INITIALS.fullmatch(word)) and _has_no_vowel(word)) for word in kept
    )
    full = [word for word in kept if len(word) > 1] or (kept if len(kept) == 1 else [])
    if not full or len(kept) > 6:
        return NO_PEOPLE
    given = any(is_given_name(part) for part in (kept[0], *kept[0].split("-"), *(kept[1:2] if initials else ())))
    weight = {1: -1.2, 2: 0.8, 3: 0.4, 4: -0.4}.get(len(kept), -1.5)
    weight += 2.0 if given and len(kept) > 1 else 0.2 if given else 0.0
    weight += 2.0 if initials and len(kept) > 1 else 0.0
    ordinary = [word for word in full if (is_word(word) or _TITLE_ENDING.match(word)) and not is_given_name(word)]
    if len(kept) > 1:
        # A family name is often a common word ("King", "Stone"), a given name hardly ever.
        weight -= 0.4 * len(ordinary) + (1.6 if kept[0] in ordinary else 0.0)
        weight -= 1.0 if len(ordinary) == len(full) and not given and not initials else 0.0
    else:
        weight -= 1.5 * len(ordinary)
    return weight


def _without_nobility(tokens: list[str]) -> list[str]:
    """ "Ludwig van der Berg" without "van der", which in front of a given name would be little words of a title."""
    folded = [fold(token) for token in tokens]
    for at in range(1, len(folded) - 2):
        if folded[at] in {"van", "von"} and folded[at + 1] in {"der", "den", "dem"} and is_given_name(folded[0]):
            return [*tokens[:at], *tokens[at + 2 :]]
    return tokens


def _has_no_vowel(word: str) -> bool:
    """Whether letters stand side by side that no one can say; of other scripts than Latin nothing is known here."""
    return word.isascii() and not any(char in "aeiouy" for char in word)

"""Words of a path that are in no field of its best reading: nothing of a name is lost without being reported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mamctl.domain.text.names.pieces import tidy_name
from mamctl.domain.text.normalize import fold
from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.vocabulary import AUDIO_SUFFIX, PLACE_LABELS, READ_VERBS, is_abridged
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mamctl.domain.library.paths.reading import PathReading, ReadPath

_WORD = regex(r"[^\W_]+(?:['’][^\W_]+)*")
_LABEL = regex(rf"{PLACE_LABELS}|series|vol|t", re.IGNORECASE)
_JOINING = regex(rf"{READ_VERBS}|by|von|par|por|and|und|y|et|e|og|och|i|with|mit", re.IGNORECASE)


def left_over(read: ReadPath) -> tuple[str, ...]:
    """What stands in the path and in no field, as it is written, from the first folder to the name; empty when all of
    it was understood. Labels before a position and "read by" before a reader are understood."""
    best = read.readings[0]
    held = _Held(read, best)
    return tuple(
        text for segment in read.path.split("/") for text in _runs(AUDIO_SUFFIX.sub("", tidy_name(segment)), held)
    )


def _runs(segment: str, held: _Held) -> Iterator[str]:
    """The words that are not held; those that follow each other in one text."""
    start = end = None
    for found in _WORD.finditer(segment):
        if held.has(found[0]):
            if start is not None:
                yield segment[start:end]
            start = None
        else:
            start, end = found.start() if start is None else start, found.end()
    if start is not None:
        yield segment[start:end]


class _Held:
    """The words and numbers that the fields of a reading hold."""

    def __init__(self, read: ReadPath, best: PathReading) -> None:
        facts = read.facts
        series = [text for entry in best.series for text in (entry.name, entry.position or "")]
        people = (*best.authors, *best.named_authors, *best.narrators)
        texts = [best.title, best.subtitle, *people, *series, facts.asin, facts.isbn, facts.language, read.house]
        texts += [str(best.year)] if best.year else []
        self._words = {word for text in texts if text for word in fold(text).split()}
        self._joined = [fold(text).replace(" ", "") for text in texts if text]
        self._numbers = {number for word in self._words if (number := as_number(word))}
        self._is_placed = any(entry.position for entry in best.series)
        self._has_people = bool(people)
        self._has_id = bool(facts.asin or facts.isbn)
        self._abridged = facts.abridged

    def has(self, word: str) -> bool:
        """Whether a field holds the word, or a field is what it was written for."""
        folded = fold(word)
        if all(one in self._words for one in folded.split()) or as_number(folded) in self._numbers:
            return True
        if len(folded) > 2 and any(folded.replace(" ", "") in text for text in self._joined):
            return True  # "AynRand" of "Ayn Rand"
        if self._abridged is not None and is_abridged(word) is not None:
            return True
        if self._is_placed and (label := _LABEL.match(word)):
            return label.end() == len(word) or as_number(folded[label.end() :]) in self._numbers
        if self._has_id and folded in {"asin", "isbn"}:
            return True
        return self._has_people and bool(_JOINING.fullmatch(folded))

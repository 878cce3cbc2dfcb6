"""The title and the series that a recording names, where the book's own are known to compare with."""

from __future__ import annotations

from collections.abc import Sequence

from mamctl.domain.speech.credits import SpokenCredits
from mamctl.domain.speech.sound_alike import rough_similarity
from mamctl.domain.text.numbers import as_number
from mamctl.domain.text.series import SeriesEntry

_TITLE = 85.0
_SERIES = 80.0
_MOST_STARTS = 250
_VOLUME_WORDS = frozenset({"book", "volume", "part", "band", "teil", "tome", "livre", "libro", "tomo"})


def spoken_title(spoken: SpokenCredits, title: str) -> str | None:
    """The known title when it is said anywhere in the window; one word alone must be said exactly."""
    words = [word.folded for word in spoken.words]
    length = len(title.split())
    if not length:
        return None
    if length == 1:
        return title if title.casefold() in words else None
    starts = range(min(len(words), _MOST_STARTS))
    return title if any(rough_similarity(words[at : at + length + 2], title) >= _TITLE for at in starts) else None


def spoken_series(spoken: SpokenCredits, series: Sequence[str]) -> SeriesEntry | None:
    """The known series with the place that is said: "book two of the Lantern Cycle"."""
    words = [word.folded for word in spoken.words][:_MOST_STARTS]
    for at, word in enumerate(words[:-1]):
        if word not in _VOLUME_WORDS or (number := as_number(words[at + 1])) is None:
            continue
        near = words[at + 2 : at + 12]
        before = words[max(0, at - 8) : at]
        for name in series:
            length = len(name.split())
            stretches = [
                stretch[start : start + length + 2] for stretch in (near, before) for start in range(len(stretch))
            ]
            if any(rough_similarity(stretch, name) >= _SERIES for stretch in stretches):
                return SeriesEntry(name, number)
    return None

"""Finding works in the made-up world as catalogues do: by the words of title and author, small slips forgiven."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from zlib import crc32

from mamctl.domain.text.normalize import fold
from mamctl.practice.catalogue.world import Recording, Work, World

_COMMON = frozenset(["the", "a", "of", "and", "for"])
_SLIP = 75.0  # how like a known word a misspelt one must be


class Shelves:
    """An index over a world. `share` (per catalogue, 0..1) says how much of the world a catalogue knows."""

    def __init__(self, world: World, share: dict[str, float] | None = None) -> None:
        self.world = world
        self.share = {"librivox": 0.05} if share is None else share
        self._titles = _index((work, f"{work.title} {work.subtitle or ''}") for work in world.works)
        self._authors = _index((work, " ".join(work.authors)) for work in world.works)

    def knows(self, catalogue: str, work: Work) -> bool:
        """Whether the catalogue has heard of the work; the same works each time."""
        return crc32(f"{catalogue} {work.id}".encode()) % 1000 < self.share.get(catalogue, 1.0) * 1000

    def find(self, catalogue: str, title: str = "", author: str = "", words: str = "", most: int = 20) -> list[Work]:
        """Works by the words of their title, of their author, or of both mixed; the best first."""
        scores: Counter[int] = Counter()
        _score(scores, self._titles, title, 10)
        if author:
            named: Counter[int] = Counter()
            _score(named, self._authors, author, 10)
            scores = Counter(
                {number: score + named[number] for number, score in (scores or named).items() if named[number]}
            )
        _score(scores, self._titles, words, 10)
        _score(scores, self._authors, words, 9)
        found = (self.world.by_id[number] for number, _ in scores.most_common(most * 3))
        ranked = sorted(
            (work for work in found if self.knows(catalogue, work)),
            key=lambda work: (-scores[work.id], len(work.title), work.id),
        )
        return ranked[:most]

    def work_of(self, recording: Recording) -> Work:
        """The work that is read."""
        return self.world.by_id[recording.work_id]


def _index(texts: Iterable[tuple[Work, str]]) -> dict[str, set[int]]:
    index: dict[str, set[int]] = defaultdict(set)
    for work, text in texts:
        for word in fold(text).split():
            index[word].add(work.id)
    return dict(index)


def _score(scores: Counter[int], index: dict[str, set[int]], text: str, weight: int) -> None:
    for word in fold(text).split():
        known = word if word in index else _nearest(word, index)
        for number in index.get(known, set()):
            scores[number] += 1 if word in _COMMON else weight


def _nearest(word: str, index: dict[str, set[int]]) -> str:
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, index.keys(), scorer=fuzz.ratio, score_cutoff=_SLIP) if len(word) > 3 else None
    return found[0] if found else ""

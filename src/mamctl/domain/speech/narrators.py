"""From the words behind "narrated by" to a reader: candidates by sound, a margin, and hints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.speech.credits import Credit, Role, SpokenCredits, Word
from mamctl.domain.speech.cues import CUES
from mamctl.domain.speech.sound_alike import most_similar, name_similarity
from mamctl.domain.text.common_names import is_given_name
from mamctl.domain.text.person_names import same_person

if TYPE_CHECKING:
    from collections.abc import Sequence

_MORE_NEEDED = {Role.SECOND: 9.0, Role.AUTHOR: 15.0}
"""How much more a name must be alike that no reader's cue stands before: only the order of two "by", or none."""
_OTHERS_LACK = 10.0  # taken off for one who is known by other books only
_UNLIKE = 50.0
_MOST_READERS = 4
_LONGEST_NAME = 3  # words of an unknown reader before "and" another
HINT_CONFIDENCE = 0.3
"""Of a name that was heard and that no candidate confirms: engines misspell names."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """When a heard name is a candidate's: the score (0 to 100), and how far ahead of the next person."""

    score: float = 75.0
    margin: float = 10.0


@dataclass(frozen=True, kw_only=True)
class People:
    """Who may be the reader of a book.

    `candidates` are named by the book's own tags, records and catalogues, `others` read other books of the library:
    there are many of them, so that one of them must sound more like what was heard, and rivals a candidate less. An
    author is a candidate where a reader's cue stands before the name.
    """

    candidates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        """Whether this is one of the candidates."""
        return any(same_person(name, candidate) for candidate in self.candidates)

    def rank(self, heard: Sequence[str]) -> list[tuple[float, float, int, str]]:
        """Best first: the score as it counts, the score (0 to 100), the end of the heard name, the name."""
        own = {name.casefold(): name for name in reversed((*self.candidates, *self.authors))}
        others = {name.casefold(): name for name in self.others if name.casefold() not in own}
        ranked = [(score, score, end, name) for score, end, name in most_similar(heard, own.values())]
        ranked += [
            (score - _OTHERS_LACK, score, end, name) for score, end, name in most_similar(heard, others.values())
        ]
        return sorted(ranked, key=lambda one: (-one[0], one[3]))


@dataclass(frozen=True, slots=True)
class HeardName:
    """A reader: who, how sure (0 to 1), what was heard, and how alike; without a candidate only a hint."""

    name: str
    confidence: float
    heard_as: str
    score: float | None = None
    accepted: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether what was heard is a full name beyond doubt, though not one that is known of the book."""
        words = self.heard_as.split()
        return len(words) in (2, 3) and is_given_name(words[0].lower()) and all(word[:1].isupper() for word in words)


def name_readers(
    spoken: SpokenCredits, *, language: str, people: People, acceptance: Acceptance
) -> tuple[HeardName, ...]:
    """The readers that the credits name, accepted ones first and each person once."""
    authors = people.authors
    found: list[tuple[Credit, HeardName]] = []
    for credit in spoken.credits:
        if credit.role is Role.OTHER or (credit.role is Role.AUTHOR and _is_author(credit, authors)):
            continue
        found.extend((credit, heard) for heard in _readers_of(credit, language, people, acceptance))
    named = [heard for credit, heard in found if not _is_misheard_author(credit, heard, found, authors)]
    themselves = [
        author for author in authors if spoken.read_by_author or (spoken.like_author and people.knows(author))
    ]
    named.extend(HeardName(author, 0.75, "the author") for author in themselves)
    return _united(named)


def _readers_of(credit: Credit, language: str, people: People, acceptance: Acceptance) -> list[HeardName]:
    """The readers of one credit. "Kassel and" may be "Castellan": what "and" parts is tried as one name as well."""
    found: list[HeardName] = []
    for start, words in split_names(credit.words, language):
        heard = _identify(credit, words, people, acceptance)
        rest = credit.words[start:]
        if (heard is None or not heard.accepted) and len(rest) > len(words):
            joined = _identify(credit, rest, people, acceptance)
            heard = joined if joined is not None and joined.accepted else heard
        if heard is not None:
            found.append(heard)
        if (heard is None or not heard.accepted) and len(words) > _LONGEST_NAME:
            break  # that was a sentence, and no list of readers
    return found


def _is_author(credit: Credit, authors: Sequence[str]) -> bool:
    """Whether the author's place may well hold the author: one who is not known, or sounds at all like it."""
    folded = [word.folded for word in credit.words]
    return not authors or any(name_similarity(folded, author)[0] > _UNLIKE for author in authors)


def _is_misheard_author(
    credit: Credit, heard: HeardName, found: Sequence[tuple[Credit, HeardName]], authors: Sequence[str]
) -> bool:
    """Whether "read by" was "written by": the author, with another reader named elsewhere."""
    if credit.role is Role.BOTH or not any(same_person(heard.name, author) for author in authors):
        return False
    return any(other is not credit for other, _ in found)


def split_names(words: tuple[Word, ...], language: str) -> list[tuple[int, tuple[Word, ...]]]:
    """The words of each of several names, and where they start; parted at "and", never at a comma (none is heard)."""
    joins = CUES[language].joins
    names: list[tuple[int, list[Word]]] = [(0, [])]
    for at, word in enumerate(words):
        if word.folded in joins:
            names.append((at + 1, []))
        else:
            names[-1][1].append(word)
    return [(start, tuple(name)) for start, name in names[:_MOST_READERS] if name]


def _identify(credit: Credit, words: tuple[Word, ...], people: People, acceptance: Acceptance) -> HeardName | None:
    folded = [word.folded for word in words]
    ranked = people.rank(folded)
    if ranked:
        counted, score, end, name = ranked[0]
        rival = max((other for other, _, _, rival in ranked[1:] if not same_person(rival, name)), default=0.0)
        heard_as = " ".join(word.heard for word in words[:end])
        needed = acceptance.score + _MORE_NEEDED.get(credit.role, 0.0)
        is_author = any(same_person(name, author) for author in people.authors)
        if counted >= needed and counted - rival >= acceptance.margin:
            if credit.role in _MORE_NEEDED and is_author:
                return None
            if not credit.doubtful:
                return HeardName(name, _confidence(score), heard_as, round(score, 1))
            return HeardName(name, HINT_CONFIDENCE, heard_as, round(score, 1), accepted=False)
    if credit.role in _MORE_NEEDED or len(words) < 2:
        return None
    heard_as = " ".join(word.heard for word in words[:3])
    return HeardName(
        heard_as.title() if heard_as.islower() else heard_as, HINT_CONFIDENCE, heard_as, None, accepted=False
    )


def _confidence(score: float) -> float:
    """0.6 at the least likeness that is accepted, 0.9 for the very name."""
    return round(min(0.9, 0.6 + 0.3 * max(0.0, score - 75.0) / 25.0), 2)


def _united(found: list[HeardName]) -> tuple[HeardName, ...]:
    """Each person once, with the highest confidence; hints only where no reader was accepted."""
    kept: list[HeardName] = []
    for heard in sorted(found, key=lambda one: (not one.accepted, -one.confidence)):
        if not any(same_person(heard.name, other.name) for other in kept):
            kept.append(heard)
    accepted = [heard for heard in kept if heard.accepted]
    return tuple(accepted or kept[:_MOST_READERS])

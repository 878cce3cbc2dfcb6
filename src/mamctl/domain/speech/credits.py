"""The credits of a transcript: which words follow "narrated by", "written by" and the like. No candidates yet."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mamctl.dataclass import dataclass
from mamctl.domain.speech.cues import CUES, IDENTS, Cues
from mamctl.domain.speech.sound_alike import word_similarity
from mamctl.domain.speech.sounds import sound_similarity, sounds
from mamctl.domain.text.normalize import fold
from mamctl.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_NAME = 6  # words
_REACH = 4  # words before an agent in which its role is said
_FAR_REACH = 6  # words before a reader's cue in which a foreword takes the reader away
_SOUNDS_LIKE_CUE = 74.0
_SOUNDS_LIKE_AUTHOR = 60.0
_MOST_WORDS = 1_000
_WORD = regex(r"[^\W_]+(?:['’][^\W_]+)*")
_SENTENCE_END = regex(r"[.!?;:]")
_CREDITS_WITHIN = 60  # words in which a bare "by" is a credit; in a story it is anything
_TITLE_WITHIN = 15  # words in which "de" is one


class Role(StrEnum):
    """What a name is given for."""

    READER = "reader"
    AUTHOR = "author"
    BOTH = "both"  # "written and read by"
    SECOND = "second"  # a later "by" of unknown role; after the author most likely the reader
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as heard and folded; `last` when a sentence ends behind it."""

    heard: str
    folded: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class Credit:
    """A role and the words that follow; the name starts with the first of them."""

    role: Role
    words: tuple[Word, ...]
    at: int  # of the first of them in the transcript
    doubtful: bool = False  # a foreword or the like is near: it may be that one's reader


@dataclass(frozen=True, slots=True)
class SpokenCredits:
    """Every credit heard, the words of the whole, and whether a reader is said to be the author.

    `like_author` when what stands there only sounds like "the author": it may be the beginning of "Theodore".
    """

    words: tuple[Word, ...]
    credits: tuple[Credit, ...]
    read_by_author: bool = False
    like_author: bool = False


def split_words(text: str) -> tuple[Word, ...]:
    """The words of a transcript, at most 1,000."""
    found: list[Word] = []
    matches = list(_WORD.finditer(text))[:_MOST_WORDS]
    for at, match in enumerate(matches):
        behind = text[match.end() : matches[at + 1].start()] if at + 1 < len(matches) else "."
        initial = len(match.group()) == 1
        found.append(
            Word(
                match.group(), fold(match.group()).replace("'", " "), bool(_SENTENCE_END.search(behind)) and not initial
            )
        )
    return tuple(found)


def find_credits(text: str, language: str) -> SpokenCredits | None:
    """The credits of a transcript; None for a language whose cues are unknown."""
    cues = CUES.get(language)
    if cues is None:
        return None
    words = split_words(text)
    found: list[Credit] = []
    by_author = like_author = False
    story = _story_begins(words, cues)
    for at, word in enumerate(words):
        if (announced := _phrase_at(words, at, cues.announces)) and at + announced < len(words):
            found.append(_credit(Role.READER, words, at + announced, cues, doubtful=at > story))
        if word.folded not in cues.every_agent or at + 1 >= len(words):
            continue
        role, doubtful = _role(words, at, cues, found)
        doubtful = doubtful or at > story
        if role in (Role.READER, Role.SECOND) and _phrase_at(words, at + 1, cues.by_author):
            by_author = by_author or not doubtful
            continue
        if role is Role.READER and _sounds_like_author(words, at + 1, cues):
            like_author = like_author or not doubtful
            continue
        found.append(_credit(role, words, at + 1, cues, doubtful=doubtful))
    return SpokenCredits(words, tuple(found), by_author, like_author)


def _story_begins(words: Sequence[Word], cues: Cues) -> int:
    """Where "chapter one" ends the credits; the length of all where nothing does, or a publisher speaks behind it."""
    for at, word in enumerate(words[:-1]):
        if word.folded in cues.chapters and (at == 0 or words[at - 1].last) and words[at + 1].last:
            if any(_phrase_at(words, later, IDENTS) for later in range(at + 2, min(len(words), at + 40))):
                continue
            return at
    return len(words)


def _role(words: Sequence[Word], at: int, cues: Cues, found: list[Credit]) -> tuple[Role, bool]:
    """What the person behind an agent is named for, and whether that is doubtful."""
    before = _before(words, at, cues)
    doubtful = bool(set(_same_sentence(words, at, _FAR_REACH)) & cues.prefaces)
    others = cues.others | cues.prefaces
    if before and before[-1] not in others and any(_is_reader_word(before, back, cues) for back in (1, 2)):
        wrote = any(word in cues.writes for word in before[-3:-1])
        return (Role.BOTH if wrote else Role.READER), doubtful
    if set(before[-2:]) & cues.writes:
        return Role.AUTHOR, False
    if set(before[-3:]) & others:
        return Role.OTHER, False
    return _unsaid_role(words[at].folded, at, cues, found), doubtful or words[at].folded in cues.misheard_agents


def _unsaid_role(agent: str, at: int, cues: Cues, found: list[Credit]) -> Role:
    """The first name behind a bare agent is the author's, a later one that is near most likely the reader's."""
    if at > _CREDITS_WITHIN:
        return Role.OTHER
    if agent in cues.sure_agents and not any(credit.role in (Role.AUTHOR, Role.BOTH) for credit in found):
        return Role.AUTHOR
    if agent in cues.sure_agents or agent in cues.misheard_agents:
        return Role.SECOND
    return Role.AUTHOR if not found and at <= _TITLE_WITHIN else Role.OTHER


def _before(words: Sequence[Word], at: int, cues: Cues) -> list[str]:
    """The few words before an agent that say its role, without "for you" in between."""
    before = [word.folded for word in words[max(0, at - _REACH - 2) : at]]
    for filler in cues.fillers:
        if tuple(before[-len(filler) :]) == filler:
            before = before[: -len(filler)]
    return before[-_REACH:]


def _is_reader_word(before: list[str], back: int, cues: Cues) -> bool:
    """Whether the last `back` words before an agent together are, or sound like, a word for reading."""
    if len(before) < back:
        return False
    spoken = "".join(before[-back:])
    if back == 1 and spoken in cues.reads:
        return True
    if back == 1 and before[-1] in cues.writes | cues.others | cues.prefaces:
        return False
    return len(spoken) > 3 and any(
        word_similarity(spoken, word) >= _SOUNDS_LIKE_CUE for word in cues.reads if len(word) > 4
    )


def _same_sentence(words: Sequence[Word], at: int, reach: int) -> list[str]:
    found: list[str] = []
    for word in reversed(words[max(0, at - reach) : at]):
        if word.last:
            break
        found.append(word.folded)
    return found


def _credit(role: Role, words: Sequence[Word], start: int, cues: Cues, *, doubtful: bool = False) -> Credit:
    """The words behind, up to what no name holds; a sentence's end counts from the second word on."""
    name: list[Word] = []
    for word in words[start : start + 2 * _LONGEST_NAME]:
        if name and (word.folded in cues.ends or word.folded in cues.every_agent):
            break
        name.append(word)
        if word.last and len(name) > 1:
            break
    return Credit(role, tuple(name), start, doubtful)


def _phrase_at(words: Sequence[Word], at: int, phrases: tuple[tuple[str, ...], ...]) -> int:
    """The length of the longest of the phrases that stands here; 0 when none does."""
    best = 0
    for phrase in phrases:
        spoken = " ".join(word.folded for word in words[at : at + len(phrase)]).split()[: len(phrase)]
        if tuple(spoken) == phrase:
            best = max(best, len(phrase))
    return best


def _sounds_like_author(words: Sequence[Word], at: int, cues: Cues) -> bool:
    """Whether what stands here, and ends here, sounds like "the author"."""
    for phrase in cues.by_author:
        spoken = words[at : at + len(phrase)]
        if len(spoken) == len(phrase) > 1 and spoken[0].folded == phrase[0] and spoken[-1].last:
            heard, meant = ("".join(word.folded for word in spoken[1:]), "".join(phrase[1:]))
            if sound_similarity(sounds(heard), (sounds(meant),))[0] >= _SOUNDS_LIKE_AUTHOR:
                return True
    return False

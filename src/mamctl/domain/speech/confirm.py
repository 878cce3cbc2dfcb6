"""A second transcript with the expected names at hand: it confirms what the first half has, and never invents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mamctl.domain.speech.credits import Role, SpokenCredits, Word, find_credits
from mamctl.domain.speech.narrators import HeardName, split_names
from mamctl.domain.speech.sound_alike import is_other_given_name, name_similarity, whole_similarity
from mamctl.domain.speech.verdict import Heard, Known, SpeechVerdict
from mamctl.domain.text.person_names import same_person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mamctl.domain.speech.transcript import Transcript

_HALF_HEARD = 50.0
"""How much of the name the transcript without help must have behind a reader's cue, 0 to 100."""

_HALF_ANYWHERE = 60.0
"""The same where its words stand behind no cue: there chance has more stretches to choose from."""

_PROMPTED = 88.0
"""How plainly the helped one must have it. Names that are not spoken reach 55 at most (bench/speech.py)."""

_NEAR_AN_END = 80  # words: credits stand near the beginning or the end of a window
_LONGEST_NAME = 4  # words, as engines part them
_CONFIDENCE = 0.7
_READS = (Role.READER, Role.BOTH)


def is_worth_confirming(verdict: SpeechVerdict, known: Known) -> bool:
    """Whether a second transcript may name a reader: there are credits, and a known reader is not among those named.

    Another reader named plainly needs none; nor does a book whose readers are all named.
    """
    named = [one.heard.name for one in verdict.accepted]
    missing = [name for name in known.narrators if not any(same_person(name, other) for other in named)]
    return verdict.heard is Heard.CREDITS and bool(missing) and (not named or len(missing) < len(known.narrators))


def half_heard(control: Transcript, known: Known) -> tuple[HeardName, ...]:
    """Those of the book's own readers of whose names a transcript has half: for these a second one may be made.

    A name that sounds no more like what is there than an author's is left out: it may be the author's credit. So is one
    whose place holds another given name.
    """
    spoken = find_credits(control.text, control.language)
    if spoken is None:
        return ()
    credited = [words[:_LONGEST_NAME] for words in _names(spoken, control.language, (*_READS, Role.SECOND))]
    places = [at for at in range(len(spoken.words)) if at < _NEAR_AN_END or at >= len(spoken.words) - _NEAR_AN_END]
    anywhere = [spoken.words[at : at + _LONGEST_NAME] for at in places]
    found: list[HeardName] = []
    for name in known.narrators:
        best = _best(credited, name, known)
        if best is None or best[0] < _HALF_HEARD:
            best = _best(anywhere, name, known)
            if best is None or best[0] < _HALF_ANYWHERE:
                continue
        score, words = best
        if not is_other_given_name(words[0].folded, name):
            found.append(HeardName(name, _CONFIDENCE, " ".join(word.heard for word in words[:3]), round(score, 1)))
    return tuple(found)


def confirm_readers(control: Transcript, prompted: Transcript, known: Known) -> tuple[HeardName, ...]:
    """Those of the book's own readers whom both transcripts name: the prompted one plainly, the control one by half."""
    helped = find_credits(prompted.text, prompted.language)
    if helped is None:
        return ()
    plainly = [[word.folded for word in words] for words in _names(helped, prompted.language, _READS)]
    return tuple(
        one
        for one in half_heard(control, known)
        if max((name_similarity(words, one.name)[0] for words in plainly), default=0.0) >= _PROMPTED
    )


def _best(stretches: list[tuple[Word, ...]], name: str, known: Known) -> tuple[float, tuple[Word, ...]] | None:
    """The stretch that sounds most like the name, among those that sound less like an author's; its score first."""
    authors = [author for author in known.authors if not same_person(author, name)]
    scored = []
    for words in stretches:
        folded = [word.folded for word in words]
        score = whole_similarity(folded, name)
        if words and all(whole_similarity(folded, author) < score for author in authors):
            scored.append((score, words))
    return max(scored, key=lambda one: one[0], default=None)


def _names(spoken: SpokenCredits, language: str, roles: tuple[Role, ...]) -> Iterator[tuple[Word, ...]]:
    for credit in spoken.credits:
        if credit.role in roles and (not credit.doubtful or credit.role is Role.SECOND):
            yield from (words for _, words in split_names(credit.words, language))

"""A second hearing with the expected names at hand: it confirms what was half heard, and never invents."""

from __future__ import annotations

from mamctl.domain.speech.credits import Role, find_credits
from mamctl.domain.speech.narrators import HeardName
from mamctl.domain.speech.sound_alike import likeness, loose_likeness, word_likeness
from mamctl.domain.speech.transcript import Transcript
from mamctl.domain.speech.verdict import Known
from mamctl.domain.text.given_names import is_given_name

_HALF_HEARD = 55.0
"""How much of the name the hearing without help must have, 0 to 100."""

_PROMPTED = 90.0
"""How plainly the helped one must have it. Names that are not spoken reach 70 at most (bench/speech.py)."""

_SAME_GIVEN = 60.0
_CONFIDENCE = 0.7
_READS = (Role.READER, Role.BOTH)


def confirm_readers(control: Transcript, prompted: Transcript, known: Known) -> tuple[HeardName, ...]:
    """Those of the book's own readers whom both hearings name: the prompted one plainly, the control one by half.

    A name that sounds no more like what was heard than an author's is left out: it may be the author's credit.
    """
    alone, helped = _words(control, (*_READS, Role.SECOND)), _words(prompted, _READS)
    plain_names = [words[:2] for words in alone if len(words) > 1 and is_given_name(words[0])]
    found: list[HeardName] = []
    for name in known.narrators:
        half = max((loose_likeness(words, name) for words in alone), default=0.0)
        author = max((loose_likeness(words, one) for words in alone for one in known.authors if one != name), default=0)
        plain = max((likeness(words, name)[0] for words in helped), default=0.0)
        other = any(
            loose_likeness(words, name) < _PROMPTED and _is_other_given(words[0], name) for words in plain_names
        )
        if half >= _HALF_HEARD and half > author and plain >= _PROMPTED and not other:
            heard = next(" ".join(words[:3]) for words in alone if loose_likeness(words, name) == half)
            found.append(HeardName(name, _CONFIDENCE, heard, round(half, 1)))
    return tuple(found)


def _is_other_given(heard: str, name: str) -> bool:
    """Whether the given name that was plainly heard is another than that of `name`."""
    return word_likeness(heard, name.split(maxsplit=1)[0]) < _SAME_GIVEN


def _words(transcript: Transcript, roles: tuple[Role, ...]) -> list[list[str]]:
    said = find_credits(transcript.text, transcript.language)
    if said is None:
        return []
    return [
        [word.folded for word in credit.words]
        for credit in said.credits
        if credit.role in roles and (not credit.doubtful or credit.role is Role.SECOND)
    ]

"""Telling publishers from people: "Simon & Schuster" is one publisher, not two authors."""

from __future__ import annotations

import re
from functools import lru_cache

from mamctl.domain.text.normalize import fold
from mamctl.regex import regex

_KNOWN = frozenset(
    " ".join(name.split())
    for name in """
    audible, audible audio, audible originals, audible studios, audible inc, bbc, bbc audio, bbc radio, bbc worldwide,
    bloomsbury, bolinda, books on tape, blackstone, brilliance, der audio verlag, der horverlag, dreamscape,
    faber and faber, farrar straus and giroux, findaway voices, graphicaudio, graphic audio, hachette, hachette audio,
    harper collins, harpercollins, harper audio, harperaudio, harlequin, hay house, highbridge, hodder and stoughton,
    houghton mifflin harcourt, librivox, libri vox, listening library, little brown, little brown and company,
    lubbe audio, luebbe audio, macmillan, naxos, naxos audiobooks, orion, penguin, penguin random house, podium,
    random house, recorded books, simon and schuster, soundbooth theater, storytel, tantor, the great courses,
    w f howes, weidenfeld and nicolson, whole story audiobooks
    """.replace("\n", " ").split(",")
)
# Last words that no person's name has. "Press" and "House" are surnames too, so they are not among them.
_TAILS = frozenset(
    "audio audiobooks audiobook audioworks books book publishing publishers publisher publications studios media "
    "productions production records recordings entertainment editions inc llc ltd limited gmbh verlag horverlag "
    "company corporation corp imprint presse editorial ediciones audioverlag uitgeverij forlag kiado".split()
)
_UNIVERSITY = regex(r"\buniversity\b|\buniversitats?\b|\buniversidad\b|\bpress of\b|\w+ \w+ press$")
_STATION = regex(
    r"(?:bbc )?radio (?:\d|one|two|three|four|five|scotland|wales|ulster|drama)(?: extra| live)?|bbc \w+ service"
)
_JOINED = regex(
    r"(?<!\w)(?:simon\s*(?:&|and)\s*schuster|hodder\s*(?:&|and)\s*stoughton|faber\s*(?:&|and)\s*faber|"
    r"weidenfeld\s*(?:&|and)\s*nicolson|farrar,?\s*straus,?\s*(?:&|and)\s*giroux|"
    r"little,?\s*brown(?:\s*(?:&|and)\s*company)?)(?:\s+(?:audio|audioworks|books|uk|publishing))?(?!\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_096)
def is_publisher(text: str) -> bool:
    """Whether this names a publisher or a studio rather than a person."""
    folded = fold(text)
    last = folded.rsplit(" ", 1)[-1]
    if folded in _KNOWN or _STATION.fullmatch(folded) or (last in _TAILS and folded != last):
        return True
    return bool(_UNIVERSITY.search(folded))


def find_joined_publishers(text: str) -> list[tuple[int, int]]:
    """Where publishers stand whose own names hold "&", "and" or a comma; start and end of each."""
    return [found.span() for found in _JOINED.finditer(text)]

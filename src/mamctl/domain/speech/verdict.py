"""From the transcripts of a book's opening and ending to one verdict: what was heard, and whether it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from mamctl.dataclass import dataclass
from mamctl.domain.speech.credits import Role, SpokenCredits, find_credits
from mamctl.domain.speech.engine import Unusable
from mamctl.domain.speech.narrators import Acceptance, HeardName, People, name_readers
from mamctl.domain.speech.sound_alike import name_similarity
from mamctl.domain.speech.titles import spoken_series, spoken_title
from mamctl.domain.speech.transcript import Place, Transcript
from mamctl.domain.text.person_names import same_person
from mamctl.domain.text.series import SeriesEntry

_BOTH_ENDS = 0.95
_UNLIKE = 45.0  # how much a name may sound like one that is not meant
_A_VOICE = 5.0  # seconds of speech
_LEAST_WORDS = 3  # what engines write over beeps is shorter


class Heard(StrEnum):
    """What a book's ends were found to hold."""

    CREDITS = "credits"
    NO_CREDITS = "no_credits"
    OTHER_LANGUAGE = "other_language"
    MUSIC_OR_SILENCE = "music_or_silence"
    UNUSABLE = "unusable"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of the book without listening: the words that a recording can confirm."""

    title: str = ""
    authors: tuple[str, ...] = ()
    narrators: tuple[str, ...] = ()
    """As agreed now; what was heard is compared with them."""
    candidates: tuple[str, ...] = ()
    """Everybody whom the book's own tags, records and catalogues name as a reader."""
    other_readers: tuple[str, ...] = ()
    """Everybody who reads another book of the library."""
    series: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1


@dataclass(frozen=True, slots=True)
class Listened:
    """One window: where, and what came of it."""

    place: Place
    outcome: Transcript | Unusable


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A reader, and the end of the book where the name was heard."""

    heard: HeardName
    place: Place


@dataclass(frozen=True, kw_only=True)
class SpeechVerdict:
    """What the recording says. `agrees` is None when it does not name a reader, or none is agreed to compare with."""

    heard: Heard
    narrators: tuple[PlacedName, ...] = ()
    title: str | None = None
    authors: tuple[str, ...] = ()
    series: SeriesEntry | None = None
    agrees: bool | None = None
    detail: str = ""
    passing: bool = False
    """Whether another day may bring more: nothing was decoded because time ran out."""

    def with_readers(self, more: Sequence[PlacedName], agreed: Sequence[str]) -> SpeechVerdict:
        """The same with these readers besides the accepted ones."""
        named = [one.heard.name for one in self.accepted]
        new = [one for one in more if not any(same_person(one.heard.name, name) for name in named)]
        readers = (*self.accepted, *new)
        return replace(self, heard=Heard.CREDITS, narrators=readers, agrees=_agrees(readers, agreed))

    @property
    def accepted(self) -> tuple[PlacedName, ...]:
        """The readers that count as named."""
        return tuple(one for one in self.narrators if one.heard.accepted)


def judge_speech(windows: Sequence[Listened], known: Known, acceptance: Acceptance) -> SpeechVerdict:
    """The verdict on a book's windows, in the order in which they were listened to."""
    transcripts = [(one.place, one.outcome) for one in windows if isinstance(one.outcome, Transcript)]
    if not transcripts:
        failed = [one.outcome for one in windows if isinstance(one.outcome, Unusable)]
        reasons = "; ".join(sorted({one.reason for one in failed}))
        return SpeechVerdict(heard=Heard.UNUSABLE, detail=reasons, passing=any(one.passing for one in failed))
    spoken = [(place, one) for place, one in transcripts if len(one.text.split()) >= _LEAST_WORDS]
    if not spoken:
        if any((one.spoken or 0.0) >= _A_VOICE for _, one in transcripts):
            return SpeechVerdict(heard=Heard.OTHER_LANGUAGE, detail="a voice, but no words that the engine recognises")
        return SpeechVerdict(heard=Heard.MUSIC_OR_SILENCE)
    credited = [
        (place, named, one.language)
        for place, one in spoken
        if (named := find_credits(one.text, one.language)) is not None
    ]
    if not credited:
        languages = ", ".join(sorted({one.language for _, one in spoken}))
        return SpeechVerdict(heard=Heard.OTHER_LANGUAGE, detail=languages)
    readers = _readers(credited, known, acceptance)
    texts = [text for _, text, _ in credited]
    authors = tuple(dict.fromkeys(author for text in texts for author in _authors(text, known.authors, acceptance)))
    title = next((found for text in texts if (found := spoken_title(text, known.title))), None)
    series = next((entry for text in texts if (entry := spoken_series(text, known.series))), None)
    return SpeechVerdict(
        heard=Heard.CREDITS if readers or authors or title else Heard.NO_CREDITS,
        narrators=readers,
        title=title,
        authors=authors,
        series=series,
        agrees=(agrees := _agrees(readers, known.narrators)),
        detail="" if agrees is not False else f"the library has {', '.join(known.narrators)}",
    )


def _readers(
    credited: Sequence[tuple[Place, SpokenCredits, str]], known: Known, acceptance: Acceptance
) -> tuple[PlacedName, ...]:
    found: list[PlacedName] = []
    for place, spoken, language in credited:
        people = People(candidates=known.candidates, authors=known.authors, others=known.other_readers)
        named = name_readers(spoken, language=language, people=people, acceptance=acceptance)
        for heard in named:
            again = next((one for one in found if same_person(one.heard.name, heard.name)), None)
            if again is None:
                found.append(PlacedName(heard, place))
            elif again.place is not place and heard.accepted and again.heard.accepted:
                sure = replace(again.heard, confidence=max(_BOTH_ENDS, again.heard.confidence))
                found[found.index(again)] = PlacedName(sure, again.place)
    accepted = tuple(one for one in found if one.heard.accepted)
    return accepted or tuple(found)


def _authors(spoken: SpokenCredits, authors: Sequence[str], acceptance: Acceptance) -> list[str]:
    heard = [credit.words for credit in spoken.credits if credit.role in (Role.AUTHOR, Role.BOTH)]
    return [
        author
        for author in authors
        if any(name_similarity([word.folded for word in words], author)[0] >= acceptance.score for words in heard)
    ]


def _agrees(readers: Sequence[PlacedName], agreed: Sequence[str]) -> bool | None:
    """Whether a named reader is among the agreed ones; a cast has more readers than are named.

    A plain name that sounds like none of the agreed ones contradicts them too, though no other person is known by it.
    """
    named = [one.heard.name for one in readers if one.heard.accepted]
    if not agreed or not readers:
        return None
    if named:
        return any(same_person(name, other) for name in named for other in agreed)
    heard = [one.heard for one in readers if one.heard.is_plain and one.heard.score is None]
    unlike = all(name_similarity(one.heard_as.split(), other)[0] <= _UNLIKE for one in heard for other in agreed)
    return False if heard and unlike else None


def missing_of_cast(named: Sequence[str], cast: Sequence[str]) -> tuple[str, ...]:
    """Those of a known cast who were not named, where all who were named belong to it: that says nothing against them.

    Engines miss names, and a large cast is seldom read out in full.
    """
    if any(not any(same_person(name, other) for other in cast) for name in named):
        return ()
    return tuple(other for other in cast if not any(same_person(name, other) for name in named))


def verdict_to_json(verdict: SpeechVerdict) -> dict[str, Any]:
    """For the store."""
    return {
        "heard": verdict.heard,
        "narrators": [
            [one.heard.name, one.heard.confidence, one.heard.heard_as, one.heard.score, one.heard.accepted, one.place]
            for one in verdict.narrators
        ],
        "title": verdict.title,
        "authors": list(verdict.authors),
        "series": [verdict.series.name, verdict.series.position] if verdict.series else None,
        "agrees": verdict.agrees,
        "detail": verdict.detail,
    }


def verdict_from_json(kept: dict[str, Any]) -> SpeechVerdict:
    """From the store."""
    return SpeechVerdict(
        heard=Heard(kept["heard"]),
        narrators=tuple(PlacedName(HeardName(*one[:5]), Place(one[5])) for one in kept["narrators"]),
        title=kept["title"],
        authors=tuple(kept["authors"]),
        series=SeriesEntry(*kept["series"]) if kept["series"] else None,
        agrees=kept["agrees"],
        detail=kept["detail"],
    )

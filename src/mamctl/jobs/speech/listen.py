"""Listen to books: the opening, and where it leaves a question the closing, judged with what is known of the book.

It may be stopped at any time: each transcript is kept by the hash of its sound before the next window is cut, so that
nothing is transcribed twice; a book whose files moved or were renamed costs a cut and no transcription.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from mamctl.dataclass import dataclass
from mamctl.domain.library.book import AudioFile
from mamctl.domain.metadata.agreed_value import AgreedValue
from mamctl.domain.metadata.merge import agree
from mamctl.domain.metadata.observation import Field, Observation, Source, Value
from mamctl.domain.problem import Problem
from mamctl.domain.speech.confirm import confirm_readers, half_heard, is_worth_confirming
from mamctl.domain.speech.engine import EngineStoppedError, SoundCut, Unusable, Window
from mamctl.domain.speech.narrators import Acceptance
from mamctl.domain.speech.transcript import Place, Transcript
from mamctl.domain.speech.verdict import (
    Heard,
    Known,
    Listened,
    PlacedName,
    SpeechVerdict,
    judge_speech,
    missing_of_cast,
)
from mamctl.domain.text.languages import short_language_code
from mamctl.jobs.run import Run
from mamctl.jobs.speech.ports import SpeechEngine
from mamctl.sqlite import transaction
from mamctl.store.library import agreed as agreed_store
from mamctl.store.library import speech as store

WINDOW_RULES = "1"
"""Raised when windows or engines' settings change, so that books are written down again."""

VERDICT_RULES = "2"
"""Raised when transcripts are judged otherwise, so that books are judged again: from the cache, in no time."""

OPENING, FURTHER, CLOSING = 75.0, 75.0, 90.0
_MOST_HOTWORDS = 4  # names
_SILENT_BELOW = 0.0005  # root mean square of the samples; room noise is ten times as loud
_TITLE, _AUTHORS, _SERIES = 0.5, 0.5, 0.4  # certainty of what a recording repeats of the known


@dataclass(frozen=True, kw_only=True)
class ListenPolicy:
    """How far listening goes: seconds for one book, seconds for the run (None: no end), and when a name counts."""

    timeout: float = 300.0
    budget: float | None = None
    acceptance: Acceptance = field(default_factory=Acceptance)
    cache: bool = True


@dataclass(frozen=True, slots=True)
class BookHeard:
    """What came of one book; `unavailable` instead of a verdict when the engine does not know its language."""

    book_id: int
    path: str
    title: str | None
    verdict: SpeechVerdict | None
    seconds: float
    cached: bool
    unavailable: str | None = None


@dataclass(slots=True)
class ListenStats:
    """What a run did. `stopped` says why the engine ended it early."""

    books: int = 0
    heard: Counter[Heard] = field(default_factory=Counter)
    unavailable: int = 0
    left: int = 0
    transcribed: int = 0
    stopped: str | None = None


def listen(
    run: Run,
    book_ids: Sequence[int],
    engine: SpeechEngine,
    policy: ListenPolicy,
    *,
    on_book: Callable[[BookHeard], None],
    monotonic: Callable[[], float] = time.monotonic,
) -> ListenStats:
    """Listen to the books in turn and record what each says, until they or the budget are at an end.

    One book is listened to in any case, so that every run brings something.
    """
    stats = ListenStats()
    begun = monotonic()
    library = store.known_narrators(run.db)
    for at, book_id in enumerate(book_ids):
        if at and policy.budget is not None and monotonic() - begun >= policy.budget:
            stats.left = len(book_ids) - at
            break
        try:
            heard = _Book(run, engine, policy, stats, monotonic).listen(book_id, library)
        except EngineStoppedError as error:
            stats.stopped = str(error)
            stats.left = len(book_ids) - at
            break
        stats.books += 1
        if heard.verdict is None:
            stats.unavailable += 1
        else:
            stats.heard[heard.verdict.heard] += 1
        on_book(heard)
    return stats


def transcript_key(engine: SpeechEngine) -> str:
    """Engine, model and settings: what a transcript depends on besides the sound."""
    info = engine.info
    named = " ".join(word for word in (info.name, info.model, info.version) if word)
    return f"{named}, rules {WINDOW_RULES}"


def engine_key(engine: SpeechEngine) -> str:
    """What a verdict depends on besides the sound."""
    return f"{transcript_key(engine)}.{VERDICT_RULES}"


class _Book:
    """Listening to one book: its deadline, its windows, what they cost."""

    def __init__(
        self,
        run: Run,
        engine: SpeechEngine,
        policy: ListenPolicy,
        stats: ListenStats,
        monotonic: Callable[[], float],
    ) -> None:
        self._run, self._engine, self._policy, self._stats = run, engine, policy, stats
        self._monotonic = monotonic
        self._begun = monotonic()
        self._keys: list[str] = []
        self._transcribed = 0
        self._cuts = 0

    def listen(self, book_id: int, library: Sequence[str]) -> BookHeard:
        book = agreed_store.load_book(self._run.db, book_id)
        observations = tuple(one for one in book.observations if one.source is not Source.SPEECH)
        known = _known(book.agreed, observations, library)
        title = known.title or None
        if not self._engine.info.understands(known.language):
            why = f"{self._engine.info.model} does not know {known.language}"
            return BookHeard(book_id, book.path, title, None, 0.0, False, why)
        audio = [file for file in book.files if file.decoded != "no" or not file.detail] or list(book.files)
        windows = self._windows(audio, known)
        verdict = judge_speech([listened for _, listened in windows], known, self._policy.acceptance)
        if self._engine.takes_hotwords and is_worth_confirming(verdict, known):
            verdict = self._confirm(windows, known, verdict)
        with transaction(self._run.db):
            self._record(book_id, verdict, known, observations)
        cached = self._cuts > 0 and self._transcribed == 0
        return BookHeard(book_id, book.path, title, verdict, round(self._monotonic() - self._begun, 2), cached)

    def _windows(self, audio: Sequence[AudioFile], known: Known) -> list[tuple[Window, Listened]]:
        """The opening; further in when it names no reader; the end when none was accepted, or not the agreed one."""
        first, last = audio[0], audio[-1]
        windows: list[tuple[Window, Listened]] = []

        def listen_to(window: Window) -> SpeechVerdict:
            windows.append((window, self._write_down(window, known)))
            return judge_speech([listened for _, listened in windows], known, self._policy.acceptance)

        verdict = listen_to(Window(first.found.path, Place.OPENING, 0.0, OPENING))
        if not verdict.accepted and (first.duration or OPENING + 1) > OPENING:
            verdict = listen_to(Window(first.found.path, Place.OPENING, OPENING, FURTHER))
        if not verdict.accepted or verdict.agrees is False:
            listen_to(Window(last.found.path, Place.CLOSING, 0.0, CLOSING, from_end=True))
        return windows

    def _left(self) -> float:
        return self._policy.timeout - (self._monotonic() - self._begun)

    def _write_down(self, window: Window, known: Known, hotwords: str = "") -> Listened:
        if self._left() <= 0:
            return Listened(window.place, Unusable(f"not listened to: {self._policy.timeout:.0f} s were over", True))
        cut = self._engine.cut(window, self._left())
        if isinstance(cut, Unusable):
            return Listened(window.place, cut)
        self._cuts += 1
        return Listened(window.place, self._transcript(cut, known, hotwords))

    def _transcript(self, cut: SoundCut, known: Known, hotwords: str) -> Transcript | Unusable:
        if cut.level < _SILENT_BELOW:
            return Transcript((), known.language or "")
        engine = transcript_key(self._engine) + (f":{hotwords}" if hotwords else "")
        self._keys.append(cut.key)
        if self._policy.cache and (kept := store.load_transcript(self._run.db, cut.key, engine, known.language)):
            return kept
        made = self._engine.transcribe(max(1.0, self._left()), language=known.language, hotwords=hotwords)
        if isinstance(made, Transcript):
            self._transcribed += 1
            self._stats.transcribed += 1
            if self._policy.cache:
                with transaction(self._run.db):
                    store.save_transcript(self._run.db, cut.key, engine, known.language, made, self._run.clock())
        return made

    def _confirm(
        self, windows: Sequence[tuple[Window, Listened]], known: Known, verdict: SpeechVerdict
    ) -> SpeechVerdict:
        """Write down once more, with the names that the book gives, where one of them is half there."""
        hotwords = ", ".join(known.narrators[:_MOST_HOTWORDS])
        for window, listened in windows:
            control = listened.outcome
            if not isinstance(control, Transcript) or not half_heard(control, known) or self._left() <= 0:
                continue
            prompted = self._write_down(window, known, hotwords=hotwords).outcome
            if isinstance(prompted, Transcript) and (confirmed := confirm_readers(control, prompted, known)):
                readers = [PlacedName(one, window.place) for one in confirmed]
                return verdict.with_readers(readers, known.narrators)
        return verdict

    def _record(self, book_id: int, verdict: SpeechVerdict, known: Known, others: Sequence[Observation]) -> None:
        run, now = self._run, self._run.clock()
        new = list(_observations(verdict, known, engine_key(self._engine), run))
        agreed_store.replace_observations(run.db, book_id, run.id, new, (Source.SPEECH,))
        agreed_store.save_agreed(run.db, book_id, run.id, agree((*others, *new)), now)
        if verdict.passing:
            return
        took = round(self._monotonic() - self._begun, 2) if self._transcribed else None
        stamp = store.book_stamp(run.db, book_id)
        windows = store.ListedWindows(stamp, engine_key(self._engine), tuple(self._keys), took)
        store.save_listened(run.db, book_id, run.id, windows, verdict, now)


def _known(in_force: Mapping[Field, AgreedValue], observations: Sequence[Observation], library: Sequence[str]) -> Known:
    """What is known of the book apart from its recording; what you verified goes before everything."""
    agreed = {one.field: one.value for one in agree(observations)}
    agreed |= {one.field: one.value for one in in_force.values() if one.verified}
    own = [name for one in observations if one.field is Field.NARRATORS for name in _names(one.value)]
    language = agreed.get(Field.LANGUAGE)
    series = agreed.get(Field.SERIES) or ()
    return Known(
        title=str(agreed.get(Field.TITLE, "")),
        authors=_names(agreed.get(Field.AUTHORS, ())),
        narrators=_names(agreed.get(Field.NARRATORS, ())),
        candidates=tuple(dict.fromkeys(own)),
        other_readers=tuple(library),
        series=tuple(entry.name for entry in series if hasattr(entry, "name")) if isinstance(series, tuple) else (),
        language=short_language_code(str(language)) if language else None,
    )


def _names(value: Value) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()


def _observations(verdict: SpeechVerdict, known: Known, engine: str, run: Run) -> list[Observation]:
    now = run.clock()
    found: list[Observation] = []
    if readers := verdict.accepted:
        place = "; ".join(f"{one.place}, heard as “{one.heard.heard_as}” ({engine})" for one in readers)
        sure = min(one.heard.confidence for one in readers)
        names = tuple(one.heard.name for one in readers)
        if missing := missing_of_cast(names, known.narrators):
            names, place = known.narrators, f"{place}; not heard: {', '.join(missing)}"
        found.append(Observation(Field.NARRATORS, names, Source.SPEECH, place, sure, now))
    place = f"spoken ({engine})"
    if verdict.title:
        found.append(Observation(Field.TITLE, verdict.title, Source.SPEECH, place, _TITLE, now))
    if verdict.authors:
        found.append(Observation(Field.AUTHORS, verdict.authors, Source.SPEECH, place, _AUTHORS, now))
    if verdict.series:
        found.append(Observation(Field.SERIES, (verdict.series,), Source.SPEECH, place, _SERIES, now))
    return found


def engine_problem(stats: ListenStats) -> Problem | None:
    """What ended the run early, as a problem; None when nothing did."""
    if stats.stopped is None:
        return None
    return Problem(
        "speech_unavailable", stats.stopped, None, "the next run continues with the remaining books; mamctl doctor"
    )

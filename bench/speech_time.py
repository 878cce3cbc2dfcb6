"""The time of `meta listen` against the engine alone: the same recordings, in turn, in the same run."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mamctl.adapters.speech.whisper import WhisperEngine, WhisperModelFolder
from mamctl.domain.speech.engine import Window
from mamctl.domain.speech.narrators import Acceptance
from mamctl.domain.speech.transcript import Place, Transcript
from mamctl.domain.speech.verdict import Known, Listened, judge_speech

_KNOWN = Known(authors=("Mara Vell",), narrators=("Tom Asher",), candidates=("Tom Asher", "Ines Quill"), language="en")


@dataclass
class Spent:
    """Seconds on the clock, and of the processor in this process and its children."""

    wall: float = 0.0
    processor: float = 0.0


def compare_with_bare_engine(model: WhisperModelFolder, paths: Sequence[Path], threads: int) -> None:
    """Print our time for these recordings against faster-whisper alone on the same files; both are warm."""
    from faster_whisper import WhisperModel

    bare = WhisperModel(
        str(model.folder), device="cpu", compute_type="int8", local_files_only=True, cpu_threads=threads
    )

    def alone(path: Path) -> None:
        segments, _ = bare.transcribe(
            str(path), language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False
        )
        for _ in segments:
            pass

    with WhisperEngine(model, threads=threads) as engine:

        def ours(path: Path) -> None:
            engine.cut(Window(str(path), Place.OPENING, 0.0, 75.0), 60)
            transcript = engine.transcribe(300, language="en")
            assert isinstance(transcript, Transcript)
            judge_speech([Listened(Place.OPENING, transcript)], _KNOWN, Acceptance())

        alone(paths[0])
        ours(paths[0])
        spent = {alone: Spent(), ours: Spent()}
        for at, path in enumerate(paths):
            for listen_to in (alone, ours) if at % 2 else (ours, alone):  # neither always has the first turn
                wall, processor = time.perf_counter(), _processor_time()
                listen_to(path)
                spent[listen_to].wall += time.perf_counter() - wall
                spent[listen_to].processor += _processor_time() - processor
    mine, its = spent[ours], spent[alone]
    print(
        f"{len(paths)} recordings, model {model.name}, {threads} threads: {mine.wall / len(paths):.2f} s a recording, "
        f"{mine.wall / its.wall:.2f} of the engine's alone ({mine.processor / its.processor:.2f} in processor time)"
    )


def engine_peak() -> float:
    """The most memory that a living speech engine of this process has taken, in MiB (Linux)."""
    peaks = [0.0]
    for process in _own_processes():
        if b"mamctl.adapters.speech.worker" in (process / "cmdline").read_bytes():
            peaks += [int(value) / 1024 for value in re.findall(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())]
    return max(peaks)


def _processor_time() -> float:
    """Seconds of this process and its living children (Linux)."""
    ticks = 0
    for process in _own_processes():
        fields = (process / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _own_processes() -> Iterator[Path]:
    """The folders of this process and its children in /proc."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
        if os.getpid() in (int(stat.parent.name), parent):
            yield stat.parent

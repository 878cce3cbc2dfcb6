"""Transcripts of made recordings: by the real engine, kept beside the recordings by the hash of their sound."""

from __future__ import annotations

import json
import time
from pathlib import Path

from bench.speech_corpus import Speaker, Spoken
from mamctl.adapters.speech.whisper import WhisperEngine
from mamctl.domain.speech.engine import SoundCut, Window, transcript_from_json, transcript_to_json
from mamctl.domain.speech.transcript import Place, Transcript

_LONGEST = 90.0  # seconds of a recording


class Transcriber:
    """Speaks recordings and writes them down. `seconds` is the engine's time, `sound` that of what it wrote down."""

    def __init__(self, engine: WhisperEngine, folder: Path) -> None:
        self._engine = engine
        self._speaker = Speaker(folder)
        self._file = folder / f"transcripts-{engine.info.model}-{engine.info.version}.jsonl"
        self._kept: dict[str, Transcript] = {}
        self.seconds = self.sound = 0.0
        if self._file.exists():
            for line in self._file.read_text("utf-8").splitlines():
                key, kept = json.loads(line)
                self._kept[key] = transcript_from_json(kept)

    def write_down(self, spoken: Spoken, hotwords: str = "") -> Transcript:
        """The transcript of the whole recording; with `hotwords`, the second time with names at hand."""
        path = self._speaker.speak(spoken)
        begun = time.perf_counter()
        cut = self._engine.cut(Window(str(path), Place(spoken.place), 0.0, _LONGEST), 60)
        assert isinstance(cut, SoundCut), cut
        key = f"{cut.key} {spoken.language} {hotwords}"
        if key not in self._kept:
            made = self._engine.transcribe(300, language=spoken.language, hotwords=hotwords)
            assert isinstance(made, Transcript), made
            self.seconds += time.perf_counter() - begun
            self.sound += cut.seconds
            self._kept[key] = made
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps([key, transcript_to_json(made)]) + "\n")
        return self._kept[key]

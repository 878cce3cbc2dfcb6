"""The child process that listens: one request a line on stdin, one line of JSON as the answer.

Started as `python -m mamctl.adapters.speech.worker MODEL THREADS`; MODEL is a folder that faster-whisper can load, or
"-" for cutting only. `cut` decodes a window and keeps it; `transcribe` writes down what was cut last; `samples` hands
it over.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from typing import Any

from mamctl.adapters.child_process import end_with_parent
from mamctl.adapters.speech.sound import CannotCutError, cut_window, loudness, sound_key


def main() -> None:
    """Serves until stdin closes."""
    end_with_parent()
    listener = _Listener(sys.argv[1], int(sys.argv[2]))
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    for line in sys.stdin.buffer:
        answers.write(json.dumps(listener.answer(json.loads(line))) + "\n")
        answers.flush()


_VOICE = 0.3  # of 1: how much a stretch must be like a voice; music under a voice lowers it
_LEAST_SPOKEN = 0.5  # seconds


class _Listener:
    def __init__(self, model: str, threads: int) -> None:
        self._folder = model
        self._threads = threads
        self._model: Any = None
        self._samples = b""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            match request["act"]:
                case "cut":
                    return self._cut(request)
                case "samples":
                    return {"samples": base64.b64encode(self._samples).decode("ascii")}
                case _:
                    return self._transcribe(request)
        except CannotCutError as error:
            return {"unusable": str(error)}
        except Exception as error:  # noqa: BLE001  one strange file must not end the worker
            return {"unusable": f"{type(error).__name__}: {error}"[:300]}

    def _cut(self, request: dict[str, Any]) -> dict[str, Any]:
        self._samples = cut_window(request["path"], request["start"], request["seconds"], from_end=request["from_end"])
        return {
            "key": sound_key(self._samples), "seconds": len(self._samples) / 32_000, "level": loudness(self._samples),
        }  # fmt: skip

    def _transcribe(self, request: dict[str, Any]) -> dict[str, Any]:
        import numpy as np
        from faster_whisper.vad import VadOptions, get_speech_timestamps  # type: ignore[import-untyped]

        sound = np.frombuffer(self._samples, dtype=np.int16).astype(np.float32) / 32_768
        voices = get_speech_timestamps(sound, VadOptions(threshold=_VOICE))
        spoken = sum(one["end"] - one["start"] for one in voices) / 16_000
        if spoken < _LEAST_SPOKEN:
            return {"language": request["language"] or "", "segments": [], "spoken": spoken}
        segments, info = self._loaded().transcribe(
            sound,
            language=request["language"],
            hotwords=request["hotwords"] or None,
            beam_size=5,
            temperature=0.0,  # the same sound gives the same words
            condition_on_previous_text=False,
            vad_filter=False,
        )
        return {
            "language": info.language,
            "segments": [[one.text, one.start, one.end, one.no_speech_prob, one.avg_logprob] for one in segments],
            "spoken": spoken,
        }

    def _loaded(self) -> Any:
        if self._model is None:
            from faster_whisper import WhisperModel  # type: ignore[import-untyped]

            self._model = WhisperModel(
                self._folder, device="cpu", compute_type="int8", local_files_only=True, cpu_threads=self._threads
            )
        return self._model


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"
    main()

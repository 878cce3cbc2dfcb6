"""What listening needs of an engine."""

from __future__ import annotations

from typing import Protocol

from mamctl.domain.speech.engine import EngineInfo, SoundCut, Unusable, Window
from mamctl.domain.speech.transcript import Transcript


class SpeechEngine(Protocol):
    """Cuts windows out of files and writes down what is spoken in them, one at a time."""

    info: EngineInfo
    takes_hotwords: bool

    def cut(self, window: Window, seconds: float) -> SoundCut | Unusable:
        """Decode a window, in at most `seconds`; it stays at hand for `transcribe`."""
        ...

    def transcribe(self, seconds: float, *, language: str | None, hotwords: str = "") -> Transcript | Unusable:
        """Write down what was cut last, in at most `seconds`. Raises EngineStoppedError when no book can be heard."""
        ...

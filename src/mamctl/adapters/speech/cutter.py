"""The child process of a speech engine: it cuts windows out of files and, for a local engine, writes them down."""

from __future__ import annotations

import sys
from typing import Any, Self

from mamctl.adapters.child_process import ChildFailedError, JsonChild
from mamctl.domain.speech.engine import SoundCut, Unusable, Window

NO_MODEL = "-"
"""In place of a model's folder: the child only cuts."""


class WindowCutter:
    """What every engine does alike: start the child when it is needed, ask it, replace it when it died.

    Use it as a context manager. `failed_words` begin what is said of a file that ended the child; `longest_window`
    is in seconds, None for windows of any length.
    """

    failed_words = "decoding failed"
    longest_window: float | None = None

    def __init__(self, model: str = NO_MODEL, threads: int = 1) -> None:
        self._command = [sys.executable, "-m", "mamctl.adapters.speech.worker", model, str(threads)]
        self._child: JsonChild | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def cut(self, window: Window, seconds: float) -> SoundCut | Unusable:
        """Decode a window, in at most `seconds`; it stays at hand for `transcribe`."""
        length = window.seconds if self.longest_window is None else min(window.seconds, self.longest_window)
        answer = self._ask(
            {
                "act": "cut",
                "path": window.path,
                "start": window.start,
                "seconds": length,
                "from_end": window.from_end,
            },
            seconds,
        )
        return answer if isinstance(answer, Unusable) else SoundCut(answer["key"], answer["seconds"], answer["level"])

    def _ask(self, request: dict[str, object], seconds: float) -> dict[str, Any] | Unusable:
        if self._child is None or not self._child.alive:
            self._child = JsonChild(self._command, {"HF_HUB_OFFLINE": "1"})
        try:
            answer = self._child.ask(request, seconds)
        except ChildFailedError as error:
            self._child = None
            return Unusable(f"{self.failed_words}: {error}")
        return Unusable(answer["unusable"]) if "unusable" in answer else answer

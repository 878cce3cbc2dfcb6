"""The child process that decodes: reads one request a line from stdin, answers one line of JSON on stdout.

Started by the pool as `python -m mamctl.adapters.audio.worker FFMPEG`. It decodes with PyAV, or with the
program FFMPEG where PyAV is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mamctl.adapters.child_process import end_with_parent
from mamctl.domain.library.audio_facts import NO_DECODER, AudioFacts, facts_to_json

if TYPE_CHECKING:
    from collections.abc import Callable

    Measure = Callable[..., AudioFacts]


def main() -> None:
    """Serves until stdin closes."""
    end_with_parent()
    measure = find_measure(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answers.write(json.dumps(facts_to_json(_answer(measure, request["path"], whole=request["whole"]))) + "\n")
        answers.flush()


def can_decode(ffmpeg: str) -> bool:
    """Whether there is anything here to decode with."""
    return find_spec("av") is not None or shutil.which(ffmpeg) is not None


def find_measure(ffmpeg: str) -> Measure:
    """PyAV when it is installed, else the ffmpeg program; without either nothing is tried, and nothing condemned."""
    if find_spec("av") is not None:
        from mamctl.adapters.audio import pyav as audio_av

        return audio_av.measure
    if shutil.which(ffmpeg) is None:
        return lambda path, *, whole: AudioFacts(not_attempted=NO_DECODER)
    from mamctl.adapters.audio import ffmpeg as audio_ffmpeg

    return partial(audio_ffmpeg.measure, ffmpeg=ffmpeg)


def _answer(measure: Measure, path: str, *, whole: bool) -> AudioFacts:
    try:
        return measure(path, whole=whole)
    except OSError as error:
        return AudioFacts(failure=f"cannot be read: {error.strerror or error}", transient=True)
    except Exception as error:  # noqa: BLE001  one strange file must not end the worker
        return AudioFacts(failure=f"the decoder failed: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()

"""Decodes audio files in child processes, several at once: a file that kills its decoder costs one of them."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from mamctl.domain.library.audio_facts import AudioFacts, DecodeRequest, facts_from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

QUICK_LIMIT = 60.0  # seconds for the two edges of one file
SLOWEST_RATE = 200_000  # bytes a second: below it a whole decode counts as hung


def time_limit(request: DecodeRequest) -> float:
    """How many seconds one file may take."""
    return QUICK_LIMIT + (request.size / SLOWEST_RATE if request.whole else 0)


def worker_command(ffmpeg: str) -> Sequence[str]:
    """How a decoder is started."""
    return (sys.executable, "-m", "mamctl.adapters.audio.worker", ffmpeg)


class DecodePool:
    """At most `parallel` decoders. Use it as a context manager: leaving it ends them."""

    def __init__(
        self,
        parallel: int,
        *,
        ffmpeg: str = "ffmpeg",
        limit: Callable[[DecodeRequest], float] = time_limit,
        command: Sequence[str] | None = None,
    ) -> None:
        self._parallel = parallel
        self._limit = limit
        self._command = command or worker_command(ffmpeg)
        self._idle: list[_Decoder] = []
        self._busy: list[_Decoder] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for decoder in (*self._idle, *self._busy):
            decoder.kill()
        self._idle, self._busy = [], []

    def measure_each(self, requests: Iterable[DecodeRequest]) -> Iterator[tuple[DecodeRequest, AudioFacts]]:
        """Answers as they come, in any order; `requests` is read no further ahead than there are decoders."""
        waiting = iter(requests)
        exhausted = False
        with selectors.DefaultSelector() as selector:
            while True:
                while not exhausted and len(self._busy) < self._parallel:
                    request = next(waiting, None)
                    if request is None:
                        exhausted = True
                    else:
                        self._start(request, selector)
                if not self._busy:
                    return
                yield from self._collect(selector)

    def _start(self, request: DecodeRequest, selector: selectors.BaseSelector) -> None:
        decoder = self._idle.pop() if self._idle else _Decoder(self._command)
        self._busy.append(decoder)
        selector.register(decoder.answers, selectors.EVENT_READ, decoder)
        decoder.ask(request, time.monotonic() + self._limit(request))

    def _collect(self, selector: selectors.BaseSelector) -> Iterator[tuple[DecodeRequest, AudioFacts]]:
        soonest = min(decoder.deadline for decoder in self._busy)
        ready = {key.data for key, _ in selector.select(max(0.0, soonest - time.monotonic()))}
        for decoder in tuple(self._busy):
            facts = decoder.answer() if decoder in ready else None
            if facts is None and time.monotonic() >= decoder.deadline:
                decoder.kill()
                facts = AudioFacts(failure=f"the decoder hung on it for {self._limit(decoder.request):.0f} s")
            if facts is not None:
                self._busy.remove(decoder)
                selector.unregister(decoder.answers)
                if decoder.alive:
                    self._idle.append(decoder)
                yield decoder.request, facts


class _Decoder:
    """One child process and what it is working on."""

    def __init__(self, command: Sequence[str]) -> None:
        # Its own session: a terminal's Ctrl-C is for us alone, and its own children end with it.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdout is not None
        self.answers = self._process.stdout.fileno()
        self.alive = True
        self.deadline = 0.0
        self._received = b""

    def ask(self, request: DecodeRequest, deadline: float) -> None:
        """Hands it one file."""
        self.request, self.deadline, self._received = request, deadline, b""
        line = json.dumps({"path": request.path, "whole": request.whole}) + "\n"
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # dead already: its answer says so
            self._process.stdin.write(line.encode("ascii"))
            self._process.stdin.flush()

    def answer(self) -> AudioFacts | None:
        """Its answer, once it is complete; the way it died, when it did."""
        part = os.read(self.answers, 65_536)
        self._received += part
        if not part:
            return AudioFacts(failure=f"the decoder died of it ({self._end()})")
        return facts_from_json(json.loads(self._received)) if part.endswith(b"\n") else None

    def _end(self) -> str:
        self.kill(signal.SIGTERM)
        code = self._process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit {code}"

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends the process and all it started."""
        self.alive = False
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()

"""Decodes audio files in child processes, several at once: a file that kills its decoder costs one of them."""

from __future__ import annotations

import selectors
import sys
import time
from itertools import chain
from typing import TYPE_CHECKING, Self

from mamctl.adapters.child_process import ChildFailedError, JsonChild
from mamctl.domain.library.audio_facts import NO_DECODER, AudioFacts, DecodeRequest, facts_from_json

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
        self._ffmpeg = None if command else ffmpeg
        self._idle: list[_Decoder] = []
        self._busy: list[_Decoder] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for decoder in (*self._idle, *self._busy):
            decoder.child.kill()
        self._idle, self._busy = [], []

    def measure_each(self, requests: Iterable[DecodeRequest]) -> Iterator[tuple[DecodeRequest, AudioFacts]]:
        """Answers as they come, in any order; `requests` is read no further ahead than there are decoders."""
        waiting = iter(requests)
        first = next(waiting, None)
        if first is None:
            return
        waiting = chain((first,), waiting)
        if self._is_without_decoder():  # no child is needed to say so of each file
            nothing = AudioFacts(not_attempted=NO_DECODER)
            yield from ((request, nothing) for request in waiting)
            return
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

    def _is_without_decoder(self) -> bool:
        from mamctl.adapters.audio.worker import can_decode

        return self._ffmpeg is not None and not can_decode(self._ffmpeg)

    def _start(self, request: DecodeRequest, selector: selectors.BaseSelector) -> None:
        decoder = self._idle.pop() if self._idle else _Decoder(self._command)
        self._busy.append(decoder)
        selector.register(decoder.child, selectors.EVENT_READ, decoder)
        decoder.ask(request, time.monotonic() + self._limit(request))

    def _collect(self, selector: selectors.BaseSelector) -> Iterator[tuple[DecodeRequest, AudioFacts]]:
        soonest = min(decoder.deadline for decoder in self._busy)
        ready = {key.data for key, _ in selector.select(max(0.0, soonest - time.monotonic()))}
        for decoder in tuple(self._busy):
            facts = decoder.answer() if decoder in ready else None
            if facts is None and time.monotonic() >= decoder.deadline:
                decoder.child.kill()
                facts = AudioFacts(failure=f"the decoder hung for {self._limit(decoder.request):.0f} s")
            if facts is not None:
                self._busy.remove(decoder)
                selector.unregister(decoder.child)
                if decoder.child.alive:
                    self._idle.append(decoder)
                yield decoder.request, facts


class _Decoder:
    """One child process and what it is working on."""

    def __init__(self, command: Sequence[str]) -> None:
        self.child = JsonChild(command)
        self.deadline = 0.0

    def ask(self, request: DecodeRequest, deadline: float) -> None:
        """Hand it one file."""
        self.request, self.deadline = request, deadline
        self.child.send({"path": request.path, "whole": request.whole})

    def answer(self) -> AudioFacts | None:
        """Its answer, once it is complete; the way it died, when it did."""
        try:
            found = self.child.read_some()
        except ChildFailedError as error:
            return AudioFacts(failure=f"the decoder crashed ({error.end or error})")
        return None if found is None else facts_from_json(found)

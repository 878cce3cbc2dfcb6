"""A child process that answers one line of JSON to one line of JSON, within a deadline."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of one answer; a child that sends more is ended."""


class ChildFailedError(Exception):
    """The child died, hung or answered what is not JSON; it has been ended. The message says which.

    `end` is how it died (a signal's name or "exit 1"), None when it was ended for another reason.
    """

    def __init__(self, message: str, end: str | None = None) -> None:
        super().__init__(message)
        self.end = end


class JsonChild:
    """A program that serves requests on its stdin. It is ended with everything it started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        # Its own session: a terminal's Ctrl-C is for us alone, and its own children end with it.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=None if environment is None else {**os.environ, **environment},
        )
        self._received = bytearray()

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def fileno(self) -> int:
        """What becomes readable when there is something of the answer."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def ask(self, request: Mapping[str, object], seconds: float) -> dict[str, Any]:
        """Its answer to one request. Raises ChildFailedError when none has come after `seconds`."""
        deadline = time.monotonic() + seconds
        self.send(request)
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            while selector.select(max(0.0, deadline - time.monotonic())):
                if (answer := self.read_some()) is not None:
                    return answer
        self.kill()
        raise ChildFailedError(f"no answer within {seconds:.0f} s")

    def send(self, request: Mapping[str, object]) -> None:
        """Hand it one request, when it has answered the one before."""
        assert self._process.stdin is not None
        self._received.clear()
        with suppress(BrokenPipeError):  # dead already: the missing answer says so
            self._process.stdin.write((json.dumps(request) + "\n").encode("ascii"))
            self._process.stdin.flush()

    def read_some(self) -> dict[str, Any] | None:
        """Its answer, once it is complete. Waits for a part when there is none; raises ChildFailedError."""
        part = os.read(self.fileno(), 65_536)
        self._received += part
        if not part:
            end = self._end()
            raise ChildFailedError(f"it died ({end})", end)
        if len(self._received) > LONGEST_ANSWER:
            self.kill()
            raise ChildFailedError(f"its answer is longer than {LONGEST_ANSWER} bytes")
        if not part.endswith(b"\n"):
            return None
        try:
            answer = json.loads(self._received)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            self.kill()
            raise ChildFailedError("its answer is not JSON")
        return answer

    def _end(self) -> str:
        self.kill(signal.SIGTERM)
        code = self._process.returncode
        return signal.Signals(-code).name if code < 0 else f"exit {code}"

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the process and all it started."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def end_with_parent() -> None:
    """Linux: a child that hangs does not outlive a parent that was killed (prctl PR_SET_PDEATHSIG)."""
    import ctypes

    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)

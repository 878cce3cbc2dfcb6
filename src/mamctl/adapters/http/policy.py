"""How far one exchange may go, and how long to wait before the next attempt at one that failed in passing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The limits of one exchange.

    `silence` and `total` are seconds: one wait for the next bytes, and the whole with connection, TLS and headers.
    `largest_body` is bytes when unpacked, `redirects` how many within the same host are followed.
    """

    silence: float = 30.0
    total: float = 120.0
    largest_body: int = 16 * 1024**2
    redirects: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Retries:
    """Pauses between the attempts of one run, in seconds; each is twice as long as the one before."""

    first: float = 4.0
    first_throttled: float = 4.0  # after a 429 without Retry-After

    def pause(self, attempt: int, *, asked: float | None = None, chance: float = 0.0, throttled: bool = False) -> float:
        """Seconds after attempt number `attempt` (the first is 0), at least the `asked` ones; `chance` adds jitter."""
        first = self.first_throttled if throttled else self.first
        return max(asked or 0.0, first * float(2**attempt) * (1 + chance))

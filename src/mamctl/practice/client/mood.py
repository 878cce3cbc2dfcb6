"""The troubles that the practice client makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class TroubleKind(StrEnum):
    """What can go wrong with one request."""

    RESET = "reset"  # connection reset, nothing done
    LOST_ANSWER = "lost_answer"  # done, then the connection breaks
    HOLD_BEFORE = "hold_before"  # waits for release(), then does it
    HOLD_AFTER = "hold_after"  # done, waits for release(), then answers
    SLOW = "slow"  # `seconds` pass first
    STATUS = "status"  # `status` and nothing done
    LOST_SESSION = "lost_session"  # the client forgot every session, as after a restart
    BODY = "body"  # 200 and `text` in place of the answer, nothing done
    TRUNCATED = "truncated"  # whole HTTP answer, half of its body
    CUT_SHORT = "cut_short"  # the connection ends within the body


@dataclass(slots=True)
class Trouble:
    """One trouble, on calls beginning with `call` ("torrents/stop"; "" is any): after `skip` of them, for `times`."""

    kind: TroubleKind
    call: str = ""
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    status: int = 500
    text: str = ""

    def strikes(self, call: str) -> bool:
        """Whether it hits this request; counts it."""
        if not call.startswith(self.call) or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Mood:
    """The troubles to come; may be changed while running."""

    troubles: list[Trouble] = field(default_factory=list)

    def strike(self, call: str) -> Trouble | None:
        """The first trouble that hits this request; spent ones go."""
        hit = next((trouble for trouble in self.troubles if trouble.strikes(call)), None)
        self.troubles = [trouble for trouble in self.troubles if trouble.times != 0]
        return hit

    def plan(self, kind: TroubleKind, call: str = "", **details: object) -> Trouble:
        """Plan a trouble; `details` are fields of Trouble."""
        trouble = Trouble(kind, call, **details)  # type: ignore[arg-type]
        self.troubles.append(trouble)
        return trouble

    def calm(self) -> None:
        """Forget every planned trouble."""
        self.troubles = []

"""The faults that the practice client makes."""

from __future__ import annotations

from enum import StrEnum

from mamctl.dataclass import dataclass
from mamctl.practice.faults import Fault, FaultPlan


class FaultKind(StrEnum):
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
class ClientFault(Fault):
    """One fault; `path` is what a call begins with ("torrents/stop")."""

    kind: FaultKind
    seconds: float = 0.0
    status: int = 500
    text: str = ""


@dataclass(slots=True)
class Behaviour(FaultPlan[ClientFault]):
    """The faults to come; may be changed while running."""

    def plan(self, kind: FaultKind, path: str = "", **details: object) -> ClientFault:
        """Plan a fault; `details` are fields of ClientFault."""
        return self.add(ClientFault(kind, path, **details))  # type: ignore[arg-type]

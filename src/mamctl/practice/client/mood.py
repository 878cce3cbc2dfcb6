"""The troubles that the practice client makes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mamctl.practice.planned import Planned, Plans


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
class Trouble(Planned):
    """One trouble; `path` is what a call begins with ("torrents/stop")."""

    kind: TroubleKind
    seconds: float = 0.0
    status: int = 500
    text: str = ""


@dataclass(slots=True)
class Mood(Plans[Trouble]):
    """The troubles to come; may be changed while running."""

    def plan(self, kind: TroubleKind, path: str = "", **details: object) -> Trouble:
        """Plan a trouble; `details` are fields of Trouble."""
        trouble = Trouble(kind, path, **details)  # type: ignore[arg-type]
        self.troubles.append(trouble)
        return trouble

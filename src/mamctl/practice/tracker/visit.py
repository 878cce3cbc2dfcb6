"""One request on its way to an answer: the world, who asks, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from mamctl.practice.tracker.behaviour import Behaviour
    from mamctl.practice.tracker.state import Account, Session, World
    from mamctl.practice.web import Request


@dataclass(frozen=True, slots=True)
class Visit:
    """What an answering function gets. `session` is None where none is needed and none came."""

    world: World
    behaviour: Behaviour
    request: Request
    session: Session | None
    now: datetime
    base_url: str = ""

    @property
    def account(self) -> Account:
        """The account behind the session; only where a session is required."""
        assert self.session is not None
        return self.world.accounts[self.session.uid]

    @property
    def fields(self) -> dict[str, Any]:
        """Query and body, nested."""
        return self.request.fields

"""The practice tracker as a real HTTP server on loopback."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING, Self

from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.tracker.control import CONTROL_PREFIX, control
from mamctl.practice.tracker.site import Site
from mamctl.practice.tracker.state import SessionKind, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mamctl.practice.journal import Journal
    from mamctl.practice.tracker.behaviour import Behaviour
    from mamctl.practice.web import Answer, Request

_FIXED_HEADERS = (
    ("Server", "nginx"),
    ("Expires", "Sat, 26 Jul 1997 05:00:00 GMT"),
    ("Cache-Control", "no-store, no-cache, must-revalidate, post-check=0, pre-check=0"),
    ("Pragma", "no-cache"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "same-origin"),
)


class PracticeTracker(LoopbackServer):
    """A running practice tracker: `with PracticeTracker(world) as tracker: tracker.url`."""

    def __init__(self, world: World, behaviour: Behaviour | None = None, port: int = 0) -> None:
        self.site = Site(world, behaviour)
        super().__init__(self.site.gate, port)
        self.site.base_url = self.url

    @property
    def world(self) -> World:
        """The state."""
        return self.site.world

    @property
    def behaviour(self) -> Behaviour:
        """The knobs."""
        return self.site.behaviour

    @property
    def journal(self) -> Journal:
        """The requests seen."""
        return self.site.journal

    @property
    def mam_id(self) -> str:
        """The current cookie of the first API session."""
        return next(s.value for s in self.world.sessions.values() if s.kind is not SessionKind.BROWSER)

    def start(self) -> Self:
        """Listen and serve in the background."""
        super().start()
        self.site.base_url = self.url
        return self

    def respond(self, request: Request) -> Answer | None:
        """The site's answer, or the control's."""
        if request.path.startswith(CONTROL_PREFIX):
            return control(self.site, request)
        return self.site.respond(request)

    def headers(self) -> Sequence[tuple[str, str]]:
        """The world's date, and what the site always sends."""
        return (("Date", format_datetime(self.world.clock(), usegmt=True)), *_FIXED_HEADERS)

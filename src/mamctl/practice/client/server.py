"""The practice client as a real HTTP server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mamctl.practice.client.adding import read_form
from mamctl.practice.client.auth import Auth
from mamctl.practice.client.behaviour import Behaviour, ClientFault, FaultKind
from mamctl.practice.client.calls import Visit, answer_call, text_answer
from mamctl.practice.client.transfer_sim import simulate_transfers
from mamctl.practice.journal import Journal, masked
from mamctl.practice.loopback import LoopbackServer
from mamctl.practice.request_gate import RequestGate

if TYPE_CHECKING:
    import ssl

    from mamctl.practice.client.state import ClientWorld
    from mamctl.practice.web import Answer, Request

_API = "/api/v2/"
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "same-origin"),
)


class PracticeClient(LoopbackServer):
    """A running practice client: `with PracticeClient(world) as client: client.url`.

    The world lives by its clock whenever somebody asks; `live()` before changing it by hand.
    """

    def __init__(
        self, world: ClientWorld, behaviour: Behaviour | None = None, port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        super().__init__(RequestGate(), port, tls)
        self.world = world
        self.behaviour = behaviour or Behaviour()
        self.journal = Journal()
        self._auth = Auth(world)
        self.live()

    def live(self) -> None:
        """Let the bytes flow until now."""
        simulate_transfers(self.world)

    def forget_sessions(self) -> None:
        """As a restart does: every cookie is refused from now on."""
        with self.world.lock:
            self._auth.sessions.clear()

    def headers(self) -> Sequence[tuple[str, str]]:
        """What qBittorrent always says."""
        return _HEADERS

    def respond(self, request: Request) -> Answer | None:
        """The answer, or None when the connection is to break; the journal has it before anyone else."""
        call = request.path.removeprefix(_API)
        with self.world.lock:
            fault = self.behaviour.hit(call)
            session = self._auth.find(request, self.port)
        answer = self._apply(fault, lambda: self._answer(request, call)) if fault else self._answer(request, call)
        self.journal.note(
            at=self.world.clock(),
            method=request.method,
            path=call,
            fields=masked(request.readable_fields),
            status=answer.status if answer else None,
            session=session.name if session else None,
            user_agent=request.headers.get("user-agent", ""),
            host=request.headers.get("host", ""),
            trouble=fault.kind.value if fault else None,
        )
        return answer

    def _answer(self, request: Request, call: str) -> Answer:
        with self.world.lock:
            self.live()
            if not self._auth.passes_front(request):
                refusal = text_answer("Authorization Required", 401)
                refusal.headers.append(("WWW-Authenticate", 'Basic realm="seedbox"'))
                return refusal
            if call == "auth/login":
                return self._auth.log_in(request, self.port)
            session, cookies = self._auth.let_in(request, self.port)
            if session is None:
                return text_answer("Forbidden", 403)
            answer = answer_call(call, request.method, Visit(self.world, session, read_form(request)))
            answer.headers += cookies
            return answer

    def _apply(self, fault: ClientFault, proceed: Callable[[], Answer]) -> Answer | None:
        """The answer under this fault; None when the connection breaks instead."""
        kind = fault.kind
        if kind is FaultKind.RESET:
            return None
        if kind is FaultKind.STATUS:
            return text_answer("", fault.status)
        if kind is FaultKind.BODY:
            return text_answer(fault.text)
        if kind is FaultKind.LOST_SESSION:
            self.forget_sessions()
        if kind is FaultKind.HOLD_BEFORE:
            self.gate.hold()
        self.gate.pause(fault.seconds)
        return self._spoil(kind, proceed())

    def _spoil(self, kind: FaultKind, answer: Answer) -> Answer | None:
        if kind is FaultKind.HOLD_AFTER:
            self.gate.hold()
        if kind is FaultKind.TRUNCATED:
            answer.body = answer.body[: len(answer.body) // 2]
        if kind is FaultKind.CUT_SHORT:
            answer.cut_at = len(answer.body) // 2
        return None if kind is FaultKind.LOST_ANSWER else answer

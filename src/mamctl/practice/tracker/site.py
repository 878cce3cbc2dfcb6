"""The practice site apart from sockets: a request comes in, the world changes, an answer goes out."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from mamctl.practice.journal import Entry, Journal, masked, masked_path
from mamctl.practice.request_gate import RequestGate
from mamctl.practice.tracker.answers.store import FORBIDDEN_KINDS
from mamctl.practice.tracker.behaviour import Behaviour, DeadForm, SiteFault
from mamctl.practice.tracker.economy import accrue
from mamctl.practice.tracker.fault_answers import apply_fault
from mamctl.practice.tracker.routes import Gate, route_of
from mamctl.practice.tracker.sessions import find_session, refuse, refuse_seedbox, turn_cookie, why_refused
from mamctl.practice.tracker.state import Visit
from mamctl.practice.web import Answer, BodyUnreadableError, Request, html_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mamctl.practice.tracker.state import Session, World


class Site:
    """One practice site. `world` and `behaviour` may be changed at any time, `journal` read at any time."""

    def __init__(self, world: World, behaviour: Behaviour | None = None) -> None:
        self.world = world
        self.behaviour = behaviour or Behaviour()
        self.journal = Journal()
        self.gate = RequestGate()
        self.base_url = ""
        self.on_change: Callable[[], None] = lambda: None
        self._under_way: Counter[str] = Counter()

    def respond(self, request: Request) -> Answer | None:
        """The answer, or None when the connection is to break; the journal has it before anyone else."""
        with self.world.lock:
            session = find_session(self.world, request)
            fault = self.behaviour.hit(request.path)
        with self._counted(session) as overlapping:
            self.gate.pause(self.behaviour.delay)
            proceed = partial(self._answer, request)
            if fault is None:
                answer: Answer | None = proceed()
            else:
                answer = apply_fault(fault, request, proceed, self.world, self.behaviour, self.gate)
        self._note(request, answer, session, fault, overlapping)
        return answer

    def _answer(
        self, request: Request, *, instead: Callable[[Visit], Answer] | None = None, turns: bool = True
    ) -> Answer:
        with self.world.lock:
            now = self.world.clock()
            for account in self.world.accounts.values():
                accrue(account, now)
            session = find_session(self.world, request)
            answer = self._behind_gate(request, session, instead)
            if session is not None and answer.accepted and turns:
                answer.headers += turn_cookie(self.world, session, request.cookies["mam_id"], self.behaviour)
            if self.behaviour.json_as_html and answer.content_type.startswith("application/json"):
                answer.content_type = "text/html; charset=UTF-8"
            self.on_change()
            return answer

    def _behind_gate(
        self, request: Request, session: Session | None, instead: Callable[[Visit], Answer] | None
    ) -> Answer:
        route = route_of(request.path)
        reason = None if route.gate is Gate.OPEN else why_refused(self.world, request, session, self.behaviour)
        if reason is not None:
            return self._refuse(route.gate, reason, request)
        visit = Visit(self.world, self.behaviour, request, session, self.world.clock(), self.base_url)
        try:
            return (instead or route.answer)(visit)
        except BodyUnreadableError:
            return html_answer("")

    def _refuse(self, gate: Gate, reason: str, request: Request) -> Answer:
        if gate is Gate.SEEDBOX:
            return refuse_seedbox(reason, self.world)
        if gate is Gate.PAGE:
            redirects = self.behaviour.dead_form is DeadForm.REDIRECT
            return refuse(reason, request, self.behaviour, DeadForm.REDIRECT if redirects else DeadForm.LOGIN_PAGE)
        return refuse(reason, request, self.behaviour)

    @contextmanager
    def _counted(self, session: Session | None) -> Iterator[bool]:
        """Count the session's requests under way; yields whether another one was there already."""
        key = session.name if session else ""
        with self.world.lock:
            overlapping = bool(key) and self._under_way[key] > 0
            self._under_way[key] += 1
        try:
            yield overlapping
        finally:
            with self.world.lock:
                self._under_way[key] -= 1

    def _note(
        self,
        request: Request,
        answer: Answer | None,
        session: Session | None,
        fault: SiteFault | None,
        overlapping: bool,
    ) -> Entry:
        fields = request.readable_fields
        return self.journal.note(
            at=self.world.clock(),
            method=request.method,
            path=masked_path(request.path),
            fields=masked(fields),
            status=answer.status if answer else None,
            session=session.name if session else None,
            user_agent=request.headers.get("user-agent", ""),
            host=request.headers.get("host", ""),
            trouble=fault.kind.value if fault else None,
            overlapping=overlapping,
            forbidden=fields.get("spendtype") in FORBIDDEN_KINDS and "bonusBuy" in request.path,
            refused=answer.refused if answer else None,
        )

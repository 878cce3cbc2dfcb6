"""Who may in: logins, session cookies, API keys."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import TYPE_CHECKING

from mamctl.practice.client.calls import text_answer
from mamctl.practice.client.main_data import Session

if TYPE_CHECKING:
    from mamctl.practice.client.state import ClientWorld
    from mamctl.practice.web import Answer, Request

_KEY = "key"


class Auth:
    """The sessions by their cookie's value; they are lost when the client restarts."""

    def __init__(self, world: ClientWorld) -> None:
        self.sessions: dict[str, Session] = {}
        self._world = world
        self._opened = 0

    def log_in(self, request: Request, port: int) -> Answer:
        """The answer to `auth/login`, in the version's way."""
        modern = self._world.api.modern_login
        if not self._knows(request):
            return text_answer("Unauthorized", 401) if modern else text_answer("Fails.")
        answer = text_answer("", 204) if modern else text_answer("Ok.")
        if self._world.quiet_login:
            answer = text_answer("")
        answer.headers.append(self._cookie(self._begin(), port))
        return answer

    def _knows(self, request: Request) -> bool:
        fields = request.readable_fields
        return (fields.get("username"), fields.get("password")) == (self._world.username, self._world.password)

    def passes_front(self, request: Request) -> bool:
        """Whether a web server in front lets the request pass; mostly there is none."""
        if self._world.basic is None:
            return True
        wanted = b64encode(":".join(self._world.basic).encode()).decode()
        return request.headers.get("authorization") == f"Basic {wanted}"

    def find(self, request: Request, port: int) -> Session | None:
        """The session that a request belongs to."""
        key = self._world.api_key
        if key and request.headers.get("authorization") == f"Bearer {key}":
            return self.sessions.setdefault(_KEY, Session("API key"))
        value = request.cookies.get(self._world.api.cookie(port), "")
        return self.sessions.get(value) if value != _KEY else None

    def let_in(self, request: Request, port: int) -> tuple[Session | None, list[tuple[str, str]]]:
        """The same, or a new one where no login is needed, with its headers."""
        session = self.find(request, port)
        if session is not None or self._world.password:
            return session, []
        value = self._begin()
        return self.sessions[value], [self._cookie(value, port)]

    def _begin(self) -> str:
        self._opened += 1
        value = hashlib.sha256(f"practice client {self._opened}".encode()).hexdigest()[:32]
        self.sessions[value] = Session(f"session {self._opened}")
        return value

    def _cookie(self, value: str, port: int) -> tuple[str, str]:
        site = "Lax" if self._world.api.modern_login else "Strict"
        return "Set-Cookie", f"{self._world.api.cookie(port)}={value}; HttpOnly; SameSite={site}; path=/"

"""A client that signs in by the form when it has no session, or when the site no longer takes the one it has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mamctl.adapters.tracker.client import TrackerClient
from mamctl.adapters.tracker.login import FormLogin
from mamctl.errors import SessionRefusedError

if TYPE_CHECKING:
    from mamctl.adapters.tracker.answers import Answer
    from mamctl.adapters.tracker.exchange import Ask
    from mamctl.domain.secret import Secret

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SignedInClient(TrackerClient):
    """Only for a person who chose `tracker.login = "password"`. The session must be made with `login_seed(email)`."""

    email: str
    password: Secret

    @property
    def login(self) -> FormLogin:
        """The form, filled in for this person."""
        return FormLogin(self, self.email, self.password, allowed=True)

    def ask(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        """A read. A dead session is replaced once; should the new one be refused too, no login is tried any more."""
        fresh = not self.session.is_rotated()
        self.login.ensure_session()
        try:
            return super().ask(ask, read)
        except SessionRefusedError as refused:
            if refused.slug != "session_dead":
                raise
            if not fresh:
                self.login.sign_in()
                return self._ask_again(ask, read)
            self.login.refuse_from_now_on("the session of a successful login was refused")
            raise

    def _ask_again(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        try:
            return super().ask(ask, read)
        except SessionRefusedError:
            self.login.refuse_from_now_on("the session of a successful login was refused")
            raise

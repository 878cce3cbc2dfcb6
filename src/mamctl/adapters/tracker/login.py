"""The login form, filled in where the configuration chose so (`tracker.login = "password"`).

The site locks an account after some failed logins, so a failure is remembered in a file and nothing is tried again
until you clear it. A session made on the site is the better way, and the default.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from mamctl.adapters.documents import TooManyValuesError, decode_html
from mamctl.adapters.private_files import SecretSource, shown_variable, write_private
from mamctl.adapters.tracker.answers import Answer, check_answer, leads_to_login, maintenance, shape_changed
from mamctl.adapters.tracker.client import TrackerClient
from mamctl.adapters.tracker.exchange import Ask, NoAnswerError
from mamctl.adapters.tracker.session import BROWSER_COOKIES
from mamctl.dataclass import dataclass
from mamctl.domain.redaction import excerpt
from mamctl.domain.secret import Secret
from mamctl.errors import ConfigInvalidError, MamctlError, SessionRefusedError, UsageError

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

T = TypeVar("T")
_HIDDEN = ("t", "j", "a")
_CLEAR = "log in with a browser to see what is wrong, then run: mamctl tracker clear-login"
_FORM = Ask(path="/login.php", accept="text/html", with_cookie=False)


def login_seed(email: str) -> dict[str, Secret]:
    """What stands in a SessionFile for a session that the form opens: another address begins another session."""
    mark = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
    return {name: Secret(f"none-{mark}") for name in BROWSER_COOKIES}


def marker_of(session: Path) -> Path:
    """The file beside a session's whose presence forbids another login."""
    return session.with_name(session.name + ".login-refused")


def read_credentials(
    username_variable: str, password_file: Path | None, password_variable: str, environ: Mapping[str, str]
) -> tuple[str, Secret]:
    """The address and password of the login form; the file wins over the variable. Raises ConfigInvalidError."""
    email = environ.get(username_variable, "").strip()
    if not email:
        variable = shown_variable(username_variable, "tracker.username_env")
        raise _no_credentials(f"{variable} is not set", "tracker.username_env")
    password = SecretSource("tracker.password", password_file, password_variable).read(environ)
    if password is not None:
        return email, password
    variable = shown_variable(password_variable, "tracker.password_env")
    raise _no_credentials(f"neither tracker.password_file nor {variable} is set", "tracker.password_file")


def _no_credentials(found: str, subject: str) -> ConfigInvalidError:
    return ConfigInvalidError(
        f"tracker.login is password, and {found}",
        subject=subject,
        remedy="set it, or better: remove tracker.login and use an API session",
        code="login_credentials_missing",
    )


@dataclass(frozen=True, slots=True)
class FormLogin:
    """Opens a browser session. The client's session must have been made with `login_seed(email)`."""

    client: TrackerClient
    email: str
    password: Secret
    allowed: bool

    @property
    def marker(self) -> Path:
        """The file whose presence says that the last login failed."""
        return marker_of(self.client.session.path)

    def refuse_from_now_on(self, why: str) -> None:
        """Let no further login be tried until you clear it."""
        self._remember(why)

    def ensure_session(self) -> None:
        """Sign in unless a session from an earlier login is still kept."""
        if not self.client.session.is_rotated():
            self.sign_in()

    def sign_in(self) -> None:
        """Fill in the form once.

        Raises SessionRefusedError when the site says no or has said no before, UsageError when it is not allowed.
        """
        self._refuse_if_not_due()
        fields = self.client.read(self.client.ask_once(_FORM), _hidden_fields)
        self._remember("a login was started, and how it ended is not known")
        try:
            answer = self.client.ask_once(self._filled(fields))
        except NoAnswerError as error:
            if not error.maybe_sent:
                self.marker.unlink(missing_ok=True)
            raise
        self.client.read(answer, self._conclude)

    def _refuse_if_not_due(self) -> None:
        if not self.allowed:
            raise UsageError(
                "the configuration does not allow signing in with a password",
                subject="tracker.login",
                remedy="use an API session; or, knowing that the site forbids it, set tracker.login to password",
                code="login_not_allowed",
            )
        if self.marker.exists():
            raise SessionRefusedError(
                "an earlier login failed; mamctl does not try again, since the site locks accounts",
                subject=str(self.marker),
                remedy=_CLEAR,
                code="login_refused_before",
            )

    def _filled(self, hidden: dict[str, str]) -> Ask:
        fields = {**hidden, "email": self.email, "password": self.password.reveal(), "rememberMe": "yes"}
        return Ask(
            path="/takelogin.php",
            method="POST",
            body=urlencode(fields).encode(),
            content_type="application/x-www-form-urlencoded",
            accept="text/html",
            with_cookie=False,
            opens_session=True,
        )

    def _conclude(self, answer: Answer) -> None:
        if answer.session_renewed and 300 <= answer.status < 400 and not leads_to_login(answer):
            self.marker.unlink(missing_ok=True)
            return
        words = _words(answer)
        self._remember(words)
        raise SessionRefusedError(
            f"the site refused the login: {words}",
            subject="tracker.login",
            remedy=_CLEAR,
            code="login_locked" if "locked" in words.lower() else "login_refused",
        )

    def _remember(self, why: str) -> None:
        try:
            write_private(self.marker, why + "\n")
        except OSError as error:
            raise MamctlError(
                f"no login was tried, since a failure could not be recorded: {error.strerror}",
                subject=str(self.marker),
                remedy="make room or fix permissions",
                code="session_dir_unwritable",
            ) from None


def _tree(answer: Answer) -> LexborHTMLParser:
    try:
        return decode_html(answer.text)
    except TooManyValuesError as error:
        raise shape_changed(answer, str(error)) from None


def _hidden_fields(answer: Answer) -> dict[str, str]:
    if answer.status != 200:
        check_answer(answer)
    form = _tree(answer).css_first('form[action*="takelogin"]')
    found = {name: form.css_first(f'input[name="{name}"]') for name in _HIDDEN} if form is not None else {}
    fields = {name: node.attributes.get("value") or "" for name, node in found.items() if node is not None}
    if set(fields) != set(_HIDDEN):
        raise maintenance(answer) or shape_changed(answer, "a login page without the expected form")
    return fields


def _words(answer: Answer) -> str:
    if answer.status >= 400:
        check_answer(answer)
    main = _tree(answer).css_first("#mainBody")
    return excerpt(main.html or "" if main is not None else answer.text) or f"status {answer.status} without a reason"


@dataclass(frozen=True, kw_only=True)
class SignedInClient(TrackerClient):
    """Signs in by the form when it has no session, or when the site no longer takes the one it has.

    Only where the configuration chose `tracker.login = "password"`. The session must be made with `login_seed(email)`.
    """

    email: str
    password: Secret

    @property
    def login(self) -> FormLogin:
        """The form, filled in with address and password."""
        return FormLogin(self, self.email, self.password, allowed=True)

    def ask(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        """A read. A dead session is replaced once; should the new one be refused too, no login is tried any more.

        For what the site answers without a session nobody signs in.
        """
        if not ask.with_cookie:
            return super().ask(ask, read)
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

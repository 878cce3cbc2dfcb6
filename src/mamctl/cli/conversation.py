"""What `mamctl init` asks on a terminal, and tests: session, torrent client, library; Enter leaves one out."""

from __future__ import annotations

import http.client
import sys
from pathlib import Path
from urllib.parse import urlsplit

from mamctl.cli.context import Context
from mamctl.cli.questions import ask_secret, ask_text, ask_yes_no, say
from mamctl.cli.wiring.first_steps import in_brief, try_client, try_session
from mamctl.dataclass import dataclass
from mamctl.errors import ConfigInvalidError, LockedError, MamctlError, UnreachableError, UsageError

USUAL_CLIENT = "http://127.0.0.1:8080"
USUAL_USER = "admin"
_PATIENCE = 2.0  # seconds, for a server on this machine


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known before the configuration is written; what was left out is empty."""

    session: str = ""
    client_url: str = ""
    client_user: str = ""
    client_password: str = ""
    library: str = ""


def is_conversation() -> bool:
    """Whether somebody sits at a terminal and can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(context: Context, given: Answers) -> Answers:
    """Ask for what was not given, and test it: the session with one request, the client with one login."""
    session = given.session or _session(context)
    url, user, password = _client(given)
    library = given.library or _folder()
    return Answers(session, url, user, password, library)


def client_address(text: str) -> str:
    """The address of a Web UI as the configuration takes it, http where no scheme is given. Raises UsageError."""
    from mamctl.config.values import ValueFault, convert
    from mamctl.domain.bounds import ClientUrl

    try:
        return str(convert(text if "://" in text else f"http://{text}", ClientUrl))
    except ValueFault:
        remedy = f"write it as {USUAL_CLIENT}, with the host and port of your client"
        raise UsageError(f"“{text}” is not the address of a Web UI", subject="qbittorrent", remedy=remedy) from None


def _session(context: Context) -> str:
    """A session that the site takes, or one that you keep all the same; empty for later."""
    say("On the site: Preferences → Security → Create session, for this machine's address.")
    while value := ask_secret("Paste its value (not shown; Enter: later): "):
        try:
            say(f"  The session works ({try_session(context, value)}).")
        except (UnreachableError, LockedError) as error:
            say(f"  Not tested: {in_brief(error)}")
        except ConfigInvalidError as error:
            say(f"  {in_brief(error)}")
            continue
        except MamctlError as error:
            if not _keep_all_the_same(error):
                continue
        return value
    return ""


def _client(given: Answers) -> tuple[str, str, str]:
    """Address, user name and password of a client that lets mamctl in, or that you keep all the same; empty for none.

    An address that was given is kept; one on this machine is found by itself.
    """
    url = given.client_url
    if not url and answers_as_qbittorrent(USUAL_CLIENT):
        found = f"qBittorrent answers at {USUAL_CLIENT}. Use it?"
        url = USUAL_CLIENT if ask_yes_no(found, default=True) else ""
    while url := url or _address():
        user = ask_text(f"Its user name (Enter: {USUAL_USER}): ") or USUAL_USER
        password = ask_secret("Its password (not shown; Enter: none): ")
        try:
            say(f"  Signed in: {try_client(url, user, password)}.")
        except MamctlError as error:
            if not _keep_all_the_same(error):
                url = given.client_url
                continue
        return url, user, password
    return "", "", ""


def _keep_all_the_same(error: MamctlError) -> bool:
    say(f"  {in_brief(error)}")
    return ask_yes_no("Keep it all the same?", default=False)


def _address() -> str:
    """An address that the configuration takes, or nothing."""
    while text := ask_text(f"The address of qBittorrent's Web UI, such as {USUAL_CLIENT} (Enter: none): "):
        try:
            return client_address(text)
        except UsageError as error:
            say(f"  {error.message}: {error.remedy}")
    return ""


def _folder() -> str:
    """A folder that exists, as an absolute path."""
    while text := ask_text("The folder of your audiobooks (Enter: none): "):
        folder = Path(text).expanduser()
        if folder.is_dir():
            return str(folder.absolute())
        say(f"  {folder}: {'not a folder' if folder.exists() else 'there is no such folder'}")
    return ""


def answers_as_qbittorrent(url: str) -> bool:
    """Whether a Web API is there: it tells its version, or asks for a login in its own words."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/api/v2/app/version")
        answer = connection.getresponse()
        text = answer.read(64)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return (answer.status == 200 and text.startswith(b"v")) or (answer.status == 403 and text == b"Forbidden")
